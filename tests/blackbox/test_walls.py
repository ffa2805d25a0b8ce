"""The walls around the server, and that it lives well between them.
tests/unit/test_wall.c tries to break out."""
import glob
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.parse

import pytest
from chat import Chat
from databases import fresh, on_postgres
from server import ROOT, Server


def figure(server, name):
    return float(re.search(rf"^azentiko_{name} (\S+)", server.get("/metrics")[2].decode(), re.M)[1])


def statuses(server):
    """What the kernel says of every thread."""
    for path in glob.glob(f"/proc/{server.pid}/task/*/status"):
        with open(path, encoding="ascii") as file:
            yield dict(re.findall(r"^(\w+):\s*(.*)$", file.read(), re.M))


def until(check, seconds=10):
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_every_thread_is_behind_the_walls_and_the_operator_can_see_it(server):
    said = [line for line in server.log() if "walls" in line["msg"]]
    assert [(line["files"], line["calls"], line["level"]) for line in said] == [("up", "up", "info")]
    assert figure(server, "wall_files") == figure(server, "wall_calls") == 1
    threads = list(statuses(server))
    assert len(threads) >= 4
    assert {(t["Seccomp"], t["NoNewPrivs"]) for t in threads} == {("2", "1")}


def test_without_a_sandbox_it_is_loud(own):
    server = own("--no-sandbox")
    assert any(line["level"] == "warn" and "NO SANDBOX" in line["msg"] for line in server.log())
    assert figure(server, "wall_files") == figure(server, "wall_calls") == 0
    assert "0" in {t["Seccomp"] for t in statuses(server)}


def make_certificate(folder, name):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
                   check=True, capture_output=True)


def test_a_certificate_that_moves_in_under_its_link_is_read(own, tmp_path):
    """As certbot does it: live/cert.pem is a link into archive/, and is turned."""
    live, first, second = (tmp_path / name for name in ("live", "archive/1", "archive/2"))
    for folder, name in ((live, None), (first, "first.example"), (second, "second.example")):
        folder.mkdir(parents=True)
        if name:
            make_certificate(folder, name)
    archive = tmp_path / "archive"
    for part in ("cert", "key"):
        os.rename(first / f"{part}.pem", archive / f"{part}1.pem")
        (live / f"{part}.pem").symlink_to(archive / f"{part}1.pem")
    server = own("--tls-cert", str(live / "cert.pem"), "--tls-key", str(live / "key.pem"))
    for part in ("cert", "key"):
        os.rename(second / f"{part}.pem", archive / f"{part}2.pem")
        (live / f"{part}.new").symlink_to(archive / f"{part}2.pem")
        os.rename(live / f"{part}.new", live / f"{part}.pem")
    server.signal(signal.SIGHUP)

    def subject():
        shown = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}"], input=b"", timeout=10,
                               capture_output=True, check=False)
        return b"second.example" in shown.stdout

    until(subject)


def test_a_folder_of_scripts_that_is_replaced_is_read(own, tmp_path):
    shutil.copytree(os.path.join(ROOT, "scripts"), tmp_path / "release" / "scripts")
    shutil.copytree(os.path.join(ROOT, "scripts"), tmp_path / "release" / "next")
    server = own("--scripts", str(tmp_path / "release" / "scripts"))
    with open(tmp_path / "release" / "next" / "commands" / "hours.lua", "a", encoding="utf-8") as file:
        file.write("\n-- another version\n")
    os.rename(tmp_path / "release" / "scripts", tmp_path / "release" / "old")
    os.rename(tmp_path / "release" / "next", tmp_path / "release" / "scripts")
    server.signal(signal.SIGHUP)
    server.wait_line("scripts reloaded")


async def test_work_goes_on_when_the_log_of_the_database_grew_and_shrank(own):
    """Enough messages for a checkpoint (4 MB of log), with the file's end moved."""
    server = own()
    if on_postgres():
        pytest.skip("SQLite only")
    wal = os.path.join(server.data, "azentiko.db-wal")
    async with await Chat(server).open() as chat:
        for i in range(120):
            await chat.say(f"message {i} " + "x" * 3900)
    assert os.path.getsize(wal) > 1 << 20
    assert server.stop() == 0
    assert not os.path.exists(wal) or os.path.getsize(wal) == 0


@pytest.mark.skipif(not on_postgres(), reason="PostgreSQL only")
async def test_a_database_with_a_name_is_found(tmp_path):
    """The resolver opens files, sockets and perhaps libraries of its own."""
    with fresh() as url:
        parts = urllib.parse.urlsplit(url)
        port = urllib.parse.parse_qs(parts.query)["port"][0]
        named = parts._replace(netloc=f"azentiko@localhost:{port}", query="").geturl()
        server = Server(tmp_path / "data", named).start()
        async with await Chat(server).open() as chat:
            await chat.say("hello")
        assert server.stop() == 0
        assert not [line for line in server.lines if "system call was refused" in line]
