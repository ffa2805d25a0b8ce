"""TLS of our own: a certificate, and another one after HUP."""
import http.client
import signal
import socket
import ssl
import subprocess
import time

import pytest


@pytest.fixture
def secure(own, tmp_path):
    """A server with a certificate, and make(name) for a new one in its place."""
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"

    def make(name):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", f"/CN={name}", "-keyout", key, "-out", cert],
                       check=True, capture_output=True)

    make("first.example")
    server = own("--tls-cert", str(cert), "--tls-key", str(key))
    server.make = make
    server.certificate = cert
    return server


def certificate(server):
    with socket.create_connection(("127.0.0.1", server.port), 5) as plain:
        context = ssl._create_unverified_context()
        with context.wrap_socket(plain, server_hostname="localhost") as secured:
            return secured.getpeercert(binary_form=True), secured.version()


def test_https_is_served(secure):
    connection = http.client.HTTPSConnection("127.0.0.1", secure.port, timeout=5,
                                             context=ssl._create_unverified_context())
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200
    assert certificate(secure)[1] in ("TLSv1.2", "TLSv1.3")


def test_hup_brings_the_new_certificate_and_keeps_the_old_one_if_it_is_bad(secure):
    first, _ = certificate(secure)
    secure.make("second.example")
    secure.signal(signal.SIGHUP)
    for _ in range(50):
        second, _ = certificate(secure)
        if second != first:
            break
        time.sleep(0.1)
    assert second != first
    secure.certificate.write_text("nonsense", encoding="utf-8")
    mark = len(secure.lines)
    secure.signal(signal.SIGHUP)
    secure.wait_line("(?i)certificate|tls", since=mark)
    assert certificate(secure)[0] == second


def test_plain_http_gets_no_answer(secure):
    with secure.connect() as plain:
        plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        try:
            assert b"200" not in plain.recv(4096)
        except ConnectionError:
            pass
