"""People take chats over: the queue, answers both ways, notes, and the way back."""
import asyncio
import itertools
import json
import urllib.parse

import pytest
import websockets

from api import Client, accounts, create_account, create_key, demo_dataset
from chat import Chat, texts

_numbers = itertools.count(1)


class Person(Chat):
    """A person of the team on the agent channel."""

    def __init__(self, server, key, ticket=None):
        super().__init__(server)
        self.key = key
        self.url = f"ws://127.0.0.1:{server.port}/v1/agent"
        if ticket:
            self.url += "?" + urllib.parse.urlencode({"ticket": ticket})
        self.headers = {} if ticket else {"Authorization": f"Bearer {key}"}

    async def open(self, **_):
        self.socket = await websockets.connect(self.url, subprotocols=["azentiko.v1"], extra_headers=self.headers,
                                               ping_interval=None, compression=None)
        self.ready = await self.expect("ready")
        return self

    async def act(self, type_, conversation, cid=None, **fields):
        """One frame and its ack, or its error."""
        cid = cid or f"p{next(_numbers)}"
        await self.send(type_, cid=cid, conversation=conversation, **fields)
        while True:
            frame = await self.next()
            if frame["type"] in ("ack", "error") and frame.get("cid") == cid:
                return frame

    async def queue(self, condition):
        """The first queue that fits."""
        while True:
            frame = await self.expect("queue")
            if condition(frame["queue"]):
                return frame["queue"]


@pytest.fixture(scope="module")
def keys(server):
    return person_key(server, "Anna"), person_key(server, "Ben")


def person_key(server, name, account=None, scopes="handovers:read,handovers:write"):
    return create_key(server, account or accounts(server)[0], scopes, "--name", name)["secret"]


async def ask_for_a_person(chat):
    await chat.send("command", cid=f"h{next(_numbers)}", name="human", args={})
    await chat.expect("status", conversation="waiting")
    return chat.ready["conversation"]


async def test_a_person_takes_answers_and_hands_back(server, keys):
    async with Chat(server) as chat, Person(server, keys[0]) as anna:
        assert anna.ready["agent"]["name"] == "Anna"
        conversation = await ask_for_a_person(chat)
        waiting = await anna.queue(lambda q: any(w["conversation"] == conversation for w in q))
        assert [w["status"] for w in waiting if w["conversation"] == conversation] == ["waiting"]

        assert (await anna.act("take", conversation))["type"] == "ack"
        assert (await chat.expect("status", conversation="human"))["name"] == "Anna"
        opened = await anna.expect("conversation", conversation=conversation)
        assert opened["status"] == "human" and opened["messages"]

        ack = await anna.act("message", conversation, text="Hello, this is Anna.")
        said = await chat.expect("message", **{"from": "human"})
        assert texts(said) == "Hello, this is Anna." and said["seq"] == ack["seq"]

        mine = await chat.post("message", text="hours")  # a command, but a person is here
        heard = await anna.expect("message", conversation=conversation, **{"from": "visitor"})
        assert texts(heard) == "hours" and heard["seq"] == mine["seq"]
        with pytest.raises(AssertionError):
            await chat.expect("message", timeout=0.3, re=mine["seq"])

        assert (await anna.act("hand_back", conversation))["type"] == "ack"
        await chat.expect("status", conversation="bot")
        await anna.queue(lambda q: all(w["conversation"] != conversation for w in q))
        ack = await chat.post("message", text="/hours")
        assert (await chat.answer(ack["seq"]))["from"] == "bot"


async def test_one_has_it_until_another_insists(server, keys):
    async with Chat(server) as chat, Person(server, keys[0]) as anna, Person(server, keys[1]) as ben:
        conversation = await ask_for_a_person(chat)
        assert (await anna.act("take", conversation))["type"] == "ack"
        refused = await ben.act("take", conversation)
        assert refused["code"] == "already_taken"
        assert (await ben.act("message", conversation, text="me too"))["code"] == "not_yours"
        assert (await ben.act("take", conversation, force=True))["type"] == "ack"
        assert (await chat.expect("status", conversation="human", name="Ben"))["name"] == "Ben"
        assert (await anna.act("message", conversation, text="still me?"))["code"] == "not_yours"
        assert (await ben.act("close", conversation))["type"] == "ack"
        await chat.expect("status", conversation="closed")


async def test_an_answer_sent_twice_is_there_once(server, keys):
    async with Chat(server) as chat, Person(server, keys[0]) as anna:
        conversation = await ask_for_a_person(chat)
        await anna.act("take", conversation)
        first = await anna.act("message", conversation, cid="same", text="once")
        again = await anna.act("message", conversation, cid="same", text="once")
        assert first["seq"] == again["seq"]
        await anna.act("note", conversation, cid="n1", text="only for us")
        await anna.act("note", conversation, cid="n1", text="only for us")
        await anna.send("open", conversation=conversation)
        opened = await anna.expect("conversation", conversation=conversation, status="human")
        assert [texts(m) for m in opened["messages"]].count("once") == 1
        assert [n["text"] for n in opened["notes"]] == ["only for us"]
        await anna.act("close", conversation)
        assert "only for us" not in json.dumps(chat.seen)


