"""A dialog stands at the same line after kill -9, after a rest and on new scripts."""
import asyncio

from chat import Chat, texts
from server import run_cli

ANSWERS = ["Ada Lovelace", "+44 20 7946 0000", "tomorrow", "1", "The engine"]


async def ask(chat, text):
    """Says it; the bot's answer, as text."""
    ack = await chat.post("message", text=text)
    return texts(await chat.answer(ack["seq"]))


async def finish(step):
    """The callback dialog, with step(n, chat) -> chat between its questions; the last answer."""
    chat = await step(0, None)
    shown = [await ask(chat, "/callback")]
    for n, answer in enumerate(ANSWERS, 1):
        chat = await step(n, chat)
        shown.append(await ask(chat, answer))
    await chat.socket.close()
    return shown


async def untouched(server):
    async def stay(_, chat):
        return chat or await Chat(server).open()

    return await finish(stay)


async def test_it_survives_kill_9_at_each_question(own):
    server = own()
    plain = await untouched(server)
    assert len(set(plain)) == len(plain) and "Ada Lovelace" in plain[-1]

    async def kill(_, chat):
        if chat is None:
            return await Chat(server).open()
        server.kill()
        await asyncio.to_thread(server.start)
        return await Chat(server).open(**chat.resume())

    assert await finish(kill) == plain


async def test_it_survives_passivation(own):
    server = own("--idle-seconds", "1")
    plain = await untouched(server)

    async def rest(_, chat):
        if chat is None:
            return await Chat(server).open()
        await asyncio.sleep(2.3)
        return chat

    assert await finish(rest) == plain


async def test_it_survives_a_new_connection_for_each_answer(server):
    plain = await untouched(server)

    async def reconnect(_, chat):
        if chat is None:
            return await Chat(server).open()
        await chat.socket.close()
        return await Chat(server).open(**chat.resume())

    assert await finish(reconnect) == plain


async def test_it_ends_on_the_version_on_which_it_began(scripted):
    """The new version asks other questions; a dialog under way keeps the old ones, even after a kill."""
    old = await untouched(scripted)

    async def change(n, chat):
        if chat is None:
            return await Chat(scripted).open()
        if n == 2:
            scripted.edit("commands/callback.lua", lambda text: text.replace("At which number", "NEW: which number")
                          .replace("Which day suits you?", "NEW: which day?"))
            done = await asyncio.to_thread(run_cli, "reload", "--data", scripted.data)
            assert done.returncode == 0, done.stderr
        if n == 3:
            scripted.kill()
            await asyncio.to_thread(scripted.start)
            return await Chat(scripted).open(**chat.resume())
        return chat

    assert await finish(change) == old
    new = await untouched(scripted)
    assert [text.startswith("NEW") for text in new] == [False, True, True, False, False, False]


NESTED = '''local bot = require "bot"
bot.command "outer" { title = "Outer", run = function(chat)
  local a = chat:ask "OLD one?"
  chat:go "inner"
  chat:say("OLD end %s %s", a, chat:get "b")
end }
bot.command "inner" { title = "Inner", hidden = true, run = function(chat)
  chat:set("b", chat:ask "OLD two?")
  chat:ask_number "OLD three?"
end }
'''


async def test_it_stands_inside_a_nested_command_after_a_reload_and_a_kill(scripted):
    scripted.edit("commands/outer.lua", NESTED)
    assert (await asyncio.to_thread(run_cli, "reload", "--data", scripted.data)).returncode == 0
    chat = await Chat(scripted).open()
    assert await ask(chat, "/outer") == "OLD one?"
    assert await ask(chat, "a") == "OLD two?"
    scripted.edit("commands/outer.lua", NESTED.replace("OLD", "NEW").replace("ask_number", "ask_date"))
    assert (await asyncio.to_thread(run_cli, "reload", "--data", scripted.data)).returncode == 0
    assert await ask(chat, "b") == "OLD three?"
    scripted.kill()
    await asyncio.to_thread(scripted.start)
    chat = await Chat(scripted).open(**chat.resume())
    assert await ask(chat, "three") == "OLD end a b"
    assert await ask(chat, "/outer") == "NEW one?"
    await chat.socket.close()


async def test_cancel_ends_it_and_the_next_message_is_a_new_start(server):
    async with Chat(server) as chat:
        first = await ask(chat, "/callback")
        cancelled = await ask(chat, "cancel")
        assert cancelled != first
        assert await ask(chat, "/hours") != cancelled
