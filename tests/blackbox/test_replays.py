"""Dialogs of ten steps killed at each, and recorded conversations replayed."""
import asyncio
import os
import random

import databases
import pytest
from chat import Chat
from test_scripts import BOT, Shop, ask, soon

RECORDED = int(os.environ.get("AZENTIKO_TEST_RECORDED", "200"))  # conversations; 10000 for the whole claim

TEN = BOT + '''
bot.command "ten" {
  title = "Ten",
  run = function(chat)
    local start, lucky = chat:now(), chat:random(1, 1000000000)
    chat:say("Let us begin.")
    local first = chat:ask_text "one?"
    local second = chat:ask_number "two?"
    chat:set("second", second)
    local third = chat:ask_choice("three?", { "Yes", "No" })
    local fourth = chat:ask_text "four?"
    chat:go "middle"
    local eighth = chat:ask_text "eight?"
    local ninth = chat:ask_email "nine?"
    local tenth = chat:ask_text "ten?"
    chat:say("%s|%d|%s|%s|%s|%s|%s", first, second, third, fourth, eighth, ninth, tenth)
    chat:say("%d %d %d", chat:get "second", lucky, start)
  end,
}
bot.command "middle" {
  title = "Middle",
  hidden = true,
  run = function(chat)
    local fifth = chat:ask_text "five?"
    local sixth = chat:ask_text "six?"
    local seventh = chat:ask_text "seven?"
    chat:say("middle: %s %s %s", fifth, sixth, seventh)
  end,
}
'''

ANSWERS = ["alpha", "2", "yes", "delta", "epsilon", "zeta", "eta", "theta", "nine@example.org", "kappa"]
QUESTIONS = ["one?", "two?", "three?", "four?", "five?", "six?", "seven?", "eight?", "nine?", "ten?"]


@pytest.fixture
def shop(own, tmp_path):
    (tmp_path / "shop").mkdir()
    return Shop(own(), tmp_path / "shop")


def said(chat):
    """What the bot has said in this connection, in order, as texts."""
    return [block.get("text", "") for frame in chat.seen if frame["type"] == "message" and frame["from"] == "bot"
            for block in frame["blocks"]]


async def settle(chat, text):
    while text not in said(chat):
        await chat.next()


async def talk(server, disturb):
    """The whole dialog; disturb(n, chat) -> chat before answer n. All that the bot said."""
    chat = await Chat(server).open()
    heard = []
    await chat.post("message", text="/ten")
    await settle(chat, "one?")
    for n, answer in enumerate(ANSWERS):
        heard += said(chat)
        chat = await disturb(n, chat)
        chat.seen.clear()
        await chat.post("message", text=answer)
        if n < 9:
            await settle(chat, QUESTIONS[n + 1])
    while not said(chat) or not said(chat)[-1].startswith("2 "):
        await chat.next()
    heard += said(chat)
    conversation = chat.ready["conversation"]
    await chat.socket.close()
    return heard, conversation


def plain(heard):
    """Without the last line: it has the random number and the clock of the run."""
    return heard[:-1]


def steps_of(server, conversation):
    return databases.rows(server, "SELECT step, kind FROM step WHERE conversation = ? ORDER BY step", conversation)


async def test_kill_9_at_each_of_ten_steps_loses_and_repeats_none(shop):
    await asyncio.to_thread(shop.publish, {"commands/ten.lua": TEN})
    server = shop.server

    async def stay(_, chat):
        return chat

    async def kill(_, chat):
        resume = chat.resume()
        server.kill()
        await asyncio.to_thread(server.start)
        return await Chat(server).open(**resume)

    calm, first = await talk(server, stay)
    killed, second = await talk(server, kill)
    assert plain(killed) == plain(calm)
    assert calm.count("one?") == 1 and "middle: epsilon zeta eta" in calm
    rows = steps_of(server, second)
    assert rows == steps_of(server, first)
    assert len([kind for _, kind in rows if kind.startswith("ask_")]) == 10
    assert len({step for step, _ in rows}) == len(rows)


