"""Users of a client whom its own server signs: proven, or nobody in particular."""
import asyncio
import hashlib
import hmac
import json
import os
import sqlite3
import time
import urllib.parse

import pytest
from api import Client, accounts, cli, create_account, create_key, demo_dataset
from chat import Chat
from test_sse import Stream, post


def sign(secret, user, expires=None):
    """What a client's server does, in whatever language."""
    text = user if expires is None else f"{user}\n{expires}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def claim(secret, user, expires=None, **more):
    made = {"user": user, "hash": sign(secret, user, expires), **more}
    return made if expires is None else {**made, "expires": expires}


@pytest.fixture(scope="module")
def client(server):
    return Client(server, create_key(server, accounts(server)[0])["secret"])


@pytest.fixture(scope="module")
def bot(client):
    return client.ok("/v1/bots")["data"][0]["id"]


@pytest.fixture(scope="module")
def secret(client, bot):
    answer = client.post(f"/v1/bots/{bot}/identity/secret", None)
    assert answer.status == 200 and answer.body["old_secret_until"] is None
    return answer.body["secret"]


async def opened(server, **hello):
    return await Chat(server).open(**hello)


async def said(server, text="/hours", **hello):
    """The ready frame of a visitor who says something and goes."""
    async with await opened(server, **hello) as chat:
        await chat.say(text)
        return chat.ready


async def test_another_device_finds_the_conversation_by_a_signature_alone(server, client, secret):
    anna = claim(secret, "anna", traits={"name": "Anna", "plan": 3, "nested": {"no": 1}})
    first = await said(server, identity=anna)
    async with await opened(server, identity=claim(secret, "anna")) as phone:
        assert phone.ready["conversation"] == first["conversation"] and phone.ready["seq"] == 2
        assert phone.ready["visitor"] == first["visitor"] and phone.ready["resumed"]
    for nobody in ({}, {"conversation": first["conversation"]}, {"identity": {**anna, "hash": "0" * 64}}):
        async with await opened(server, **nobody) as chat:
            assert chat.ready["seq"] == 0 and chat.ready["visitor"] != first["visitor"]
            assert chat.ready["conversation"] != first["conversation"]
    shown = client.ok(f"/v1/conversations/{first['conversation']}")
    assert shown["user"] == {"id": "anna", "traits": {"name": "Anna", "plan": 3}}


def forgeries(secret, others):
    soon, past = int(time.time()) + 60, int(time.time()) - 1
    good = claim(secret, "eve")
    return {
        "no hash": {"user": "eve"}, "no user": {"hash": good["hash"]}, "another's hash": {**good, "user": "anna"},
        "another bot's secret": claim(others, "eve"), "a guess": {**good, "hash": "0" * 64}, "empty": {**good, "hash": ""},
        "cut": {**good, "hash": good["hash"][:32]}, "expired": claim(secret, "eve", past),
        "a later end": {**claim(secret, "eve", past), "expires": soon}, "no end any more": {"user": "eve", "hash": sign(secret, "eve", soon)},
        "an end that was not signed": {**good, "expires": soon}, "an end that is none": {**claim(secret, "eve", soon), "expires": str(soon)},
        "a line in the id": claim(secret, f"eve\n{soon}"), "too long": claim(secret, "e" * 201), "a number": {**good, "user": 7},
        "the bytes": {**good, "hash": bytes.fromhex(good["hash"]).decode("latin-1")}, "a list": [], "a text": good["hash"], "no": False,
    }


@pytest.fixture(scope="module")
def others(server, tmp_path_factory):
    """The identity secret of another account's bot."""
    dataset = demo_dataset()
    dataset["bot"].pop("slug", None)
    account, _ = create_account(server, tmp_path_factory.mktemp("other"), dataset)
    other = Client(server, create_key(server, account)["secret"])
    return other.post(f"/v1/bots/{other.ok('/v1/bots')['data'][0]['id']}/identity/secret", None).body["secret"]


async def test_whatever_is_forged_is_refused(server, secret, others):
    async with await opened(server, identity=claim(secret, "eve", int(time.time()) + 60)) as chat:
        await chat.say("/hours")
        place = chat.ready["conversation"]
    for why, forged in forgeries(secret, others).items():
        chat = Chat(server)
        await chat.connect()
        async with chat:
            await chat.send("hello", identity=forged)
            assert (await chat.next())["code"] == "identity_refused", why
            ready = await chat.expect("ready")
            assert ready["conversation"] != place and ready["seq"] == 0, why
            if isinstance(forged, dict):
                await chat.send("identify", **forged)
                assert (await chat.expect("error"))["code"] == "identity_refused", why
                await chat.send("ping")
                await chat.expect("pong")
    async with await opened(server, identity=claim(secret, "eve")) as chat:
        assert chat.ready["conversation"] == place


async def test_five_forgeries_in_a_row_are_enough(server):
    async with await opened(server) as chat:
        for _ in range(5):
            await chat.send("identify", user="anna", hash="0" * 64)
        assert await chat.closed() == 1008


async def test_who_signs_in_during_a_chat_keeps_it(server, client, secret):
    home = await said(server, identity=claim(secret, "ben"))
    async with await opened(server) as chat:
        await chat.say("/hours")
        await chat.send("identify", **claim(secret, "ben", traits={"city": "Bonn"}))
        assert await chat.expect("identified") == {"type": "identified", "user": "ben", "resync": True}
        place = chat.resume()
    async with await opened(server, identity=claim(secret, "ben"), **place) as chat:
        assert chat.ready["conversation"] == place["conversation"] and chat.ready["resumed"]
        assert chat.ready["visitor"] == home["visitor"]
    mine = client.all("/v1/conversations", visitor=home["visitor"].split(".")[0])
    assert {row["id"] for row in mine} == {home["conversation"], place["conversation"]}
    assert client.ok(f"/v1/conversations/{home['conversation']}")["user"]["traits"] == {"city": "Bonn"}


