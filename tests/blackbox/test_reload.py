"""azentiko reload and HUP: all of scripts/ or nothing of it."""
import asyncio
import re
import signal

import pytest
from chat import Chat, texts
from server import run_cli


def reload(server):
    return run_cli("reload", "--data", server.data)


async def help_text(chat):
    return texts(await chat.answer((await chat.post("command", name="help", args={}))["seq"]))


NEW_COMMAND = '''local bot = require "bot"

bot.command "reloaded" {
  title = "Reloaded",
  words = { "reloaded" },
  run = function(chat) chat:say("generation two") end,
}
'''


async def test_a_changed_script_answers_after_reload(scripted):
    async with Chat(scripted) as chat:
        await chat.say("/hours")
        scripted.edit("commands/reloaded.lua", NEW_COMMAND)
        done = await asyncio.to_thread(reload, scripted)
        assert done.returncode == 0, done.stderr
        assert "commands/reloaded.lua" in done.stdout
        answer = await chat.answer((await chat.post("command", name="reloaded", args={}))["seq"])
        assert texts(answer) == "generation two"


async def test_hup_reloads_too(scripted):
    async with Chat(scripted) as chat:
        scripted.edit("commands/reloaded.lua", NEW_COMMAND)
        mark = len(scripted.lines)
        scripted.signal(signal.SIGHUP)
        await asyncio.to_thread(scripted.wait_line, "reload", 10, mark)
        answer = await chat.answer((await chat.post("command", name="reloaded", args={}))["seq"])
        assert texts(answer) == "generation two"


BROKEN = {
    "syntax": ("commands/help.lua", lambda text: "local x = = 1\n" + text, r"commands/help\.lua:1:"),
    "unknown name": ("commands/zzz.lua", 'local bot = require "bot"\n\nbot.command "zzz" { title = hours }\n',
                     r"commands/zzz\.lua:3:"),
    "missing target": ("menus/zzz.lua", 'local bot = require "bot"\n\nbot.menu "zzz" {\n  text = "?",\n'
                       '  items = { { label = "Book", go = "nope" } },\n}\n', r"menus/zzz\.lua:\d+:.*nope"),
    "missing module": ("commands/zzz.lua", 'require "no.such.module"\n', r"commands/zzz\.lua:1:"),
    "own test": ("lib/money_test.lua", 'local money = require "lib.money"\n\nreturn {\n  ["a price"] = function(t)\n'
                 '    t.equal(money.text({ amount = 4, currency = "EUR" }, "en"), "€3")\n  end,\n}\n',
                 r"lib/money_test\.lua:5: expected '€3', got '€4'"),
    "broken helper": ("lib/money.lua", lambda text: text.replace('return s\nend\n\nreturn', 'return s .. nil\nend\n\nreturn'),
                      r"lib/money\.lua:\d+: .*concatenate.*\(in lib/money_test\.lua, '"),
    "bytecode": ("commands/zzz.lua", "\x1bLua", r"commands/zzz\.lua"),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_failing_reload_changes_nothing_and_names_file_and_line(scripted, name):
    file, change, expected = BROKEN[name]
    async with Chat(scripted) as chat:
        before = await help_text(chat)
        scripted.edit("commands/reloaded.lua", NEW_COMMAND)
        if callable(change):
            scripted.edit(file, change)
        else:
            (scripted.scripts / file).write_text(change, encoding="utf-8")
        done = await asyncio.to_thread(reload, scripted)
        assert done.returncode == 1
        assert re.search(expected, done.stderr), done.stderr
        assert await help_text(chat) == before
        answer = await chat.answer((await chat.post("message", text="/reloaded"))["seq"])
        assert "generation two" not in texts(answer)


async def test_reload_under_load_drops_and_doubles_nothing(scripted):
    stop = asyncio.Event()

    async def visitor(n):
        async with Chat(scripted) as chat:
            count = 0
            while not stop.is_set():
                await chat.say(f"/hours {count}")
                count += 1
            numbers = [f["seq"] for f in chat.seen if f["type"] in ("message", "ack")]
            replies = [f["re"] for f in chat.seen if f["type"] == "message" and "re" in f]
            acks = [f["seq"] for f in chat.seen if f["type"] == "ack"]
            assert len(numbers) == len(set(numbers)), "a number was used twice"
            assert len(replies) == len(set(replies)) and set(acks) == set(replies)
            assert max(numbers) - min(numbers) + 1 == len(numbers)
            return count

    visitors = [asyncio.create_task(visitor(n)) for n in range(20)]
    for generation in range(8):
        await asyncio.sleep(0.2)
        scripted.edit("commands/reloaded.lua", NEW_COMMAND + f"-- {generation}\n")
        done = await asyncio.to_thread(reload, scripted)
        assert done.returncode == 0, done.stderr
    stop.set()
    assert min(await asyncio.gather(*visitors)) > 1


def test_reload_without_a_server_says_so(tmp_path):
    done = run_cli("reload", "--data", tmp_path)
    assert done.returncode == 1 and done.stderr


async def test_development_mode_reloads_by_itself(scripted):
    await asyncio.to_thread(scripted.stop)
    scripted.options += ["--dev"]
    await asyncio.to_thread(scripted.start)
    async with Chat(scripted) as chat:
        mark = len(scripted.lines)
        scripted.edit("commands/reloaded.lua", NEW_COMMAND)
        await asyncio.to_thread(scripted.wait_line, "scripts reloaded", 10, mark)
        answer = await chat.answer((await chat.post("command", name="reloaded", args={}))["seq"])
        assert texts(answer) == "generation two"
        mark = len(scripted.lines)
        scripted.edit("commands/reloaded.lua", "local x = = 1\n")
        await asyncio.to_thread(scripted.wait_line, r"reloaded\.lua:1:", 10, mark)
        answer = await chat.answer((await chat.post("command", name="reloaded", args={}))["seq"])
        assert texts(answer) == "generation two"
