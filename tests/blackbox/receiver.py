"""Receivers of webhooks: the published clients in node, and hostile ones."""
import gzip
import json
import os
import socket
import struct
import subprocess
import threading
import time

from server import ROOT

FOLDER = os.path.join(ROOT, "tests", "receiver")


class Receiver:
    """tests/receiver/receiver.mjs: .requests grows, a request each."""

    def __init__(self):
        if not os.path.isdir(os.path.join(FOLDER, "node_modules")):
            subprocess.run(["npm", "ci", "--loglevel=error", "--no-audit", "--no-fund"], cwd=FOLDER, check=True, timeout=120)
        self.process = subprocess.Popen(["node", "receiver.mjs"], cwd=FOLDER, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.requests, self.orders, self.arrived = [], 0, threading.Condition()
        self.port = json.loads(self.process.stdout.readline())["port"]
        threading.Thread(target=self._read, daemon=True).start()

    def url(self, path="/in"):
        return f"http://127.0.0.1:{self.port}{path}"

    def _read(self):
        for line in self.process.stdout:
            with self.arrived:
                said = json.loads(line)
                if "done" in said:
                    self.orders += 1
                else:
                    self.requests.append(said)
                self.arrived.notify_all()

    def tell(self, **order):
        with self.arrived:
            wanted = self.orders + 1
            self.process.stdin.write(json.dumps(order) + "\n")
            self.process.stdin.flush()
            assert self.arrived.wait_for(lambda: self.orders >= wanted, 10)

    def wait(self, holds, timeout=15):
        """Until holds(requests); the requests."""
        with self.arrived:
            fine = self.arrived.wait_for(lambda: holds(self.requests), timeout)
            assert fine, f"{len(self.requests)} requests, the last: {self.requests[-3:]}"
            return list(self.requests)

    def close(self):
        self.process.kill()
        self.process.wait()


def chunks(size):
    return b"%x\r\n%s\r\n" % (size, b"f" * size)


class Hostile:
    """A socket server that misbehaves in one way; .hits and .longest (seconds), .sent (bytes)."""

    def __init__(self, way):
        self.way, self.hits, self.sent, self.times = way, 0, 0, []
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path="/in"):
        return f"http://127.0.0.1:{self.port}{path}"

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.hits += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        begun = time.monotonic()
        try:
            connection.recv(65536)
            getattr(self, self.way)(connection)
        except OSError:
            pass
        connection.close()
        self.times.append(time.monotonic() - begun)

    def _send(self, connection, data):
        connection.sendall(data)
        self.sent += len(data)

    def hang(self, connection):
        connection.recv(1)

    def drip(self, connection):
        self._send(connection, b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            self._send(connection, b"x")
            time.sleep(0.05)

    def reset(self, connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def redirect(self, connection):
        self._send(connection, b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % self.canary.encode())

    def flood(self, connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        self._send(connection, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            self._send(connection, chunks(1024))

    def false_length(self, connection):
        self._send(connection, b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nshort")

    def endless_head(self, connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        self._send(connection, b"HTTP/1.1 200 OK\r\n")
        while True:
            self._send(connection, b"X-Again: %s\r\n" % (b"a" * 100))

    def gzip_bomb(self, connection):
        squeezed = gzip.compress(bytes(64 << 20))
        self._send(connection, b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(squeezed) + squeezed)

    def garbage(self, connection):
        self._send(connection, b"\x16\x03\x01 not HTTP at all\r\n\r\n")

    def close(self):
        self.socket.close()
