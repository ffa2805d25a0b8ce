"""A backup that is taken while visitors write, and what comes of it elsewhere."""
import asyncio
import glob
import json
import os
import re
import shutil
import subprocess
import tarfile

import pytest
from api import Client, accounts, cli, create_key
from chat import Chat, texts
from databases import on_postgres
from server import Server, run_cli
from test_files import send

sqlite_only = pytest.mark.skipif(on_postgres(), reason="SQLite only")


async def writer(server, acknowledged, stop):
    """Writes messages as fast as they are answered; the numbers that were acknowledged."""
    async with Chat(server) as chat:
        number = 0
        while not stop.is_set():
            number += 1
            await chat.post("message", cid=f"n{number}", text=f"/hours {number}")
            acknowledged.append(number)
        return chat.ready["conversation"]


@sqlite_only
async def test_what_was_acknowledged_before_a_backup_is_in_it(own, tmp_path):
    server = own()
    client = Client(server, create_key(server, accounts(server)[0])["secret"])
    made = client.post("/v1/webhooks", {"url": "https://example.com/in", "events": ["lead.*"], "headers": {"X-Key": "sealed"}}).body
    async with Chat(server) as chat:
        note = b"a file of a visitor"
        answer = (await asyncio.to_thread(send, server, chat.ready, note, "note.txt"))[2]
        file_url = answer["blocks"][0]["url"]
    stop, acknowledged = asyncio.Event(), [[] for _ in range(4)]
    writers = [asyncio.create_task(writer(server, list_, stop)) for list_ in acknowledged]
    archives = []
    for i in range(3):
        await asyncio.sleep(0.3)
        before = [len(list_) for list_ in acknowledged]
        done = await asyncio.to_thread(cli, server, "backup", tmp_path / f"b{i}.tar", "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["files"] == 1
        archives.append((before, [len(list_) for list_ in acknowledged]))
    stop.set()
    conversations = await asyncio.gather(*writers)
    assert all(after > before for before, after in zip(archives[0][0], archives[-1][1])), "they went on meanwhile"
    assert sorted(os.listdir(tmp_path)) == ["b0.tar", "b1.tar", "b2.tar", "data"]  # nothing else is left behind
    assert cli(server, "restore", tmp_path / "b1.tar", "--verify").returncode == 0
    assert cli(server, "restore", tmp_path / "b1.tar").returncode == 1  # never over what is there

    data = tmp_path / "elsewhere"
    done = run_cli("restore", tmp_path / "b1.tar", "--data", data, "--json")
    assert done.returncode == 0 and json.loads(done.stdout) == {"sound": True, "files": 1, "restored": True}, done.stderr
    other = Server(data, None, demo=False).start()
    try:
        moved = Client(other, client.secret)  # the keys came along: what was sealed opens
        assert moved.ok(f"/v1/webhooks/{made['id']}")["header_names"] == ["X-Key"]
        for conversation, before, after in zip(conversations, *archives[1]):
            found = [m for m in moved.all(f"/v1/conversations/{conversation}/messages", limit=100)]
            said = [int(texts(m).split()[-1]) for m in found if m["from"] == "visitor"]
            assert said == list(range(1, len(said) + 1)) and before <= len(said) <= after + 1
        assert other.request("GET", file_url, headers={"Origin": f"http://localhost:{other.port}"})[2] == note
    finally:
        assert other.stop() == 0


@sqlite_only
def test_a_backup_that_is_not_sound_is_refused(own, tmp_path):
    server = own()
    good = tmp_path / "good.tar"
    assert cli(server, "backup", good).returncode == 0
    assert oct(good.stat().st_mode & 0o777) == "0o600"
    with tarfile.open(good) as archive:  # any tar reads it
        assert {"azentiko.db", "secret.key"} <= set(archive.getnames())
    whole = good.read_bytes()
    at = whole.index(b"SQLite format 3")
    foreign = tmp_path / "foreign.tar"
    with tarfile.open(foreign, "w", format=tarfile.USTAR_FORMAT) as archive:
        archive.add(__file__, "../../evil")
    bad = {"cut": whole[:len(whole) // 2], "empty": b"", "text": b"x" * 2048, "turned": whole[:at + 5000] + b"\xff" * 9000 + whole[at + 14000:],
           "header": whole[:100] + b"7" + whole[101:], "foreign": foreign.read_bytes()}
    for name, content in bad.items():
        path = tmp_path / f"{name}.tar"
        path.write_bytes(content)
        for options in (("--verify",), ("--data", tmp_path / "new")):
            done = run_cli("restore", path, *options)
            assert done.returncode == 1 and done.stderr, name
        assert not (tmp_path / "new").exists() and not (tmp_path / "evil").exists()
    assert not [n for n in os.listdir(tmp_path) if n.endswith((".verify", ".restore", ".part"))]
    assert run_cli("restore", tmp_path / "nothing.tar", "--verify").returncode == 1
    assert run_cli("backup", tmp_path / "x.tar", "--data", tmp_path / "nowhere").returncode == 1


@pytest.mark.skipif(not on_postgres(), reason="PostgreSQL only")
async def test_on_postgresql_its_own_tool_is_named_and_sees_every_row(own, tmp_path):
    server = own()
    async with Chat(server) as chat:
        await chat.say("/hours to be dumped")
    said = cli(server, "backup", tmp_path / "x.tar")
    assert said.returncode == 1 and not os.listdir(tmp_path) == ["x.tar"]
    option, command = re.search(r"PGOPTIONS='([^']+)' (pg_dump .*) URL", said.stderr).groups()
    tool = shutil.which("pg_dump") or sorted(glob.glob("/usr/lib/postgresql/*/bin/pg_dump"))[-1]
    dump = tmp_path / "dump"
    words = [tool, *command.replace("FILE", str(dump)).split()[1:], server.database]
    done = subprocess.run(words, env={**os.environ, "PGOPTIONS": option}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shown = subprocess.run([tool.replace("pg_dump", "pg_restore"), "--file=-", dump], capture_output=True, text=True, check=True)
    assert "to be dumped" in shown.stdout and "CREATE POLICY tenant_only" in shown.stdout
