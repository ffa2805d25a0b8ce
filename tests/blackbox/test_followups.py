"""Leads, callback requests and tickets, from the chat to the client's tools and back."""
import csv
import io

import pytest
from api import Client, accounts, create_key
from chat import Chat, texts


@pytest.fixture(scope="module")
def client(server):
    return Client(server, create_key(server, accounts(server)[0])["secret"])


async def send(chat, form, cid=None, **fields):
    return await chat.post("form", form=form, fields=fields, cid=cid)


async def test_a_lead_is_followed_up(server, client):
    async with Chat(server) as chat:
        await send(chat, "lead", "once", name="Ada", email="Ada@Example.org", phone="030 23125 199", message="=A party")
        await send(chat, "lead", "once", name="Ada", email="Ada@Example.org", phone="030 23125 199", message="=A party")
        conversation = chat.ready["conversation"]
    leads = client.ok("/v1/leads", email="ADA@example.org")["data"]
    assert len(leads) == 1, "a form that is sent twice is one"
    lead = leads[0]
    assert (lead["status"], lead["email"], lead["phone"]) == ("new", "ada@example.org", "+493023125199")
    assert lead["conversation"] == conversation and lead["fields"]["message"] == "=A party"
    path = "/v1/leads/" + lead["id"]
    changed = client.call("PATCH", path, {"status": "contacted", "assignee": "Grace"})
    assert changed.status == 200 and changed.body["assignee"] == "Grace"
    assert client.call("PATCH", path, {"assignee": None}).body["assignee"] is None
    assert client.call("PATCH", path, {"status": "open"}).code == "invalid"
    assert client.call("PATCH", path, {}).code == "invalid"
    note = client.post(path + "/notes", {"text": "Called, nobody there.", "author": "Grace"}, "note-1")
    assert client.post(path + "/notes", {"text": "Called, nobody there.", "author": "Grace"}, "note-1").body == note.body
    history = client.all(path + "/history")
    assert [e["kind"] for e in history] == ["created", "changed", "changed", "note"]
    assert history[1]["body"]["status"] == {"from": "new", "to": "contacted"} and history[1]["author"].startswith("key key_")
    assert client.ok("/v1/leads", status="won")["data"] == []
    lines = list(csv.reader(io.StringIO(client.get("/v1/exports/leads", email="ada@example.org").text)))
    assert lines[0][:3] == ["id", "number", "status"] and len(lines) == 2
    assert lines[1][lines[0].index("message")] == "'=A party", "a spreadsheet runs nothing"


async def test_the_same_contact_is_one_lead_with_a_history(server, client):
    for name, message in (("Bob", "one"), ("Bob Marley", "two")):
        async with Chat(server) as chat:
            await send(chat, "lead", name=name, email="bob@example.org", message=message)
    lead = client.ok("/v1/leads", email="bob@example.org")["data"][0]
    assert len(client.ok("/v1/leads", email="bob@example.org")["data"]) == 1
    assert lead["name"] == "Bob Marley" and lead["fields"]["message"] == "two"
    joined = client.ok(f"/v1/leads/{lead['id']}/history", kind="joined")["data"]
    assert joined[0]["body"]["before"]["message"] == "one"
    client.call("PATCH", "/v1/leads/" + lead["id"], {"status": "lost"})
    async with Chat(server) as chat:
        await send(chat, "lead", name="Bob", email="bob@example.org")
    assert len(client.ok("/v1/leads", email="bob@example.org")["data"]) == 2, "what is over is not joined"


