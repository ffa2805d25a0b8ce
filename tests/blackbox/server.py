"""One running azentiko process and its files, for tests."""
import glob
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
URL = r"https?://127\.0\.0\.1:(\d+)"


def binary():
    """TEST_BINARY, or the one of the build variant BUILD (gcc)."""
    named = os.environ.get("TEST_BINARY")
    if named:
        return named
    build = os.path.join(ROOT, "build", os.environ.get("BUILD", "gcc"))
    found = [p for p in glob.glob(build + "/**/azentiko", recursive=True)
             if os.path.isfile(p) and os.access(p, os.X_OK)]
    assert found, f"no azentiko binary in {build}: ./dev build"
    return found[0]


def run_cli(*arguments, env=None, timeout=30):
    """A subcommand that ends by itself; the result has .returncode .stdout .stderr."""
    return subprocess.run([binary(), *map(str, arguments)], cwd=ROOT, stdin=subprocess.DEVNULL, text=True,
                          capture_output=True, timeout=timeout, check=False, env={**os.environ, **(env or {})})


class Server:
    """A server on a free loopback port. start() returns when it has printed its URL."""

    def __init__(self, data, database=None, options=(), env=None, wrap=(), demo=True):
        self.data, self.database, self.wrap = str(data), database, list(wrap)
        self.options, self.env, self.demo = list(options), dict(env or {}), demo
        self.process = self.port = None
        self.lines = []  # of stderr: JSON log lines, and the one with the URL
        self.arrived = threading.Condition()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self):
        return self.process.pid

    def command(self):
        command = [*self.wrap, binary(), "serve", "--test-mode", "--data", self.data,
                   "--listen", f"127.0.0.1:{self.port or 0}"]
        if self.demo:
            command += ["--demo"]
        if self.database:
            command += ["--database", self.database]
        return command + self.options

    def start(self, timeout=15):
        """A second start() of the same object takes the same port again."""
        mark = len(self.lines)
        self.process = subprocess.Popen(self.command(), cwd=ROOT, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                        env={**os.environ, **self.env})
        threading.Thread(target=self._read, args=(self.process.stderr,), daemon=True).start()
        line = self.wait_line(URL, timeout, since=mark)
        self.port = int(re.search(URL, line)[1])
        return self

    def _read(self, pipe):
        for line in pipe:
            with self.arrived:
                self.lines.append(line.decode(errors="replace").rstrip("\n"))
                self.arrived.notify_all()
        with self.arrived:
            self.arrived.notify_all()

    def wait_line(self, pattern, timeout=10, since=0):
        """The first line of stderr that matches, looked for from line number since on."""
        end = time.monotonic() + timeout
        with self.arrived:
            while True:
                for line in self.lines[since:]:
                    if re.search(pattern, line):
                        return line
                left = end - time.monotonic()
                dead = self.process.poll() is not None
                assert left > 0 and not dead, \
                    f"no line with {pattern}; exit={self.process.poll()}\n" + "\n".join(self.lines[-40:])
                self.arrived.wait(min(left, 0.1))

    def log(self):
        """Its log lines, parsed; the lines that are not JSON are left out."""
        return [json.loads(line) for line in list(self.lines) if line.startswith("{")]

    def signal(self, number):
        os.kill(self.process.pid, number)

    def wait(self, timeout=15):
        """Its exit code."""
        return self.process.wait(timeout)

    def stop(self, timeout=15):
        """TERM, and its exit code; a server that does not end in time is killed and fails the test."""
        if self.process is None or self.process.poll() is not None:
            return self.process and self.process.returncode
        self.signal(signal.SIGTERM)
        try:
            return self.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self):
        self.process.kill()
        self.process.wait()

    def connect(self, timeout=5):
        """A raw TCP connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def request(self, method, path, body=None, headers=None, timeout=5):
        """(status, headers, body) of one HTTP request; an object as body is sent as JSON."""
        headers = dict(headers or {})
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        request = urllib.request.Request(self.url + path, data=body, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def get(self, path, **headers):
        return self.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def resident_bytes(self):
        with open(f"/proc/{self.pid}/smaps_rollup", encoding="ascii") as file:
            return int(re.search(r"Rss:\s+(\d+) kB", file.read())[1]) * 1024
