"""Every event of a conversation: its cause gives one row of the ledger and one
delivery, also when the server is killed right behind it or the cause is sent again."""
import asyncio
import collections
import itertools
import json
import sqlite3

import pytest
from api import Client, accounts, create_key
from chat import Chat
from databases import on_postgres
from receiver import Receiver
from test_identity import claim

OPEN = ("--test-outbound-loopback", "--test-webhook-scale", "1000", "--webhook-timeout-ms", "2000")
_numbers = itertools.count(23125000)
FIRST = {"conversation.created": 1, "message.created": 1}
HOURS = {**FIRST, "command.used": 1}


class World:
    def __init__(self, server, receiver):
        self.server, self.receiver = server, receiver
        self.client = Client(server, create_key(server, accounts(server)[0])["secret"])
        bot = self.client.ok("/v1/bots")["data"][0]["id"]
        self.secret = self.client.post(f"/v1/bots/{bot}/identity/secret", None).body["secret"]
        made = self.client.post("/v1/webhooks", {"url": receiver.url(), "events": ["*"]}).body
        receiver.tell(secret=made["secret"])
        self.hook = made["id"]

    def rows(self, subject):
        """id -> type of the ledger's rows about a conversation or something in it."""
        query = "SELECT id, type, subject, body FROM event"
        if on_postgres():
            import psycopg2
            with psycopg2.connect(self.server.database) as database, database.cursor() as cursor:
                cursor.execute("SET app.system = 'on'")
                cursor.execute(query)
                found = cursor.fetchall()
        else:
            with sqlite3.connect(f"file:{self.server.data}/azentiko.db?mode=ro", uri=True) as database:
                found = database.execute(query).fetchall()
        return {row[0]: row[1] for row in found if subject in (row[2], json.loads(row[3])["data"].get("conversation"))}

    def deliveries(self):
        """Event -> how often there is a delivery of it for the endpoint."""
        return collections.Counter(row["event"] for row in self.client.all(f"/v1/webhooks/{self.hook}/deliveries", limit=100))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    import databases
    from server import Server
    receiver = Receiver()
    with databases.fresh() as database:
        server = Server(tmp_path_factory.mktemp("data"), database, OPEN).start()
        yield World(server, receiver)
        assert server.stop() == 0
    receiver.close()


async def first(chat, world):
    await chat.post("message", text="/hours")


async def thrice(chat, world):
    for _ in range(3):
        await chat.post("message", text="/hours", cid="same")


async def clicked(chat, world):
    await chat.post("command", name="hours", args={})


async def in_a_dialog(chat, world):
    await chat.say("/callback")
    await chat.post("message", text="Ada")


def page(*names, **data):
    async def cause(chat, world):
        for at in range(0, len(names), 10):  # a mailbox takes only so many at once
            for name in names[at:at + 10]:
                await chat.send("event", name=name, data=data)
            await chat.send("ping")
            await chat.expect("pong")
    return cause


def form(kind, times=1):
    async def cause(chat, world):
        # A contact of its own for each conversation: the same one would join another's.
        mail, phone = f"{chat.ready['conversation']}@example.com", f"+49 30 {next(_numbers)}"
        for _ in range(times):
            await chat.post("form", form=kind, fields={"name": "Ada", "email": mail, "phone": phone, "subject": "x",
                                                       "message": "x", "consent": True})
    return cause


def then_changed(kind, status):
    async def cause(chat, world):
        await form(kind)(chat, world)
        row = [r for r in world.client.all(f"/v1/{kind}s") if r["conversation"] == chat.ready["conversation"]][0]
        assert world.client.call("PATCH", f"/v1/{kind}s/{row['id']}", {"status": status}).status == 200
    return cause


async def closed_twice(chat, world):
    await first(chat, world)
    await chat.send("close")
    await chat.expect("status", conversation="closed")
    await chat.send("close")
    await chat.send("ping")
    await chat.expect("pong")


async def rated(chat, world):
    await first(chat, world)
    for _ in range(2):
        await chat.post("form", form="rating", fields={"rating": 4}, cid="stars")


async def asked_for_a_person(chat, world):
    await chat.post("command", name="human", args={})
    await chat.expect("status", conversation="waiting")


