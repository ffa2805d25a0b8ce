"""Scripts that go wrong hurt their own turn and nobody else."""
import asyncio
import time

import pytest
from chat import Chat, texts
from server import run_cli

COMMAND = '''local bot = require "bot"

bot.command "bad" {
  title = "Bad",
  words = { "bad" },
  run = function(chat)
    %s
  end,
}
'''
BAD = {
    "endless loop": "while true do end",
    "endless loop behind pcall": "while true do pcall(function() while true do end end) end",
    "memory": "local t = {} for i = 1, math.huge do t[i] = ('x'):rep(1000) .. i end",
    "long string": "local s = ('x'):rep(1 << 30) chat:say(s)",
    "deep recursion": "local function f() return 1 + f() end f()",
    "error": "error('broken on purpose')",
    "error object": "error({})",
    "nil call": "local f f()",
    "big sort": "local t = {} for i = 1, 200000 do t[i] = i end "
                "table.sort(t, function(a, b) for _ = 1, 1000 do end return a > b end)",
}


@pytest.fixture
def bad(scripted):
    """bad(body): the server with a command that does this."""
    def with_body(body):
        scripted.edit("commands/bad.lua", COMMAND % body)
        done = run_cli("reload", "--data", scripted.data)
        assert done.returncode == 0, done.stderr
        return scripted

    return with_body


async def told(victim):
    """The visitor hears of it: an answer that apologises, or an error for that message."""
    for frame in victim.seen:
        if frame["type"] in ("ack", "error") and frame.get("cid") == "bad":
            break
    else:
        frame = await victim.next(timeout=10)
        while frame["type"] not in ("ack", "error"):
            frame = await victim.next(timeout=10)
    assert frame["cid"] == "bad"
    if frame["type"] == "ack":
        assert texts(await victim.answer(frame["seq"]))


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_script_ends_politely_and_others_go_on(bad, name):
    server = bad(BAD[name])
    async with Chat(server) as victim, Chat(server) as other:
        before = server.resident_bytes()
        await victim.send("command", cid="bad", name="bad", args={})
        worst = 0.0
        for _ in range(40):
            start = time.monotonic()
            await other.say("/hours")
            worst = max(worst, time.monotonic() - start)
            await asyncio.sleep(0.01)
        await told(victim)
        await victim.say("/hours")
        assert worst < 0.5
        assert server.resident_bytes() - before < 200 << 20
    logged = [line for line in server.log() if line["level"] in ("warn", "error") and "bad.lua" in str(line)]
    if name not in ("big sort", "long string", "error object"):
        assert logged, "the author is told file and line"


async def test_twenty_endless_loops_at_once(bad):
    server = bad(BAD["endless loop"])
    async with Chat(server) as other:
        victims = [await Chat(server).open() for _ in range(20)]
        for victim in victims:
            await victim.send("command", cid="bad", name="bad", args={})
        waits = []
        for _ in range(100):
            start = time.monotonic()
            await other.say("/hours")
            waits.append(time.monotonic() - start)
        for victim in victims:
            await told(victim)
            await victim.socket.close()
    assert sorted(waits)[98] < 1


async def test_a_pattern_that_takes_for_ever(bad):
    server = bad("(('a'):rep(30)):find(('a?'):rep(30) .. ('a'):rep(30) .. 'b')")
    async with Chat(server) as victim, Chat(server) as other:
        await victim.send("command", cid="bad", name="bad", args={})
        await other.say("/hours")
        await told(victim)


TRAP = '''local bot = require "bot"

bot.command "trap" {
  title = "Trap",
  words = { "trap" },
  run = function(chat)
    local name = chat:ask_text "Your name?"
    while name do end
  end,
}
'''


async def test_a_dialog_that_runs_away_ends_with_an_apology(scripted):
    scripted.edit("commands/trap.lua", TRAP)
    await asyncio.to_thread(scripted.stop)
    await asyncio.to_thread(scripted.start)
    async with Chat(scripted) as chat:
        asked = await chat.answer((await chat.post("command", name="trap", args={}))["seq"])
        assert texts(asked) == "Your name?"
        sorry = await chat.answer((await chat.post("message", text="Anna"))["seq"])
        assert "wrong" in texts(sorry) or "orry" in texts(sorry), texts(sorry)
        hours = await chat.answer((await chat.post("command", name="hours", args={}))["seq"])
        assert "open" in texts(hours)
