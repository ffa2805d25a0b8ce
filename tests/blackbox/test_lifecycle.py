"""Start, stop, configuration: what an operator meets first."""
import asyncio
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path

import pytest
from chat import Chat
from databases import on_postgres
from server import run_cli


def test_ready_within_200_ms_on_an_existing_database(own):
    server = own()
    assert server.stop() == 0
    best = 9.0
    for _ in range(3):
        start = time.monotonic()
        server.start()
        best = min(best, time.monotonic() - start)
        assert server.get("/readyz")[0] == 200
        assert server.stop() == 0
    assert best < 0.5  # 0.2 s on a quiet machine: tests/bench measures it


async def test_term_says_bye_and_exits_0(own):
    server = own()
    chats = [await Chat(server).open() for _ in range(20)]
    await chats[0].say("/hours")
    start = time.monotonic()
    server.signal(signal.SIGTERM)
    for chat in chats:
        bye = await chat.expect("bye")
        assert bye["reason"] == "drain" and bye["reconnect_ms"] >= 0
        assert await chat.closed() == 1001
    assert await asyncio.to_thread(server.wait) == 0
    assert time.monotonic() - start < 5


async def test_what_was_acknowledged_before_term_is_there_afterwards(own):
    server = own()
    chat = await Chat(server).open()
    ack = await chat.say("remember me")
    place = {**chat.resume(), "after": 0}
    assert await asyncio.to_thread(server.stop) == 0
    server.start()
    async with await Chat(server).open(**place) as back:
        own_words = await back.expect("message", seq=ack["seq"])
        assert own_words["blocks"][0]["text"] == "remember me"


async def test_draining_server_is_not_ready_and_a_second_term_ends_it(own):
    server = own()
    keep = server.connect()
    keep.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    assert keep.recv(4096)
    await Chat(server).open()
    server.signal(signal.SIGTERM)
    server.signal(signal.SIGTERM)
    start = time.monotonic()
    await asyncio.to_thread(server.wait)
    assert time.monotonic() - start < 2


def test_healthcheck_subcommand_follows_the_server(own):
    server = own()
    environment = {"AZENTIKO_LISTEN": f"127.0.0.1:{server.port}", "AZENTIKO_DATA": server.data}
    assert run_cli("healthcheck", env=environment).returncode == 0
    assert server.stop() == 0
    assert run_cli("healthcheck", env=environment).returncode == 1


def test_port_in_use_is_said(own, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run_cli("serve", "--data", tmp_path / "other", "--listen", f"127.0.0.1:{port}")
    assert done.returncode == 1
    assert str(port) in done.stderr and "in use" in done.stderr


def test_port_of_another_server_of_ours_is_not_shared(own, tmp_path):
    server = own()
    done = run_cli("serve", "--data", tmp_path / "other", "--listen", f"127.0.0.1:{server.port}")
    assert done.returncode == 1 and "in use" in done.stderr


def test_two_servers_on_one_data_directory(own):
    if on_postgres():
        pytest.skip("the lock is about the SQLite file")
    server = own()
    done = run_cli("serve", "--data", server.data, "--listen", "127.0.0.1:0")
    assert done.returncode == 1 and done.stderr


@pytest.mark.parametrize("arguments", [
    ["serve", "--nonsense"], ["serve", "--workers", "many"], ["serve", "--workers", "99"], ["serve", "--workers"],
    ["serve", "--listen", "nowhere"], ["serve", "--tls-cert", "only.pem"], ["serve", "--database", "mysql://db/x"],
    ["serve", "--tls-cert", "no.pem", "--tls-key", "no.pem"], ["nonsense"], ["serve", "extra"], []])
def test_wrong_use_exits_2_with_a_hint(arguments, tmp_path):
    done = run_cli(*arguments, env={"AZENTIKO_DATA": str(tmp_path)})
    assert done.returncode == 2
    assert done.stderr or not arguments


def test_unknown_variable_is_an_error(tmp_path):
    done = run_cli("serve", "--data", tmp_path, env={"AZENTIKO_LISTNE": "127.0.0.1:1"})
    assert done.returncode != 0 and "AZENTIKO_LISTNE" in done.stderr


def test_unknown_key_in_the_config_file_is_an_error_with_its_line(tmp_path):
    config = tmp_path / "azentiko.conf"
    config.write_text("workers = 2\nlistne = 127.0.0.1:0\n", encoding="utf-8")
    done = run_cli("serve", "--config", config, "--data", tmp_path)
    assert done.returncode != 0
    assert "listne" in done.stderr and ":2" in done.stderr


def test_secrets_are_masked_in_the_effective_config(tmp_path):
    url = "postgres://azentiko:hunter2@db/azentiko"
    secret = tmp_path / "database"
    secret.write_text(url + "\n", encoding="utf-8")
    for environment in ({"AZENTIKO_DATABASE": url}, {"AZENTIKO_DATABASE_FILE": str(secret)}):
        done = run_cli("config", "--effective", "--data", tmp_path, env=environment)
        assert done.returncode == 0, done.stderr
        assert "hunter2" not in done.stdout + done.stderr
        assert "db/azentiko" in done.stdout


def test_test_mode_is_refused_on_an_open_listener(tmp_path):
    done = run_cli("serve", "--test-mode", "--data", tmp_path, "--listen", "0.0.0.0:0")
    assert done.returncode != 0 and "test-mode" in done.stderr


def test_test_mode_is_loud(server):
    assert any("test" in line["msg"] and line["level"] == "warn" for line in server.log())


def test_echo_needs_test_mode(own):
    server = own()
    server.stop()
    command = [word for word in server.command() if word != "--test-mode"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        for _ in range(100):
            try:
                assert server.get("/v1/test/echo")[0] == 404
                break
            except OSError:
                time.sleep(0.05)
        process.terminate()
    assert process.returncode == 0


def test_version_and_help():
    assert run_cli("version").stdout.startswith("azentiko ")
    help_text = run_cli("--help")
    assert help_text.returncode == 0
    for command in ("serve", "reload", "tenant", "migrate", "healthcheck"):
        assert command in help_text.stdout


def test_migrate_says_what_is_so_afterwards(tmp_path):
    if on_postgres():
        pytest.skip("about a new folder")
    folder = tmp_path / "new"
    assert " pending " in run_cli("migrate", "--status", "--data", folder).stdout
    assert " pending " in run_cli("migrate", "--dry-run", "--data", folder).stdout
    assert " applied " in run_cli("migrate", "--data", folder).stdout


def control_client(one):
    client = socket.socket(socket.AF_UNIX)
    client.connect(str(Path(one.data) / "control.sock"))
    return client


def test_peers_that_close_before_their_answer_do_not_end_the_server(own):
    one = own()
    for _ in range(3):
        client = control_client(one)
        client.sendall(b"metrics\n")
        client.close()
    for _ in range(50):
        client = one.connect()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close sends a reset
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" * 20)
        client.close()
    assert one.get("/healthz")[0] == 200


def test_a_silent_control_client_does_not_hold_up_the_end(own):
    one = own()
    with control_client(one):
        assert one.stop(timeout=8) == 0


def test_files_in_an_open_data_folder_are_the_servers_alone(own, tmp_path):
    (tmp_path / "data").mkdir(mode=0o755)
    own()
    for path in (tmp_path / "data").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