async def test_kill_9_in_the_middle_of_each_answer_loses_and_repeats_none(shop):
    """Nobody knows whether the answer that was on its way is stored: it is sent again under its CID."""
    await asyncio.to_thread(shop.publish, {"commands/ten.lua": TEN})
    server, rng = shop.server, random.Random(5)

    async def stay(_, chat):
        return chat

    calm, first = await talk(server, stay)
    chat = await Chat(server).open()
    await chat.post("message", text="/ten")
    await settle(chat, "one?")
    place = {"visitor": chat.ready["visitor"], "conversation": chat.ready["conversation"]}
    for n, answer in enumerate(ANSWERS):
        await chat.send("message", cid=f"a{n}", text=answer)
        await asyncio.sleep(rng.random() * 0.004)
        server.kill()
        await asyncio.to_thread(server.start)
        chat = await Chat(server).open(**place, after=0)
        await chat.post("message", cid=f"a{n}", text=answer)
        await settle(chat, "middle: epsilon zeta eta" if n == 6 else QUESTIONS[n + 1] if n < 9 else "alpha|2|Yes|delta|theta|nine@example.org|kappa")
    history = await Chat(server).open(**place, after=0)
    while not said(history) or not said(history)[-1].startswith("2 "):
        await history.next()
    assert plain(said(history)) == plain(calm)
    assert steps_of(server, place["conversation"]) == steps_of(server, first)
    await history.socket.close()


SAYINGS = ["hi", "/hours", "when are you open on sunday?", "xyzzy", "/contact", "thanks", "what is the weather",
           "opening hours", "/services", "do you deliver?", "/who", "asdf asdf", "menu", "/dice"]
DICE = BOT + 'bot.command "dice" { title = "Dice", run = function(chat) chat:say("%d", chat:random(1, 6)) end }\n'


async def converse(server, rng):
    """One conversation as people have them: chat, buttons, dialogs that end, are left or are cancelled."""
    async with Chat(server) as chat:
        if rng.random() < 0.3:
            await chat.socket.close()
            chat = await Chat(server).open(locale="de")
        for _ in range(rng.randint(1, 4)):
            what = rng.random()
            if what < 0.5:
                await chat.post("message", text=rng.choice(SAYINGS))
            elif what < 0.6:
                await chat.post("command", name=rng.choice(["hours", "contact", "ten", "nonsense"]), args={})
            elif what < 0.7:
                await chat.post("choice", value=rng.choice(["main/opening-hours", "main/contact", "nothing/here"]))
            else:
                await chat.post("message", text="/ten")
                for answer in ANSWERS[:rng.randint(1, 10)]:
                    await chat.post("message", text=answer if rng.random() < 0.9 else "no idea")
                if rng.random() < 0.3:
                    await chat.post("message", text="cancel")
        await chat.socket.close()


def test_recorded_conversations_replay_without_a_difference(shop):
    asyncio.run(record_and_replay(shop))


async def record_and_replay(shop):
    await asyncio.to_thread(shop.publish, {"commands/ten.lua": TEN, "commands/dice.lua": DICE})
    async with Chat(shop.server) as chat:
        await soon(chat, "/nonsense", await ask(chat, "/nonsense"))
    rng = random.Random(int(os.environ.get("AZENTIKO_TEST_SEED", "7")))
    for _ in range(0, RECORDED, 20):
        await asyncio.gather(*(converse(shop.server, random.Random(rng.random())) for _ in range(20)))
    done = await asyncio.to_thread(shop.json, "rehearse", "--last", str(min(RECORDED + 1, 10000)))
    # What a busy machine did to a turn is no part of a recording.
    failed = {line.get("actor") for line in shop.server.log() if line.get("msg") == "turn failed"}
    differ = [d for d in done["differences"] if d["conversation"] not in failed]
    assert differ == [] and done["differ"] <= len(failed), differ[:2]
    assert done["conversations"] >= RECORDED * 0.95
