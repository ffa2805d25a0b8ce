"""HTTP of the server: health, metrics, static files, errors."""
import gzip
import json
import re

import pytest


def test_health_and_readiness(server):
    for path in ("/healthz", "/readyz"):
        status, headers, body = server.get(path)
        assert status == 200, body
        assert headers["Cache-Control"] == "no-store"


def test_metrics_are_prometheus_text(server):
    status, headers, body = server.get("/metrics")
    assert status == 200
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    families, samples = {}, 0
    for line in body.decode().splitlines():
        kind = re.fullmatch(r"# TYPE (\S+) (counter|gauge|histogram|summary)", line)
        if kind:
            assert kind[1] not in families, "a family is declared twice"
            families[kind[1]] = kind[2]
        elif line and not line.startswith("#"):
            sample = re.fullmatch(r'([a-z_:][a-z0-9_:]*)(\{(?:\w+="[^"]*",?)+\})? (\S+)', line)
            assert sample, line
            float(sample[3])
            samples += 1
            family = re.sub(r"_(bucket|sum|count)$", "", sample[1])
            assert sample[1] in families or families.get(family) in ("histogram", "summary"), line
    assert samples > 10
    for name, kind in families.items():
        assert name.startswith(("azentiko_", "process_")), name
        assert (kind == "counter") == name.endswith("_total"), name
        assert not re.search(r"_(ms|us|ns|kb|mb)(_|$)", name), f"{name}: base units are seconds and bytes"
    assert not re.search(rb"(conv|tnt|vis)_[0-9a-z]{26}", body), "ids would make endless series"


def test_chat_page_and_its_assets(server):
    status, headers, body = server.get("/chat/pk_demo")
    assert status == 200
    assert headers["Content-Type"].startswith("text/html")
    policy = headers["Content-Security-Policy"]
    assert "default-src" in policy and "unsafe-inline" not in policy and "unsafe-eval" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"]
    assets = re.findall(rb'(?:src|href)="(/[^"#]+)"', body)
    assert assets
    for asset in assets:
        status, headers, _ = server.get(asset.decode())
        assert status == 200, asset
        assert headers["Content-Type"] and headers["X-Content-Type-Options"] == "nosniff"


def test_assets_are_compressed_and_revalidated(server):
    _, _, page = server.get("/chat/pk_demo")
    script = re.search(rb'src="(/[^"]+\.js)"', page)[1].decode()
    _, plain_headers, plain = server.get(script)
    etag = plain_headers["ETag"]
    assert etag and "Accept-Encoding" in plain_headers["Vary"]
    _, headers, packed = server.get(script, Accept_Encoding="gzip")
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == plain
    _, headers, packed = server.get(script, Accept_Encoding="br, gzip")
    assert headers["Content-Encoding"] == "br" and len(packed) < len(plain)
    _, headers, _ = server.get(script, Accept_Encoding="br;q=0, gzip;q=0")
    assert headers["Content-Encoding"] is None
    status, headers, body = server.get(script, If_None_Match=etag)
    assert (status, body) == (304, b"")


def test_head_has_headers_and_no_body(server):
    _, full, body = server.request("GET", "/chat/pk_demo")
    status, headers, nothing = server.request("HEAD", "/chat/pk_demo")
    assert (status, nothing) == (200, b"")
    assert headers["Content-Length"] == str(len(body)) == full["Content-Length"]


@pytest.mark.parametrize("method,path,status", [
    ("GET", "/nothing/here", 404), ("GET", "/v1/nothing", 404), ("DELETE", "/healthz", 405),
    ("GET", "/../etc/passwd", 404), ("GET", "/%2e%2e/%2e%2e/etc/passwd", 404),
    ("GET", "/v1/chat?bot=pk_demo", 426), ("POST", "/v1/chat/messages", 404), ("DELETE", "/v1/chat?bot=pk_demo", 405),
    ("GET", "/v1/chat?bot=pk_demo&nonsense=1", 400),
])
def test_errors_are_problem_json(server, method, path, status):
    got, headers, body = server.request(method, path, body=b"" if method == "POST" else None)
    assert got == status, body
    assert headers["Content-Type"].startswith("application/problem+json")
    problem = json.loads(body)
    assert problem["status"] == status
    assert re.fullmatch(r"[a-z0-9_]+", problem["code"])
    assert problem["title"]


def test_keep_alive_serves_many_requests(server):
    with server.connect() as socket:
        for _ in range(20):
            socket.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = socket.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200 ")


def test_pipelined_requests_are_answered_in_order(server):
    with server.connect() as socket:
        socket.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /nothing HTTP/1.1\r\nHost: a\r\n"
                       b"Connection: close\r\n\r\n")
        answer = b""
        while part := socket.recv(65536):
            answer += part
    assert re.findall(rb"HTTP/1\.1 (\d+) ", answer) == [b"200", b"404"]


def test_large_body_is_refused(server):
    status, headers, _ = server.request("POST", "/v1/chat/messages", body=b"x" * (2 << 20))
    assert status == 413
    assert headers["Content-Type"].startswith("application/problem+json")


def test_metrics_are_not_for_those_behind_a_proxy(server):
    assert server.get("/metrics")[0] == 200
    for mark in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"):
        assert server.get("/metrics", **{mark: "192.0.2.1"})[0] == 404


def test_widget_is_for_every_website_and_its_data_is_not(server):
    for path, cache in (("/w.js", "max-age=300"), (None, "immutable")):
        if path is None:
            _, _, page = server.get("/chat/pk_demo")
            path = re.search(rb'src="(/w/[^"]+)/page.js"', page)[1].decode() + "/w.js"
        status, headers, _ = server.get(path, Origin="https://anywhere.example")
        assert status == 200 and cache in headers["Cache-Control"]
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    status, headers, _ = server.request("OPTIONS", "/v1/chat/messages", headers={
        "Origin": "https://anywhere.example", "Access-Control-Request-Method": "POST"})
    assert status == 204 and "idempotency-key" in headers["Access-Control-Allow-Headers"]
    status, headers, _ = server.get("/v1/chat/config?bot=pk_demo", Origin="https://anywhere.example")
    assert status == 403 and headers["Access-Control-Allow-Origin"] == "*"
    status, headers, _ = server.get("/v1/chat/config?bot=pk_demo", Origin="https://www.lindenhof.example")
    assert status == 200 and headers["Access-Control-Allow-Origin"] == "*"


def test_full_page_has_its_preview_and_its_frames(server):
    status, headers, body = server.get("/chat/pk_demo", Accept_Language="de-AT,en;q=0.5")
    assert status == 200 and b'<html lang="de">' in body and b"Willkommen" in body
    assert b'property="og:title" content="Lindenhof"' in body and b'data-bot="pk_demo"' in body
    assert "frame-ancestors localhost:* 127.0.0.1:* lindenhof.example:*" in headers["Content-Security-Policy"]
    status, headers, body = server.get("/chat/nobody")
    assert status == 404 and "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert b'data-bot=""' in body