async def test_a_dialog_ends_when_a_person_comes(server, keys):
    async with Chat(server) as chat, Person(server, keys[0]) as anna:
        ack = await chat.post("command", name="callback", args={})
        await chat.answer(ack["seq"])
        conversation = chat.ready["conversation"]
        assert (await anna.act("take", conversation))["type"] == "ack"
        await chat.post("message", text="Jane Doe")
        assert texts(await anna.expect("message", conversation=conversation, **{"from": "visitor"})) == "Jane Doe"
        await anna.act("hand_back", conversation)
        await chat.expect("status", conversation="bot")
        ack = await chat.post("message", text="/hours")  # no question is open any more
        assert (await chat.answer(ack["seq"]))["from"] == "bot"


async def test_what_a_person_said_survives_a_kill(own):
    server = own()
    key = person_key(server, "Anna")
    chat = await Chat(server).open()
    person = await Person(server, key).open()
    conversation = await ask_for_a_person(chat)
    await person.act("take", conversation)
    await person.act("message", conversation, cid="before", text="I will look into it.")
    hello = chat.resume()
    server.kill()
    server.start()
    async with Person(server, key) as person, Chat(server) as chat:
        mine = [w for w in person.ready["queue"] if w["conversation"] == conversation]
        assert mine and mine[0]["status"] == "assigned" and mine[0]["agent"] == "Anna"
        await chat.connect()
        await chat.send("hello", **hello)
        assert (await chat.expect("ready"))["status"] == "human"
        again = await person.act("message", conversation, cid="before", text="I will look into it.")
        assert again["type"] == "ack"
        await chat.post("message", text="thanks")
        assert texts(await person.expect("message", conversation=conversation, **{"from": "visitor"})) == "thanks"


async def test_the_same_by_http(server, keys):
    tool = Client(server, keys[0])
    async with Chat(server) as chat:
        conversation = await ask_for_a_person(chat)
        mine = next(h for h in tool.all("/v1/handovers") if h["conversation"] == conversation)
        assert (mine["status"], mine["reason"], mine["agent"]) == ("waiting", "asked", None)
        at = f"/v1/conversations/{conversation}"
        assert tool.post(f"{at}/answers", {"text": "too early"}).code == "not_yours"
        assert tool.post(f"{at}/take", {}).status == 200
        await chat.expect("status", conversation="human", name="Anna")
        first = tool.post(f"{at}/answers", {"text": "Hello from our tool."}, key="a1")
        again = tool.post(f"{at}/answers", {"text": "Hello from our tool."}, key="a1")
        assert first.body == again.body and first.body["seq"]
        said = await chat.expect("message", **{"from": "human"})
        assert texts(said) == "Hello from our tool." and said["seq"] == first.body["seq"]
        assert tool.post(f"{at}/notes", {"text": "a note"}, key="n1").status == 200
        assert [(n["agent"], n["text"]) for n in tool.ok(f"{at}/notes")["data"]] == [("Anna", "a note")]
        assert Client(server, keys[1]).post(f"{at}/take", {}).code == "already_taken"
        assert tool.post(f"{at}/answers", {"text": ""}).code == "invalid"
        assert tool.post(f"{at}/hand_back", None).status == 200
        await chat.expect("status", conversation="bot")
        mine = next(h for h in tool.all("/v1/handovers") if h["conversation"] == conversation)
        assert mine["status"] == "ended" and mine["agent"] == "Anna" and mine["ended_at"]
        assert tool.post("/v1/conversations/conv_none/take", {}).code == "not_found"


async def test_replies_at_hand_reach_the_desk(server, keys):
    tool = Client(server, keys[0])
    made = tool.post("/v1/canned_replies", {"title": "Hours", "text": "We open at nine."}, key="c1")
    assert made.status == 201
    reply = made.body["id"]
    assert tool.call("PATCH", f"/v1/canned_replies/{reply}", {"text": "We open at ten."}).body["text"] == "We open at ten."
    async with Person(server, keys[1]) as ben:
        assert [c["text"] for c in ben.ready["canned"] if c["id"] == reply] == ["We open at ten."]
    assert tool.call("DELETE", f"/v1/canned_replies/{reply}").status == 204
    assert tool.call("DELETE", f"/v1/canned_replies/{reply}").code == "not_found"


async def test_a_bot_cannot_call_people_in_a_circle(server, keys):
    async with Chat(server) as chat, Person(server, keys[0]) as anna:
        conversation = chat.ready["conversation"]
        for _ in range(5):
            await ask_for_a_person(chat)
            await anna.act("take", conversation)
            await anna.act("hand_back", conversation)
            await chat.expect("status", conversation="bot")
        ack = await chat.post("command", name="human", args={})
        assert "has your request" in texts(await chat.answer(ack["seq"]))
        assert not [w for w in (await reopened(server, keys[0]))["queue"] if w["conversation"] == conversation]