async def test_an_export_goes_on_where_it_ended(server, client):
    async with Chat(server) as chat:
        for i in range(3):
            await send(chat, "callback", name=f"C{i}", phone=f"+49 30 777000{i}")
    seen, cursor = [], None
    while True:
        answer = client.get("/v1/exports/callbacks", limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [row["id"] for row in csv.DictReader(io.StringIO(answer.text))]
        cursor = answer.headers["Next-Cursor"]
        if not cursor:
            break
    assert seen == [c["id"] for c in client.all("/v1/callbacks", limit=100)] and len(seen) >= 3


async def test_a_callback_has_a_time(server, client):
    async with Chat(server) as chat:
        await send(chat, "callback", name="Ada", phone="+49 30 5550000", day="2030-01-10", time="15:00")
    found = client.ok("/v1/callbacks", phone="+49305550000")["data"][0]
    assert found["status"] == "pending" and found["wanted_at"] == "2030-01-10T14:00:00.000Z"
    path = "/v1/callbacks/" + found["id"]
    times = {"wanted_at": "2030-01-11T09:00:00+01:00", "wanted_until": "2030-01-11T10:00:00+01:00"}
    moved = client.call("PATCH", path, {"status": "scheduled", **times})
    assert moved.body["wanted_at"] == "2030-01-11T08:00:00.000Z"
    assert client.call("PATCH", path, {"wanted_until": "2030-01-01T00:00:00Z"}).code == "invalid"


async def test_a_ticket_is_talked_about_both_ways(server, client):
    async with Chat(server) as chat:
        ack = await send(chat, "ticket", name="Ada", email="ada@example.org", subject="The bill", message="Wrong date")
        number = client.ok("/v1/tickets", status="open")["data"][0]["number"]
        assert f"number {number}" in texts(await chat.answer(ack["seq"]))
        ticket = next(t for t in client.all("/v1/tickets") if t["number"] == number)
        path = "/v1/tickets/" + ticket["id"]
        sent = client.post(path + "/messages", {"text": "Here is a new one.", "author": "Grace"}, "m1")
        assert sent.status == 201 and client.post(path + "/messages", {"text": "Here is a new one.", "author": "Grace"}, "m1").status == 201
        frame = await chat.expect("message", 10)
        assert "Grace" in texts(frame) and "Here is a new one." in texts(frame)
        assert client.ok(path)["status"] == "pending"
        client.call("PATCH", path, {"status": "solved"})
        await chat.say(f"/ticket {number} The name is wrong, too")
        assert client.ok(path)["status"] == "open", "the visitor has opened it again"
        shown = texts(await chat.answer((await chat.post("message", text=f"/ticket {number}"))["seq"]))
        assert "Here is a new one." in shown and "The name is wrong, too" in shown
        assert shown.count("Here is a new one.") == 1
    messages = client.ok(path + "/history", kind="message")["data"]
    assert [(m["author"], m["body"]["text"]) for m in messages] == [
        ("Grace", "Here is a new one."), ("visitor", "The name is wrong, too")]
    async with Chat(server) as other:
        answer = texts(await other.answer((await other.post("message", text=f"/ticket {number}"))["seq"]))
        assert answer == f"You have no ticket {number}.", "another visitor's ticket"
        assert "no ticket" in texts(await other.answer((await other.post("message", text=f"/ticket {number} mine now"))["seq"]))
    assert len(client.ok(path + "/history", kind="message")["data"]) == 2


async def test_the_business_has_forms_of_its_own(server, client):
    bot = client.ok("/v1/bots")["data"][0]["id"]
    path = f"/v1/bots/{bot}/dataset/form/lead"
    consent = {"text": "You may write to me.", "version": "2026-11"}
    fields = [{"name": "email", "label": "E-mail", "type": "email", "required": True}]
    assert client.call("PUT", path, {"title": "Stay in touch", "fields": [{"name": "x", "label": "X", "type": "nope"}]}).status == 422
    assert client.call("PUT", path, {"title": "Stay in touch", "fields": fields, "consent": consent, "thanks": "Noted."}).status == 201
    try:
        async with Chat(server) as chat:
            block = (await chat.answer((await chat.post("message", text="/lead"))["seq"]))["blocks"][0]
            assert block["title"] == "Stay in touch" and [f["name"] for f in block["fields"]] == ["email", "consent"]
            assert block["fields"][1]["label"] == consent["text"]
            await chat.send("form", cid="no", form="lead", fields={"email": "c@example.org"})
            assert (await chat.expect("error", cid="no"))["errors"][0]["name"] == "consent"
            ack = await send(chat, "lead", email="c@example.org", consent=True)
            assert texts(await chat.answer(ack["seq"])) == "Noted."
    finally:
        assert client.call("DELETE", path).status == 204
    lead = client.ok("/v1/leads", email="c@example.org")["data"][0]
    assert lead["consent"]["version"] == "2026-11" and lead["consent"]["text"] == consent["text"] and lead["consent"]["given"] is True
    assert "consent" not in lead["fields"]