async def taken_and_given_back(chat, world):
    await asked_for_a_person(chat, world)
    path = f"/v1/conversations/{chat.ready['conversation']}"
    for _ in range(2):
        assert world.client.post(path + "/take", {"force": False}).status == 200
    assert world.client.post(path + "/hand_back", None).status == 200


async def identified(chat, world):
    for _ in range(2):
        await chat.send("identify", **claim(world.secret, chat.ready["conversation"]))
        await chat.expect("identified")


async def erased(chat, world):
    await first(chat, world)
    await chat.send("forget")
    await chat.expect("forgotten")


CAUSES = {
    "a first message": (first, HOURS),
    "the same three times": (thrice, HOURS),
    "a command by its menu": (clicked, HOURS),
    "an answer in a dialog": (in_a_dialog, {"conversation.created": 1, "message.created": 2, "command.used": 1}),
    "what a page may report": (page("widget.opened", "widget.powered_by_clicked", "fullpage.visited", url="http://localhost/x?token=1"),
                               {"widget.opened": 1, "widget.powered_by_clicked": 1, "fullpage.visited": 1}),
    "what a page may not report": (page("lead.created", "script.failed", "conversation.closed", "nonsense", "*", ""), {}),
    "a flood from a page": (page(*["widget.opened"] * 100), {"widget.opened": 30}),
    "a lead": (form("lead"), {**FIRST, "lead.created": 1}),
    "a lead that joins itself": (form("lead", 2), {"conversation.created": 1, "message.created": 2, "lead.created": 1, "lead.updated": 1}),
    "a lead that is looked after": (then_changed("lead", "contacted"), {**FIRST, "lead.created": 1, "lead.updated": 1}),
    "a callback": (then_changed("callback", "done"), {**FIRST, "callback.requested": 1, "callback.updated": 1}),
    "a ticket": (then_changed("ticket", "solved"), {**FIRST, "ticket.created": 1, "ticket.updated": 1}),
    "an end, twice": (closed_twice, {**HOURS, "conversation.closed": 1}),
    "stars, twice": (rated, {"conversation.created": 1, "message.created": 2, "command.used": 1, "conversation.rated": 1}),
    "a person": (asked_for_a_person, {**HOURS, "handover.requested": 1}),
    "a person who came and went": (taken_and_given_back, {**HOURS, "handover.requested": 1, "handover.assigned": 1, "handover.ended": 1}),
    "a user who signed in": (identified, {"visitor.identified": 1}),
    "a visitor who is forgotten": (erased, {**HOURS, "visitor.erased": 1}),
}


async def test_each_cause_has_one_row_and_one_delivery(world):
    """All causes, each sixth of them with a kill right behind its last acknowledgement."""
    subjects = {}
    for number, (why, (cause, _)) in enumerate(CAUSES.items()):
        chat = await Chat(world.server).open()
        await cause(chat, world)
        subjects[why] = chat.ready["conversation"]
        if number % 6 == 5:
            world.server.kill()
            world.server.start()
        else:
            await chat.socket.close()
    expected = {why: collections.Counter(CAUSES[why][1]) for why in CAUSES}
    rows = {why: world.rows(subjects[why]) for why in CAUSES}
    assert {why: collections.Counter(found.values()) for why, found in rows.items()} == expected
    # On PostgreSQL other nodes may live, so what the dead one had under a lease waits for its end (30 s).
    ids = {event for found in rows.values() for event in found}
    await asyncio.to_thread(world.receiver.wait, lambda r: ids <= {x["id"] for x in r}, 45)
    deliveries = world.deliveries()
    assert {event: deliveries[event] for event in ids} == dict.fromkeys(ids, 1)


async def test_what_a_page_says_is_cut(world):
    data = {"url": "https://shop.example/a/ada@example.com?token=CANARY#CANARY", "many": "x" * 5000, "list": [1], "flag": True,
            **{f"n{i}": "y" * 400 for i in range(40)}}
    async with Chat(world.server) as chat:
        await page("widget.opened", **data)(chat, world)
        (event,) = world.rows(chat.ready["conversation"])
        requests = await asyncio.to_thread(world.receiver.wait, lambda r: event in {x["id"] for x in r})
        body = [r["body"]["data"] for r in requests if r["id"] == event][0]
    assert "CANARY" not in json.dumps(body) and len(json.dumps(body)) < 5000 and "list" not in body
    assert body.get("url", "https://shop.example/a/*") == "https://shop.example/a/*"