async def reopened(server, key):
    async with Person(server, key) as person:
        return person.ready


async def test_only_a_key_with_the_scope_gets_in(server):
    other = person_key(server, "Reader", scopes="conversations:read")
    for headers in ({}, {"Authorization": f"Bearer {other}"}, {"Authorization": "Bearer azk_wrong"}):
        with pytest.raises(websockets.InvalidStatusCode) as refused:
            await websockets.connect(f"ws://127.0.0.1:{server.port}/v1/agent", extra_headers=headers)
        assert refused.value.status_code in (401, 403)


async def test_a_browser_comes_with_a_ticket(server, keys):
    status, _, body = server.request("POST", "/v1/agent/tickets", {}, {"Authorization": f"Bearer {keys[0]}"})
    assert status == 201, body
    ticket = json.loads(body)["ticket"]
    async with Person(server, None, ticket) as anna:
        assert anna.ready["agent"]["name"] == "Anna"
    for wrong in (ticket[:-2] + "xx", "", "a.b"):
        with pytest.raises(websockets.InvalidStatusCode):
            await Person(server, None, wrong or "x").open()


async def test_another_tenant_sees_and_reaches_nothing(server, keys, tmp_path):
    foreign, _ = create_account(server, tmp_path, demo_dataset())
    stranger_key = person_key(server, "Eve", foreign)
    async with Chat(server) as chat, Person(server, stranger_key) as eve:
        conversation = await ask_for_a_person(chat)
        for act in ("take", "message", "note", "hand_back", "close", "release"):
            refused = await eve.act(act, conversation, text="I am not of this house")
            assert refused["code"] == "not_found"
        await eve.send("open", conversation=conversation)
        assert (await eve.expect("error", conversation=conversation))["code"] == "not_found"
        await eve.send("typing", conversation=conversation)
        assert eve.ready["queue"] == []
        with pytest.raises(AssertionError):
            await chat.expect("typing", timeout=0.3)
    assert chat.ready["conversation"] == conversation
    await asyncio.sleep(0)


def statuses(client, conversation):
    messages = client.all(f"/v1/conversations/{conversation}/messages")
    return [(m["from"], m["status"]) for m in messages][-3:]


async def test_each_side_sees_how_far_the_other_is(server, keys):
    client = Client(server, create_key(server, accounts(server)[0])["secret"])
    async with Person(server, keys[0]) as anna:
        chat = await Chat(server).open()
        conversation = await ask_for_a_person(chat)
        await anna.act("take", conversation)
        await anna.expect("conversation", conversation=conversation)
        ack = await chat.post("message", text="are you there?")
        await anna.expect("message", conversation=conversation, seq=ack["seq"])
        await chat.expect("delivered", seq=ack["seq"])
        await anna.send("read", conversation=conversation, seq=ack["seq"])
        await chat.expect("read", seq=ack["seq"])
        answer = await anna.act("message", conversation, text="I am.")
        await anna.expect("delivered", conversation=conversation, seq=answer["seq"])
        assert statuses(client, conversation)[-2:] == [("visitor", "read"), ("human", "delivered")]
        for seq in (answer["seq"], answer["seq"], 1, -5, "x", None, 10**9):  # said twice, backwards, nonsense
            await chat.send("read", seq=seq)
        await anna.expect("read", conversation=conversation, seq=answer["seq"])
        await chat.send("ping")
        await chat.expect("pong")
        assert statuses(client, conversation)[-1] == ("human", "read")
        assert not [f for f in anna.seen if f["type"] == "read" and f["seq"] > answer["seq"]]

        await chat.socket.close()
        missed = await anna.act("message", conversation, text="Still there?")
        assert statuses(client, conversation)[-1] == ("human", "sent")
        async with await Chat(server).open(**chat.resume()) as chat:
            assert texts(await chat.expect("message", seq=missed["seq"])) == "Still there?"
            await chat.expect("read", seq=ack["seq"])  # of the visitor's own, told again to a new page
            await anna.expect("delivered", conversation=conversation, seq=missed["seq"])
            assert (await anna.act("close", conversation))["type"] == "ack"


async def test_only_who_has_the_chat_marks_it(server, keys):
    async with Chat(server) as chat, Person(server, keys[0]) as anna, Person(server, keys[1]) as ben:
        conversation = await ask_for_a_person(chat)
        await anna.act("take", conversation)
        ack = await chat.post("message", text="hello")
        await ben.send("read", conversation=conversation, seq=ack["seq"])
        await ben.act("note", conversation, text="seen")  # behind the mark, so that it was dealt with
        assert not [f for f in chat.seen if f["type"] == "read"]
        await anna.act("close", conversation)
