"""A visitor who asks to be forgotten leaves nothing behind, and takes nothing of others along."""
import sqlite3

import pytest
from api import Client, accounts, create_key
from chat import Chat

# What may still name a visitor: that they were forgotten, and what the business was told at the time, which its
# own retention ends. Bodies of the outbox are such events on their way.
KEPT = {"erased_visitor", "event", "delivery", "attempt", "outbox"}


async def leave_traces(server, client):
    """A visitor with everything that a visitor may leave; ids of the visitor and the conversation."""
    async with Chat(server) as chat:
        conversation = chat.ready["conversation"]
        visitor = chat.ready["visitor"].split(".")[0]
        await chat.say("/hours")
        ack = await chat.post("form", form="lead", fields={
            "name": "Ada", "email": f"{visitor}@example.com", "message": "please call", "consent": True})
        await chat.answer(ack["seq"])
        await chat.post("command", name="human", args={})
        await chat.expect("status", conversation="waiting")
        assert client.post(f"/v1/conversations/{conversation}/take", {"force": False}).status == 200
        assert client.post(f"/v1/conversations/{conversation}/notes", {"text": "a note"}).status == 200
        return chat.resume(), visitor, conversation


def rows_with(path, *marks):
    """table -> rows of it in which one of the texts stands, in every table there is."""
    found = {}
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = [row for row in database.execute(f'SELECT * FROM "{table}"')
                    if any(mark in str(value) for value in row for mark in marks)]
            if rows:
                found[table] = rows
    return found


async def test_nothing_is_left_of_who_asks_to_be_forgotten(server):
    client = Client(server, create_key(server, accounts(server)[0])["secret"])
    hello, visitor, conversation = await leave_traces(server, client)
    _, other, others = await leave_traces(server, client)
    assert [lead["visitor"] for lead in client.all("/v1/leads")].count(visitor) == 1
    chat = Chat(server)
    await chat.connect()
    await chat.send("hello", **hello)
    await chat.expect("ready")
    await chat.send("forget")
    await chat.expect("forgotten")
    for path in ("", "/messages", "/notes"):
        assert client.get(f"/v1/conversations/{conversation}{path}").status == 404
        assert client.get(f"/v1/conversations/{others}{path}").status == 200
    leads = [lead["visitor"] for lead in client.all("/v1/leads")]
    assert visitor not in leads and other in leads
    queue = [h["conversation"] for h in client.all("/v1/handovers")]
    assert conversation not in queue and others in queue
    if server.database:
        pytest.skip("the tables are looked through on SQLite")
    path = f"{server.data}/azentiko.db"
    left = rows_with(path, visitor, conversation)
    assert set(left) <= KEPT, {table: rows for table, rows in left.items() if table not in KEPT}
    assert {"conversation", "message", "followup", "handover", "note"} <= set(rows_with(path, other, others))
