"""Files that visitors send: stored, shown, guarded, and never run."""
import asyncio
import glob
import hashlib
import itertools
import json
import os
import re
import struct
import subprocess
import time
import urllib.parse
import zlib

import pytest
from api import Client, accounts, cli, create_key
from chat import Chat
from test_tenants import create, demo_dataset, public_key

_cids = itertools.count(1)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, data=None):
    """A red picture; or, with data of one's own, whatever it claims to be."""
    lines = data if data is not None else zlib.compress(b"".join(b"\0" + b"\xc8\x20\x20" * width for _ in range(height)))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", lines) + chunk(b"IEND", b""))


def send(server, ready, data, name="photo.png", bot="pk_demo", conversation=None, cid=None, **headers):
    """(status, headers, body object) of one upload for the conversation of a ready frame."""
    query = urllib.parse.urlencode({"bot": bot, "conversation": conversation or ready["conversation"]})
    headers = {"Authorization": "Bearer " + ready["visitor"], "Idempotency-Key": cid or f"f{next(_cids)}",
               "X-File-Name": urllib.parse.quote(name), "Content-Type": "application/octet-stream",
               "Origin": f"http://localhost:{server.port}", **headers}
    status, answered, body = server.request("POST", "/v1/chat/files?" + query, data, headers, timeout=20)
    return status, answered, json.loads(body) if body else None


async def upload(server, chat, data, **more):
    return await asyncio.to_thread(send, server, chat.ready, data, **more)


def stored(server):
    return sorted(os.path.relpath(p, server.data) for p in glob.glob(server.data + "/files/*/*"))


async def comes_to(server, files):
    """What a cut connection leaves is removed when its last write has ended."""
    for _ in range(100):
        if stored(server) == files:
            return
        await asyncio.sleep(0.05)
    assert stored(server) == files


async def test_an_image_becomes_a_message_with_a_small_picture(server):
    async with Chat(server) as chat:
        data = png(1200, 600)
        status, _, answer = await upload(server, chat, data)
        assert status == 201, answer
        message = await chat.expect("message", seq=answer["seq"])
        assert message["from"] == "visitor"
        [block] = message["blocks"]
        assert (block["kind"], block["name"], block["type"]) == ("image", "photo.png", "image/png")
        assert (block["width"], block["height"], block["size"]) == (1200, 600, len(data))
        await chat.answer(answer["seq"])
        status, headers, body = server.get(block["url"])
        assert status == 200 and body == data
        assert headers["Content-Type"] == "image/png"
        assert headers["Content-Disposition"].startswith("attachment")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in headers["Content-Security-Policy"]
        status, headers, body = server.get(block["thumb"])
        assert status == 200 and headers["Content-Type"] == "image/webp"
        assert body[:4] == b"RIFF" and len(body) < 5000
        place = {**chat.resume(), "after": 0}
    async with await Chat(server).open(**place) as back:  # and it is there the next time
        assert (await back.expect("message", seq=answer["seq"]))["blocks"] == [block]


async def test_a_large_file_comes_back_as_it_was(server):
    data = b"%PDF-1.7\n" + os.urandom(9_000_000)
    async with Chat(server) as chat:
        before = server.resident_bytes()
        status, _, answer = await upload(server, chat, data, name="Angebot März.pdf")
        assert status == 201, answer
        [block] = answer["blocks"]
        assert block["kind"] == "file" and block["name"] == "Angebot März.pdf"
        status, headers, body = server.get(block["url"])
        assert status == 200 and hashlib.sha256(body).digest() == hashlib.sha256(data).digest()
        assert "filename*=UTF-8''Angebot%20M%C3%A4rz.pdf" in headers["Content-Disposition"]
        if os.environ.get("BUILD", "gcc") == "gcc":  # sanitizers keep what was freed
            assert server.resident_bytes() - before < 8 << 20


async def test_the_same_key_twice_is_one_file(server):
    async with Chat(server) as chat:
        first = await upload(server, chat, png(20, 20), cid="once")
        files = stored(server)
        status, _, again = await upload(server, chat, png(20, 20), cid="once")
        assert first[0] == 201 and status == 200 and again["seq"] == first[2]["seq"]
        assert stored(server) == files


@pytest.mark.parametrize("name,shown", [
    ("../../etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"), ("a\r\nSet-Cookie: x=1", "a  Set-Cookie  x=1"),
    ("", "file"), ("...", "file"), ("\u202egnp.exe", "gnp.exe"), ("<img src=x>.txt", "img src=x .txt")])
