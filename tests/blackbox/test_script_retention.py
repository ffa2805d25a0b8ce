"""What a bot's daily job forgets of its scripts: recordings, versions that nobody needs, the script log. Time is moved by
making rows old and the job due."""
import asyncio
import time

import databases
import pytest
from api import accounts, create_account, demo_dataset
from chat import Chat
from test_script_api import Developer
from test_scripts import BOT, ask, soon

DAY = 86400000
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


def script(n):
    return {"commands/order.lua": BOT + f'''
bot.command "order" {{ title = "Order", run = function(chat)
  require("log").info "version {n}"
  local what = chat:ask "{n}: what?"
  chat:say("%s", what)
end }}
bot.command "which" {{ title = "Which", say = "{n}" }}
'''}


def conversation_at(ms, serial):
    """An id as it was made at that moment: 48 bits of time, then anything."""
    value, text = (ms << 80) | serial, ""
    for _ in range(26):
        value, text = value >> 5, LETTERS[value & 31] + text
    return "conv_" + text


def put_old(server, tenant, bot, version, conversation, at):
    """A conversation with a dialog that has ended, as it would have been recorded then."""
    databases.change(server, "INSERT INTO conversation (tenant, id, bot, visitor, status, seq, state, created_at, updated_at, version) "
                     "VALUES (?, ?, ?, 'vis_x', 'bot', 2, '{\"l\":\"en\"}', ?, ?, ?)", tenant, conversation, bot, at, at, version)
    databases.change(server, "INSERT INTO message (tenant, conversation, seq, sender, cid, re, body, at, input) "
                     "VALUES (?, ?, 1, 'visitor', 'c', NULL, '[{\"kind\":\"text\",\"text\":\"/order\"}]', ?, '{\"l\":\"en\"}')", tenant, conversation, at)
    databases.change(server, "INSERT INTO step (tenant, conversation, dialog, step, kind, value, at) VALUES (?, ?, '1', 1, 'ask_text', '\"x\"', ?)",
                     tenant, conversation, at)
    databases.change(server, "INSERT INTO dialog (tenant, conversation, dialog, bot, command, version, outcome, steps, at) "
                     "VALUES (?, ?, '1', ?, 'order', ?, 'done', NULL, ?)", tenant, conversation, bot, version, at)


def put_line(server, tenant, bot, name, at):
    databases.change(server, "INSERT INTO script_log (tenant, bot, id, level, at, message, position, conversation, version) "
                     "VALUES (?, ?, ?, 1, ?, ?, '', NULL, '')", tenant, bot, f"log_{at:012x}", at, name)


def left(server, conversation):
    """(inputs, steps, dialogs, messages) of a conversation"""
    return tuple(databases.rows(server, f"SELECT count(*) FROM {table} WHERE conversation = ?{more}", conversation)[0][0]
                 for table, more in (("message", " AND input IS NOT NULL"), ("step", ""), ("dialog", ""), ("message", "")))


async def test_what_nobody_needs_any_longer_goes(own, tmp_path):
    server = own()
    developer = Developer(server, accounts(server)[0])
    bot = developer.bot
    other_account, _ = await asyncio.to_thread(create_account, server, tmp_path, demo_dataset())
    (tenant,), (other,) = databases.rows(server, "SELECT id FROM tenant ORDER BY id")
    now = int(time.time() * 1000)
    publish = lambda n: asyncio.to_thread(developer.post, "publish", files=script(n))  # noqa: E731
    await publish(1)
    holds = await Chat(server).open()  # an open dialog on version 1
    await soon(holds, "/order", "1: what?")
    await publish(2)
    async with Chat(server) as chat:  # a recording on version 2, of messages alone
        await soon(chat, "/which", "2")
    for n in range(3, 25):
        await publish(n)
    old, fresh = conversation_at(now - 40 * DAY, 1), conversation_at(now - 10 * DAY, 2)
    put_old(server, tenant, bot, 3, old, now - 40 * DAY)
    put_old(server, tenant, bot, 24, fresh, now - 10 * DAY)
    theirs = conversation_at(now - 40 * DAY, 3)
    their_bot, = next(r for r in databases.rows(server, "SELECT id FROM bot WHERE tenant = ?", other))
    put_old(server, other, their_bot, 1, theirs, now - 40 * DAY)
    put_line(server, tenant, bot, "old line", now - 20 * DAY)
    put_line(server, tenant, bot, "young line", now - 2 * DAY)
    put_line(server, other, their_bot, "their line", now - 20 * DAY)
    assert left(server, old) == left(server, fresh) == (1, 1, 1, 1)
    assert databases.change(server, "UPDATE outbox SET due_at = 1 WHERE id = ?", "recordings/" + bot) == 1
    end = time.monotonic() + 10
    while left(server, old) != (0, 0, 0, 1):
        assert time.monotonic() < end, left(server, old)
        await asyncio.sleep(0.1)
    kept = [v["version"] for v in developer.versions()["versions"]]
    assert kept == [*range(24, 4, -1), 2, 1]  # 3 and 4 are gone
    assert left(server, fresh) == left(server, theirs) == (1, 1, 1, 1)
    lines = [row[0] for row in databases.rows(server, "SELECT message FROM script_log ORDER BY id")]
    assert "old line" not in lines and {"young line", "their line"} <= set(lines)
    (due,), = databases.rows(server, "SELECT due_at FROM outbox WHERE id = ?", "recordings/" + bot)
    assert abs(due - now - DAY) < 120000
    # what is left still works: the open dialog, a rollback, the rehearsal of all that can be
    assert await ask(holds, "soup") == "soup"
    assert developer.post("rollback", to=5)["version"] == 5
    assert developer.client.post(developer.path("scripts/rollback"), {"to": 4}).code == "not_found"
    result = developer.post("rehearse", own=True)
    assert result["conversations"] == 3
    assert [d["conversation"] for d in result["differences"]] == [fresh]  # the one that was never answered
    await holds.socket.close()


@pytest.mark.parametrize("days", [1, 60])
async def test_the_accounts_own_time_counts(own, days):
    server = own()
    developer = Developer(server, accounts(server)[0])
    await asyncio.to_thread(developer.post, "publish", files=script(1))
    (tenant,), = databases.rows(server, "SELECT id FROM tenant")
    now = int(time.time() * 1000)
    databases.change(server, "UPDATE tenant SET settings = ?", '{"retention":{"recordings":%d}}' % days)
    conversations = {age: conversation_at(now - age * DAY, age) for age in (2, 40, 70)}
    for age, conversation in conversations.items():
        put_old(server, tenant, developer.bot, 1, conversation, now - age * DAY)
    databases.change(server, "UPDATE outbox SET due_at = 1 WHERE id = ?", "recordings/" + developer.bot)
    end = time.monotonic() + 10
    while left(server, conversations[70])[1]:
        assert time.monotonic() < end
        await asyncio.sleep(0.1)
    assert [age for age, conversation in conversations.items() if left(server, conversation)[1]] == ([2, 40] if days == 60 else [])