async def test_who_signs_in_before_a_word_is_in_the_conversation_of_old(server, secret):
    home = await said(server, identity=claim(secret, "cleo"))
    async with await opened(server) as chat:
        await chat.send("identify", **claim(secret, "cleo"))
        assert (await chat.expect("identified"))["resync"]
        place = chat.resume()
    async with await opened(server, identity=claim(secret, "cleo"), **place) as chat:
        assert chat.ready["conversation"] == home["conversation"] and chat.ready["seq"] == 2


async def test_the_next_user_of_a_browser_is_somebody_else(server, client, secret):
    async with await opened(server, identity=claim(secret, "dora")) as chat:
        await chat.say("/hours private")
        place = chat.resume()
        await chat.send("identify", **claim(secret, "emil"))
        assert (await chat.expect("identified"))["resync"]
    async with await opened(server, identity=claim(secret, "emil"), **{**place, "after": 0}) as chat:
        assert chat.ready["conversation"] != place["conversation"] and chat.ready["seq"] == 0
        assert chat.ready["visitor"] != place["visitor"]
        await chat.say("/hours")
        assert "private" not in str(chat.seen)
        other = chat.ready["conversation"]
    assert client.ok(f"/v1/conversations/{place['conversation']}")["user"]["id"] == "dora"
    assert client.ok(f"/v1/conversations/{other}")["user"]["id"] == "emil"


async def test_the_same_by_stream_and_post(server, secret):
    home = await said(server, identity=claim(secret, "finn"))

    def read(**query):
        with Stream(server, **query) as stream:
            ready = stream.expect("ready")[1]
            frame = {"type": "identify", **claim(secret, "finn")}
            assert post(server, ready, frame)[0] == 202
            return ready, stream.expect("identified")[1]

    ready, identified = await asyncio.to_thread(read)
    assert ready["conversation"] != home["conversation"] and identified["resync"]
    until = int(time.time()) + 60
    ready, identified = await asyncio.to_thread(read, user="finn", hash=sign(secret, "finn", until), expires=until)
    assert ready["conversation"] == home["conversation"] and not identified["resync"]
    status, _, body = await asyncio.to_thread(post, server, ready, {"type": "identify", "user": "finn", "hash": "0" * 64})
    assert status == 422 and json.loads(body)["code"] == "identity_refused"


async def test_forgetting_forgets_the_user_too(server, secret):
    home = await said(server, identity=claim(secret, "gina"))
    async with await opened(server, identity=claim(secret, "gina")) as chat:
        await chat.send("forget")
        await chat.expect("forgotten")
    async with await opened(server, identity=claim(secret, "gina")) as chat:
        assert chat.ready["seq"] == 0 and chat.ready["visitor"] != home["visitor"]
    if not server.database:
        with sqlite3.connect(f"file:{server.data}/azentiko.db?mode=ro", uri=True) as database:
            rows = database.execute("SELECT visitor FROM visitor_identity WHERE user_id = 'gina'").fetchall()
            assert [row[0] for row in rows] == [chat.ready["visitor"].split(".")[0]]


async def test_secrets_change_without_a_gap_and_end(own):
    server = own()
    client = Client(server, create_key(server, accounts(server)[0])["secret"])
    bot = client.ok("/v1/bots")["data"][0]["id"]
    path = f"/v1/bots/{bot}/identity"
    assert client.ok(path)["enabled"] is False

    async def works(secret):
        async with await opened(server, identity=claim(secret, "hugo")) as chat:
            return chat.ready["seq"] > 0

    made = client.post(path + "/secret", None, key="once")
    again = client.post(path + "/secret", None, key="once")
    first = made.body["secret"]
    assert again.body["secret"] is None and client.ok(path)["enabled"]
    await said(server, identity=claim(first, "hugo"))
    second = client.post(path + "/secret", None).body
    assert second["old_secret_until"] and await works(first) and await works(second["secret"])
    shown = cli(server, "bot", "identity", "rotate", bot, "--json")
    assert shown.returncode == 0, shown.stderr
    third = json.loads(shown.stdout)["secret"]
    assert not await works(first) and await works(second["secret"]) and await works(third)
    server.kill()
    server.start()
    assert await works(third)
    status = cli(server, "bot", "identity", "status", bot)
    assert "can be identified" in status.stdout and third not in status.stdout
    for name in os.listdir(server.data):
        if name.startswith("azentiko.db"):
            with open(os.path.join(server.data, name), "rb") as file:
                stored = file.read()
            assert not [s for s in (first, second["secret"], third) if s.encode() in stored]
    assert not [line for line in server.lines if "azi_" in line or sign(third, "hugo") in line]
    assert client.call("DELETE", path).status == 204 and client.call("DELETE", path).status == 404
    assert not await works(third) and cli(server, "bot", "identity", "off", bot).returncode == 1


def test_the_address_of_a_stream_with_a_bad_end_is_refused_as_any_other(server, secret):
    query = {"user": "ida", "hash": sign(secret, "ida"), "expires": "soon"}
    with Stream(server, **query) as stream:
        assert stream.event()[1]["code"] == "identity_refused"
    assert urllib.parse.urlencode(query)