async def test_names_lead_nowhere(server, name, shown):
    async with Chat(server) as chat:
        status, _, answer = await upload(server, chat, b"plain words", name=name)
        assert status == 201, answer
        assert answer["blocks"][0]["name"] == shown
        status, headers, _ = server.get(answer["blocks"][0]["url"])
        assert status == 200 and "Set-Cookie" not in headers
    assert all(re.fullmatch(r"files/([0-9a-f]{2})/\1[0-9a-f]{30}(\.t)?", path) for path in stored(server))


REFUSED = {
    "HTML": (b"<!DOCTYPE html><script>alert(1)</script>", 415),
    "HTML that calls itself a picture": (b"<html><body onload=alert(1)>", 415),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 415),
    "XML bomb": (b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>', 415),
    "program": (b"\x7fELF\x02\x01\x01" + bytes(100), 415),
    "zip bomb": (b"PK\x03\x04" + zlib.compress(bytes(50_000_000)), 415),
    "nothing": (b"", 422),
    "PNG bomb by size": (png(60000, 60000, b"x"), 422),
    "PNG bomb by data": (png(4800, 4800, zlib.compress(bytes(300_000_000), 9)), (201, 422)),
    "half a PNG": (png(400, 400)[:300], 422),
    "GIF bomb": (b"GIF89a\xff\xff\xff\xff\xf0\0\0" + bytes(50), 422),
    "WebP bomb": (b"RIFF\x1e\0\0\0WEBPVP8L\x11\0\0\0\x2f\xff\xff\xff\x0f" + bytes(20), 422),
    "over the bot's limit": (b"a" * (10 * 1024 * 1024 + 1), 413),
    "over every limit": (b"a" * (25 * 1024 * 1024 + 1), 413),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_no_good_is_refused_and_not_kept(server, case):
    data, wanted = REFUSED[case]
    async with Chat(server) as chat:
        files, before, began = stored(server), server.resident_bytes(), time.monotonic()
        try:
            status, _, answer = await upload(server, chat, data, name="picture.png")
        except OSError:  # refused while it was still being sent
            status, answer = 413, "cut"
        assert status in (wanted if isinstance(wanted, tuple) else (wanted,)), answer
        assert time.monotonic() - began < 12
        assert server.resident_bytes() - before < 32 << 20
        if status != 201:
            await comes_to(server, files)
        await chat.say("still there?")


async def test_without_the_right_token_nothing_is_kept(server):
    async with Chat(server) as mine, Chat(server) as other:
        files = stored(server)
        for token in ("", "Bearer x", "Bearer " + other.ready["visitor"]):
            status, _, _ = await upload(server, mine, png(9, 9), Authorization=token)
            assert status in (401, 404)
        status, _, _ = await upload(server, mine, png(9, 9), Origin="https://evil.example")
        assert status == 403
        status, _, _ = await upload(server, mine, png(9, 9), conversation="conv_" + "0" * 26)
        assert status in (201, 404)
        assert len(stored(server)) - len(files) in (0, 2)


async def test_a_file_frame_is_no_way_to_another_file(server):
    """Only the upload itself names stored bytes."""
    async with Chat(server) as chat:
        await chat.send("file", cid="forged", file={"name": "0" * 32, "size": 1})
        assert (await chat.expect("error"))["code"] == "bad_frame"


async def test_another_tenant_reaches_no_file(server, tmp_path):
    dataset = demo_dataset()
    dataset["bot"]["name"] = "Second"
    key = public_key(create(server, tmp_path, dataset))
    async with Chat(server) as mine, Chat(server, bot=key) as theirs:
        status, _, answer = await upload(server, mine, png(30, 30))
        assert status == 201
        url = answer["blocks"][0]["url"]
        assert server.get(url)[0] == 200
        absent = server.get(url.replace(answer["file"]["id"], "file_" + "0" * 26))[2]
        for other in (url.replace("pk_demo", key), re.sub("key=[^&]+", "key=" + "A" * 43, url), re.sub("key=[^&]+", "key=", url)):
            status, _, body = server.get(other)
            assert status == 404 and json.loads(body)["code"] == json.loads(absent)["code"]
        status, _, _ = await upload(server, theirs, png(30, 30), bot=key, conversation=mine.ready["conversation"])
        assert status in (201, 404)  # a conversation of their own under that name, or none
        status, _, body = server.get(url)
        assert status == 200 and body == png(30, 30)


async def test_two_uploads_and_a_download_share_one_connection(server):
    """Bytes behind a body wait for its answer."""
    async with Chat(server) as chat:
        head = (f"POST /v1/chat/files?bot=pk_demo&conversation={chat.ready['conversation']} HTTP/1.1\r\nHost: a\r\n"
                f"Origin: http://localhost:{server.port}\r\nAuthorization: Bearer {chat.ready['visitor']}\r\n"
                "Idempotency-Key: %s\r\nContent-Length: 5\r\n\r\nhello")
        with server.connect(10) as raw:
            raw.sendall((head % "p1" + head % "p2" + "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").encode())
            got = b""
            while part := await asyncio.to_thread(raw.recv, 65536):
                got += part
        assert [int(s) for s in re.findall(rb"HTTP/1.1 (\d+)", got)] == [201, 201, 200]


async def test_a_sender_who_leaves_half_way_leaves_nothing(server):
    async with Chat(server) as chat:
        files = stored(server)
        for _ in range(5):
            with server.connect() as raw:
                raw.sendall(f"POST /v1/chat/files?bot=pk_demo&conversation={chat.ready['conversation']} HTTP/1.1\r\n"
                            "Host: a\r\nContent-Length: 1000000\r\n\r\n".encode() + b"x" * 200_000)
        await comes_to(server, files)


def test_bytes_that_are_nobodys_are_swept_after_an_hour(own, tmp_path):
    server = own()
    old, fresh = "a" * 32, "b" * 32
    assert server.stop() == 0
    for name in (old, old + ".t", fresh):
        path = tmp_path / "data" / "files" / name[:2] / name
        path.write_bytes(b"left by a crash")
        if name != fresh:
            os.utime(path, (time.time() - 7200,) * 2)
    server.start()
    server.wait_line("files without an owner removed")
    assert stored(server) == [f"files/bb/{fresh}"]


async def test_what_has_a_row_is_not_swept(own, tmp_path):
    server = own()
    async with Chat(server) as chat:
        status, _, answer = await upload(server, chat, png(40, 40))
        assert status == 201
    assert await asyncio.to_thread(server.stop) == 0
    for path in stored(server):
        os.utime(os.path.join(server.data, path), (time.time() - 7200,) * 2)
    orphan = tmp_path / "data" / "files" / "ff" / ("f" * 32)
    orphan.write_bytes(b"x")
    os.utime(orphan, (time.time() - 7200,) * 2)
    server.start()
    server.wait_line("files without an owner removed")
    assert server.get(answer["blocks"][0]["url"])[0] == 200
    assert len(stored(server)) == 2  # it and its small picture


async def test_files_outlive_a_kill(own):
    server = own()
    async with Chat(server) as chat:
        status, _, answer = await upload(server, chat, png(40, 40))
        assert status == 201
        server.kill()
    server.start()
    assert server.get(answer["blocks"][0]["url"])[2] == png(40, 40)


def key_client(server, scopes="*", account=0):
    return Client(server, create_key(server, accounts(server)[account], scopes)["secret"])


async def test_the_client_lists_fetches_and_deletes_files(server):
    client = key_client(server, "files:read,files:write")
    async with Chat(server) as chat:
        data = png(64, 32)
        _, _, answer = await upload(server, chat, data, name="Küche.png")
        page = client.ok("/v1/files", conversation=chat.ready["conversation"])
        [row] = page["data"]
        assert (row["id"], row["name"], row["type"], row["size"]) == (answer["file"]["id"], "Küche.png", "image/png", len(data))
        assert (row["width"], row["height"], row["thumbnail"], row["seq"]) == (64, 32, True, answer["seq"])
        assert row["sha256"] == hashlib.sha256(data).hexdigest()
        path = "/v1/files/" + row["id"]
        assert client.ok(path) == row
        bearer = {"Authorization": "Bearer " + client.secret}
        status, headers, body = server.request("GET", path + "/content", None, bearer)
        assert status == 200 and body == data and headers["Content-Type"] == "application/octet-stream"
        assert headers["Content-Disposition"].startswith("attachment") and headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in headers["Content-Security-Policy"]
        status, headers, body = server.request("GET", path + "/thumbnail", None, bearer)
        assert status == 200 and body[:4] == b"RIFF" and headers["Content-Type"] == "image/webp"
        assert key_client(server, "conversations:read").get(path + "/content").code == "scope_missing"
        assert key_client(server, "files:read").call("DELETE", path).code == "scope_missing"
        files = len(stored(server))
        assert client.call("DELETE", path).status == 204
        assert client.get(path).code == "not_found"
        assert server.get(answer["blocks"][0]["url"])[0] == 404, "the visitor's own link is dead, too"
        for _ in range(100):
            if len(stored(server)) == files - 2:
                break
            await asyncio.sleep(0.05)
        assert len(stored(server)) == files - 2, "the file and its small picture"


async def test_a_forgotten_visitor_leaves_no_bytes(own):
    """What has no row any longer goes with the next sweep."""
    server = own()
    async with Chat(server) as chat:
        url = (await upload(server, chat, png(30, 30)))[2]["blocks"][0]["url"]
        assert len(stored(server)) == 2
        await chat.send("forget")
        await chat.expect("forgotten")
        assert server.get(url)[0] == 404
    assert await asyncio.to_thread(server.stop) == 0
    for path in stored(server):
        os.utime(os.path.join(server.data, path), (time.time() - 7200,) * 2)
    server.start()
    server.wait_line("files without an owner removed")
    assert stored(server) == []


LIMITS = {
    "a file too large for the bot": ({"max_mb": 1}, "standard", 413, "too_large", bytes(1_100_000)),
    "a file too large for the plan": ({"max_mb": 25}, "small", 413, "too_large", bytes(5_300_000)),
    "a type that is not taken": ({"types": ["image/*"]}, "standard", 415, "type_not_allowed", b"words"),
    "a bot that takes none": ({"types": []}, "standard", 403, "files_not_taken", b"words"),
}


@pytest.mark.parametrize("case", LIMITS)
async def test_limits_of_a_bot_are_told_plainly_and_leave_nothing(server, tmp_path, case):
    rules, plan, wanted, code, data = LIMITS[case]
    dataset = demo_dataset()
    dataset["bot"]["name"], dataset["bot"]["files"] = "Limits", rules
    created = create(server, tmp_path, dataset)
    key = public_key(created)
    assert cli(server, "tenant", "plan", re.search(r"tnt_\w+", created.stdout)[0], plan).returncode == 0
    async with Chat(server, bot=key) as chat:
        told = chat.ready["bot"].get("files")
        assert told is None if wanted == 403 else told["max_bytes"] <= 25 << 20 and told["types"]
        files = stored(server)
        status, _, answer = await upload(server, chat, data, bot=key)
        assert (status, answer["code"]) == (wanted, code) and answer["title"].endswith("."), answer
        await comes_to(server, files)
        await chat.say("still there?")


async def test_an_account_takes_what_its_plan_says(scripted):
    scripted.edit("plans.lua", lambda text: text.replace("files_mb = 500", "files_mb = 1"))
    assert (await asyncio.to_thread(cli, scripted, "reload")).returncode == 0
    async with Chat(scripted) as chat:
        assert (await upload(scripted, chat, b"a" * 600_000))[0] == 201
        files = stored(scripted)
        status, _, answer = await upload(scripted, chat, b"a" * 600_000)
        assert (status, answer["code"]) == (507, "quota_reached")
        await comes_to(scripted, files)
        assert (await upload(scripted, chat, b"a" * 300_000))[0] == 201


async def test_a_conversation_takes_fifty_files(server):
    async with Chat(server) as chat:
        for i in range(50):
            assert (await upload(server, chat, b"words %d" % i))[0] == 201
        files = stored(server)
        status, _, answer = await upload(server, chat, b"one more")
        assert (status, answer["code"]) == (429, "too_many_files")
        await comes_to(server, files)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
async def test_a_full_disk_is_told_and_leaves_nothing(own, tmp_path):
    server = own()
    assert await asyncio.to_thread(server.stop) == 0
    folder = os.path.join(server.data, "files")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", folder], capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        server.start()
        async with Chat(server) as chat:
            assert (await upload(server, chat, png(20, 20)))[0] == 201
            files = stored(server)
            status, _, answer = await upload(server, chat, b"%PDF-1.7\n" + os.urandom(3_000_000))
            assert (status, answer["code"]) == (507, "storage_full"), answer
            await comes_to(server, files)
            assert (await upload(server, chat, b"a small one"))[0] == 201, "there is room for this one"
            await chat.say("still there?")
        assert any("upload not stored" in line for line in server.lines), "the operator reads of it"
        assert await asyncio.to_thread(server.stop) == 0
    finally:
        subprocess.run(["umount", "-l", folder], check=False)
