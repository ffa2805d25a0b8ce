"""Tenants' scripts keep to their share, and a state that misbehaves starts anew."""
import asyncio
import json

import pytest
from chat import Chat, texts
from server import run_cli
from test_runaway import COMMAND


async def run_bad(chat, cid="bad"):
    """Sends the command and waits until its sender was told something."""
    await chat.send("command", cid=cid, name="bad", args={})
    while True:
        frame = await chat.next(timeout=10)
        if frame["type"] in ("ack", "error") and frame.get("cid") == cid:
            return frame


async def stranger_runs_bad(server):
    """The same of a visitor of its own: one actor alone would be parked at its fifth failure."""
    async with Chat(server) as chat:
        return await run_bad(chat)


def top(server):
    done = run_cli("tenant", "top", "--json", "--data", server.data)
    assert done.returncode == 0, done.stderr
    return {line["tenant"]: line for line in json.loads(done.stdout)}


async def until(server, tenant, **fields):
    """Its line of `tenant top` once each field has at least this value."""
    for _ in range(80):
        line = top(server).get(tenant, {})
        if all(line.get(name, 0) >= value for name, value in fields.items()):
            return line
        await asyncio.sleep(0.1)
    raise AssertionError(f"no {fields} in {line}")


@pytest.fixture
def bad(scripted):
    def with_body(body, before="", **env):
        scripted.edit("commands/bad.lua", before + COMMAND % body)
        scripted.stop()
        scripted.env.update(env)
        scripted.start()
        return scripted

    return with_body


async def test_what_tenants_cost_is_shown(bad):
    server = await asyncio.to_thread(bad, "while true do end")
    async with Chat(server) as chat:
        await run_bad(chat)
        line = await until(server, 1, killed=1)
    assert line["cpu_ms"] >= 190 and line["limits"]["cpu"] == 1 and line["memory_bytes"] > 10000
    table = run_cli("tenant", "top", "--data", server.data).stdout.splitlines()
    assert table[0].split()[0] == "TENANT" and any(row.startswith("1 ") for row in table)
    metrics = server.get("/metrics")[2].decode()
    assert 'azentiko_tenant_cpu_seconds_total{tenant="1"}' in metrics
    assert metrics.count('azentiko_tenant_cpu_seconds_total{tenant="0"}') == 1
    assert 'azentiko_script_limits_total{limit="cpu"} 1' in metrics


async def test_a_script_that_fails_is_counted(bad):
    server = await asyncio.to_thread(bad, "error 'on purpose'")
    async with Chat(server) as chat:
        await run_bad(chat)
        line = await until(server, 1, errors=1)
    assert line["errors"] == 1 and line["killed"] == 0


async def test_a_turn_keeps_to_its_budget(bad):
    server = await asyncio.to_thread(bad, "local t = {} while true do t[#t % 100 + 1] = ('x'):rep(50) end")
    async with Chat(server) as chat:
        await run_bad(chat)
        line = await until(server, 1, killed=1)
    assert line["cpu_ms"] < 250


async def test_a_tenant_over_its_quota_is_told_to_wait(bad):
    server = await asyncio.to_thread(bad, "while true do end", AZENTIKO_TENANT_CPU_SECONDS="1")
    chats = [await Chat(server).open() for _ in range(4)]
    for i in range(16):  # the minute may end in between
        frame = await run_bad(chats[i % 4], f"bad{i}")
        if frame["type"] == "error":
            break
    assert frame["code"] == "rate_limited" and frame["retry_after_ms"] > 0
    assert (await until(server, 1, refused=1))["cpu_ms"] < 2500
    for chat in chats:
        await chat.socket.close()


async def test_memory_that_stays_full_starts_the_state_anew(bad):
    body = "for i = 1, 100 do kept[#kept + 1] = ('x'):rep(100000) .. #kept end chat:say('kept')"
    server = await asyncio.to_thread(bad, body, "local kept = {}\n")
    async with Chat(server) as other:
        await other.say("/hours")
        while not any("state is rebuilt" in line for line in server.lines):
            await stranger_runs_bad(server)
        assert (await other.say("/hours"))["seq"] == 3  # with all that was acknowledged
        assert (await until(server, 1, rebuilt=1))["memory_bytes"] < 16 << 20


async def test_a_stalled_dialog_of_a_rebuilt_state_goes_on(bad):
    server = await asyncio.to_thread(bad, "while true do end")
    async with Chat(server) as asked:
        ack = await asked.post("command", name="callback", args={})
        question = await asked.answer(ack["seq"])
        assert texts(question)
        for _ in range(5):
            await stranger_runs_bad(server)
        await until(server, 1, rebuilt=1)
        again = await asked.post("message", text="Anna Berg")
        assert texts(await asked.answer(again["seq"]))
