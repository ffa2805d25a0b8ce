"""The store goes away and comes back: nothing is acknowledged meanwhile, the
visitor is told, the server lives and recovers by itself."""
import asyncio
import os
import subprocess
import sys

import databases
import pytest
from chat import Chat
from databases import on_postgres
from server import Server

sqlite_only = pytest.mark.skipif(on_postgres(), reason="about the SQLite file")
postgres_only = pytest.mark.skipif(not on_postgres(), reason="about PostgreSQL")


async def unstored(chat, cid):
    """Says something that cannot be stored; the error that the visitor gets."""
    await chat.send("message", cid=cid, text="/hours")
    while True:
        frame = await chat.next(timeout=15)
        assert frame["type"] != "ack", "acknowledged without a store"
        if frame["type"] == "error":
            return frame


async def recovered(server, chat, cid, seconds=10):
    """The same message again until it is acknowledged; readyz says 200 by then."""
    for _ in range(seconds * 4):
        await chat.send("message", cid=cid, text="/hours")
        frame = await chat.next(timeout=15)
        while frame["type"] not in ("ack", "error"):
            frame = await chat.next(timeout=15)
        if frame["type"] == "ack":
            for _ in range(20):
                if server.get("/readyz")[0] == 200:
                    return frame
                await asyncio.sleep(0.1)
        await asyncio.sleep(0.25)
    raise AssertionError(f"not back within {seconds} s")


def cut_connections(database):
    """Ends every session of this database, in the middle of whatever it does."""
    name = database.rsplit("/", 1)[1].split("?")[0]
    databases.administer(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


@pytest.fixture
def postgres():
    """postgres(False) crashes PostgreSQL, postgres(True) brings it back; it is up after the test."""
    state = {"up": True}

    def turn(up):
        if up != state["up"]:
            databases.cluster("start" if up else "stop")
            state["up"] = up

    yield turn
    turn(True)


@postgres_only
async def test_postgres_gone_and_back(own, postgres):
    server = own()
    async with Chat(server) as chat:
        await chat.say("/hours")
        last = max(f["seq"] for f in chat.seen if "seq" in f)
        postgres(False)
        error = await unstored(chat, "during")
        assert error["code"] == "unavailable" and error["title"]
        assert server.get("/readyz")[0] == 503
        assert server.get("/healthz")[0] == 200
        postgres(True)
        ack = await recovered(server, chat, "during")
        assert ack["seq"] == last + 1


@postgres_only
async def test_connections_cut_under_load_lose_nothing(own):
    server = own()
    async with Chat(server) as chat:
        for n in range(40):
            if n % 5 == 2:
                cut_connections(server.database)
            cid = f"cut{n}"
            await recovered(server, chat, cid)
        acks = {f["cid"]: f["seq"] for f in chat.seen if f["type"] == "ack"}
        place = {**chat.resume(), "after": 0}
    async with await Chat(server).open(**place) as back:
        history = [await back.expect("message") for _ in range(back.ready["seq"])]
    said = [m["seq"] for m in history if m["from"] == "visitor"]
    assert said == [acks[f"cut{n}"] for n in range(40)]


@postgres_only
async def test_server_starts_without_postgres_and_serves_once_it_is_there(own, postgres):
    server = own()
    assert server.stop() == 0
    server.demo = False  # to make it would need the store
    postgres(False)
    await asyncio.to_thread(server.start)
    assert server.get("/healthz")[0] == 200
    assert server.get("/readyz")[0] == 503
    postgres(True)
    for _ in range(100):
        if server.get("/readyz")[0] == 200:
            break
        await asyncio.sleep(0.1)
    assert server.get("/readyz")[0] == 200
    async with Chat(server) as chat:
        await chat.say("/hours")


SMALL_DISK = """
import os, subprocess, sys
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", sys.argv[1]], check=True)
os.execvp(sys.argv[2], sys.argv[2:])
"""


@sqlite_only
@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system needs root")
async def test_full_disk(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    if subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode:
        pytest.skip("no mount namespace of our own here")
    server = Server(data, wrap=["unshare", "-m", sys.executable, "-c", SMALL_DISK, str(data)])
    await asyncio.to_thread(server.start)
    filler = f"/proc/{server.pid}/root{data}/filler"
    try:
        async with Chat(server) as chat:
            await chat.say("/hours")
            with open(filler, "wb", buffering=0) as file:
                try:
                    while file.write(b"\0" * 65536):
                        pass
                except OSError:
                    pass
            error = None
            for n in range(400):
                await chat.send("message", cid=f"full{n}", text="x" * 4000)
                frame = await chat.next()
                while frame["type"] not in ("ack", "error"):
                    frame = await chat.next()
                if frame["type"] == "error":
                    error = frame
                    break
            assert error and error["code"] == "unavailable", error
            assert server.get("/healthz")[0] == 200
            os.truncate(filler, 0)
            await recovered(server, chat, "after", seconds=5)
    finally:
        server.kill()
