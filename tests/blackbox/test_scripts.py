"""A bot's own scripts from a folder to its visitors, by the command line, while a server runs."""
import asyncio
import json
import os
import re
import subprocess
import time

import pytest
from chat import Chat, texts
from server import binary, run_cli

BOT = 'local bot = require "bot"\n'


def pizza(answer):
    return {"commands/pizza.lua": BOT + f'bot.command "pizza" {{ title = "Pizza", say = "{answer}" }}\n'}


ORDER = BOT + '''
bot.command "order" {
  title = "Order",
  run = function(chat)
    local lucky = chat:random(1, 1000000)
    local what = chat:ask_text "What?"
    local many = chat:ask_number "How many?"
    chat:say("%d %s, number %d", many, what, lucky)
  end,
}
'''


class Shop:
    """The demo bot's scripts in a folder, and the commands on them."""

    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        listed = run_cli("bot", "list", "--json", *self.store())
        self.bot = next(b["id"] for b in json.loads(listed.stdout) if b["public_key"] == "pk_demo")

    def store(self):
        return ["--data", self.server.data, *(["--database", self.server.database] if self.server.database else [])]

    def write(self, files):
        for path, text in files.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text, encoding="utf-8")
        return self

    def run(self, verb, *arguments, timeout=120):
        return run_cli("script", verb, *arguments, "--bot", self.bot, *self.store(), timeout=timeout)

    def publish(self, files, *options):
        self.write(files)
        done = self.run("publish", self.folder, *options)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def json(self, verb, *arguments):
        done = self.run(verb, *arguments, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def shop(own, tmp_path):
    (tmp_path / "shop").mkdir()
    return Shop(own(), tmp_path / "shop")


async def ask(chat, text):
    ack = await chat.post("message", text=text)
    return texts(await chat.answer(ack["seq"]))


async def soon(chat, text, expected):
    """The control socket's news reaches the tenant a moment after the command is done."""
    end = time.monotonic() + 5
    while (answer := await ask(chat, text)) != expected:
        assert time.monotonic() < end, answer
        await asyncio.sleep(0.05)


async def test_a_publish_and_a_roll_back_reach_an_open_conversation(shop):
    async with Chat(shop.server) as chat:
        before = await ask(chat, "/pizza")
        said = await asyncio.to_thread(shop.publish, pizza("One."), "--note", "first", "--author", "ada")
        assert re.search(r"release 1: version 1 is live", said)
        await soon(chat, "/pizza", "One.")
        await asyncio.to_thread(shop.publish, pizza("Two."))
        await soon(chat, "/pizza", "Two.")
        done = await asyncio.to_thread(shop.run, "rollback")
        assert done.returncode == 0 and "version 1 is live" in done.stdout, done.stderr
        await soon(chat, "/pizza", "One.")
        done = await asyncio.to_thread(shop.run, "rollback", "--to", "0")
        assert done.returncode == 0, done.stderr
        await soon(chat, "/pizza", before)
    listed = shop.json("versions")
    assert [v["version"] for v in listed["versions"]] == [2, 1]
    assert listed["versions"][1]["note"] == "first" and listed["versions"][1]["author"] == "ada"
    assert [r["kind"] for r in listed["releases"]] == ["rollback", "rollback", "publish", "publish"]


def test_what_does_not_pass_is_not_published(shop):
    shop.write({"commands/bad.lua": BOT + 'bot.command "bad" {\n  title = "Bad", run = function(chat) pirnt(chat) end }\n'})
    done = shop.run("publish", shop.folder)
    assert done.returncode == 1
    assert "commands/bad.lua:3: unknown name 'pirnt'" in done.stdout and "nothing was published" in done.stdout
    shop.write({"commands/bad.lua": BOT + 'bot.command "bad" { title = "Bad", say = "Hm." }\n',
                "chats/bad.chat": "visitor: /bad\nbot: Good.\n"})
    done = shop.run("publish", shop.folder)
    assert done.returncode == 1
    assert "FAILED chats/bad.chat chats/bad.chat:2: expected: Good., the bot said: Hm." in done.stdout
    assert shop.json("versions")["versions"] == []


def test_check_and_test_need_no_store(tmp_path):
    (tmp_path / "commands").mkdir()
    (tmp_path / "chats").mkdir()
    (tmp_path / "commands/pizza.lua").write_text(pizza("Yes.")["commands/pizza.lua"], encoding="utf-8")
    (tmp_path / "chats/pizza.chat").write_text("visitor: /pizza\nbot: Yes.\n", encoding="utf-8")
    done = run_cli("script", "check", tmp_path)
    assert (done.returncode, done.stdout) == (0, "no faults in 1 declaration\n"), done.stderr
    done = run_cli("script", "check", tmp_path / "commands/pizza.lua")
    assert done.returncode == 0, done.stderr
    done = run_cli("script", "test", tmp_path)
    assert done.returncode == 0 and "ok chats/pizza.chat\n1 passed, 0 failed" in done.stdout, done.stderr
    (tmp_path / "commands/pizza.lua").write_text(BOT + "count = 1\n", encoding="utf-8")
    done = run_cli("script", "check", tmp_path)
    assert done.returncode == 1 and "commands/pizza.lua:2: " in done.stdout


async def test_a_rehearsal_shows_what_would_differ_and_changes_nothing(shop):
    server = shop.server
    await asyncio.to_thread(shop.publish, {"commands/order.lua": ORDER, **pizza("One.")})
    for n in range(5):
        async with Chat(server) as chat:
            await soon(chat, "/pizza", "One.")
            await ask(chat, "/order")
            await ask(chat, "margherita")
            await ask(chat, str(n + 2))
            await ask(chat, "when are you open?")
            await chat.post("command", name="contact", args={})
    same = await asyncio.to_thread(shop.run, "rehearse")
    assert "5 conversations" in same.stdout and "5 the same, 0 would differ" in same.stdout, same.stdout
    changed = ORDER.replace("What?", "Which one?").replace("chat:say(", "local now = chat:now()\n    chat:say(")
    shop.write({"commands/order.lua": changed})
    done = await asyncio.to_thread(shop.run, "rehearse", shop.folder, "--last", "3")
    assert done.returncode == 0, done.stderr
    assert "3 conversations" in done.stdout and "0 the same, 3 would differ" in done.stdout, done.stdout
    assert re.search(r"! What\? +\| Which one\?\n", done.stdout), done.stdout
    assert "(3 in what is said; 3 leave the log)" in done.stdout and "in the same way: 2 conversations" in done.stdout
    assert re.search(r"the path leaves the log: command 'order' at commands/order.lua:\d+ asks for 'now'", done.stdout)
    after = await asyncio.to_thread(shop.json, "versions")
    assert len(after["versions"]) == 1 and after["versions"][0]["recorded_dialogs"] == 5


async def test_a_dialog_ends_on_its_version_over_publishes_and_kills(shop):
    server = shop.server
    await asyncio.to_thread(shop.publish, {"commands/order.lua": ORDER})
    chat = await Chat(server).open()
    await soon(chat, "/order", "What?")
    await asyncio.to_thread(shop.publish, {"commands/order.lua": ORDER.replace("How many?", "NEW?")})
    server.kill()
    await asyncio.to_thread(server.start)
    chat = await Chat(server).open(**chat.resume())
    assert await ask(chat, "margherita") == "How many?"
    assert (await asyncio.to_thread(shop.json, "versions"))["versions"][1]["open_dialogs"] == 1
    assert (await ask(chat, "3")).startswith("3 margherita, number ")
    await ask(chat, "/order")
    assert await ask(chat, "margherita") == "NEW?"
    await chat.socket.close()


async def test_a_share_of_new_conversations(shop):
    await asyncio.to_thread(shop.publish, pizza("One."))
    said = await asyncio.to_thread(shop.publish, pizza("Two."), "--share", "50")
    assert "version 2 for 50 % of new conversations, version 1 for the others" in said
    answers = set()
    for _ in range(40):
        async with Chat(shop.server) as chat:
            answers.add(await ask(chat, "/pizza"))
    assert answers == {"One.", "Two."}
    done = await asyncio.to_thread(shop.run, "compare", "1", "2")
    assert "changed commands/pizza.lua" in done.stdout and "changed command 'pizza'" in done.stdout, done.stderr


def test_secrets_are_set_listed_and_never_shown(shop):
    value = "whsec_bm90IGEgcmVhbCBzZWNyZXQgYXQgYWxsISE="
    command = [binary(), "script", "secret", "set", "SHOP_KEY", "--bot", shop.bot, *shop.store()]
    done = subprocess.run(command, input=value + "\n", text=True, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    done = run_cli("script", "secret", "list", "--bot", shop.bot, "--json", *shop.store())
    assert [s["name"] for s in json.loads(done.stdout)["secrets"]] == ["SHOP_KEY"]
    assert value not in done.stdout + "\n".join(shop.server.lines)
    if not shop.server.database:
        for name in os.listdir(shop.server.data):
            if name.startswith("azentiko.db"):
                with open(os.path.join(shop.server.data, name), "rb") as file:
                    assert value.encode() not in file.read()
    done = run_cli("script", "secret", "remove", "SHOP_KEY", "--bot", shop.bot, *shop.store())
    assert done.returncode == 0, done.stderr
    done = run_cli("script", "secret", "remove", "SHOP_KEY", "--bot", shop.bot, *shop.store())
    assert done.returncode == 1
