"""Bytes that no browser sends: malformed requests, smuggling, slow clients."""
import socket
import time

import pytest

HOST = b"Host: localhost\r\n"
REFUSED = {
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /healthz HTTP/1.1\r\n" + HOST + b"Host: other\r\n\r\n",
    "blank before colon": b"GET /healthz HTTP/1.1\r\nHost : localhost\r\n\r\n",
    "folded header": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-A: b\r\n c\r\n\r\n",
    "header without colon": b"GET /healthz HTTP/1.1\r\n" + HOST + b"nonsense\r\n\r\n",
    "nul in header": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-A: b\0c\r\n\r\n",
    "bare lf": b"GET /healthz HTTP/1.1\nHost: localhost\n\n",
    "bare cr in header": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-A: b\rc\r\n\r\n",
    "space in path": b"GET /he althz HTTP/1.1\r\n" + HOST + b"\r\n",
    "unknown method": b"BREW /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "lower-case method": b"get /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "version 2": b"GET /healthz HTTP/2.0\r\n" + HOST + b"\r\n",
    "no version": b"GET /healthz\r\n\r\n",
    "tls hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
    "length and chunked": b"POST /healthz HTTP/1.1\r\n" + HOST
                          + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"POST /healthz HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "negative length": b"POST /healthz HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n",
    "plus length": b"POST /healthz HTTP/1.1\r\n" + HOST + b"Content-Length: +1\r\n\r\na",
    "huge length": b"POST /healthz HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999999999999999\r\n\r\n",
    "chunked not last": b"POST /healthz HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked, gzip\r\n\r\n",
    "obscured chunked": b"POST /healthz HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n",
    "bad chunk size": b"POST /healthz HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "chunk without end": b"POST /healthz HTTP/1.1\r\n" + HOST
                         + b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
    "long target": b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "long header": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-A: " + b"a" * 40000 + b"\r\n\r\n",
    "many headers": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-A: b\r\n" * 3000 + b"\r\n",
    "connect": b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n",
    "upgrade without key": b"GET /v1/chat?bot=pk_demo HTTP/1.1\r\n" + HOST
                           + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
    "upgrade of version 8": b"GET /v1/chat?bot=pk_demo HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\n"
                            b"Upgrade: websocket\r\nSec-WebSocket-Version: 8\r\n"
                            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
}


def exchange(server, data):
    """Everything the server answers until it closes or is silent for two seconds."""
    answer = b""
    with server.connect(timeout=2) as connection:
        try:
            connection.sendall(data)
            while part := connection.recv(65536):
                answer += part
        except (socket.timeout, ConnectionError):
            pass
    return answer


@pytest.mark.parametrize("name", REFUSED)
def test_refused(server, name):
    answer = exchange(server, REFUSED[name])
    assert not answer.startswith(b"HTTP/1.1 2"), answer[:200]
    assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5")), answer[:200]
    assert answer.count(b"HTTP/1.1 ") <= 1, "a second request was made of the first one's rest"
    assert server.get("/healthz")[0] == 200


def test_nothing_is_smuggled_behind_a_refused_request(server):
    for name in ("length and chunked", "two lengths", "bad chunk size", "obscured chunked"):
        answer = exchange(server, REFUSED[name] + b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"HTTP/1.1 200" not in answer, name


def test_header_that_drips_is_cut_off(server):
    """One byte a second must not hold a descriptor for ever: 10 s for a head, checked once a second or so."""
    start = time.monotonic()
    with server.connect(timeout=20) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: local")
        closed = False
        while time.monotonic() - start < 16 and not closed:
            try:
                connection.sendall(b"h")
                connection.settimeout(1)
                closed = not connection.recv(65536) or closed
            except socket.timeout:
                continue
            except ConnectionError:
                closed = True
    assert closed and time.monotonic() - start < 15


def test_slow_clients_leave_others_alone(server):
    slow = [server.connect() for _ in range(300)]
    for connection in slow:
        connection.sendall(b"POST /v1/chat/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
    worst = 0.0
    for _ in range(50):
        start = time.monotonic()
        assert server.get("/healthz")[0] == 200
        worst = max(worst, time.monotonic() - start)
    for connection in slow:
        connection.close()
    assert worst < 0.5
