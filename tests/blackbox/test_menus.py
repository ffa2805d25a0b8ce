"""Menus of commands that depend on the page and on what is known of the visitor, and the counts of their uses."""
import json

import pytest
from api import Client, accounts, create_account, create_key, demo_dataset
from chat import Chat, texts

SCRIPT = """
local bot = require "bot"
bot.command "basket" {
  title = "My basket", group = "Shop", words = { "basket" },
  say = "One thing is in it.", when = { pages = "/shop/*" },
}
bot.command "offer" { title = "My offer", say = "Here it is.", when = { lead = "qualified" } }
"""
SHOP, HOME = "http://localhost/shop/wine", "http://localhost/"


@pytest.fixture(scope="module")
def client(server):
    one = Client(server, create_key(server, accounts(server)[0])["secret"])
    one.bot = one.ok("/v1/bots")["data"][0]["id"]
    done = one.call("POST", f"/v1/bots/{one.bot}/scripts/publish", {"files": {"commands/shop.lua": SCRIPT}})
    assert done.status in (200, 201), done
    return one


def names(menu):
    return [command["name"] for command in menu]


async def said(chat, type_, **fields):
    ack = await chat.post(type_, **fields)
    return texts(await chat.answer(ack["seq"]))


async def test_a_menu_follows_the_page_and_what_it_hides_is_refused(server, client):
    async with await Chat(server).open(page={"url": HOME}) as chat:
        assert "basket" not in names(chat.ready["bot"]["menu"]) and chat.ready["bot"]["pages"]
        assert await said(chat, "command", name="basket") == "“My basket” is not available here at the moment."
        assert "basket" not in names((await chat.expect("menu"))["menu"]), "whoever asked had an old menu"
        await chat.send("page", page={"url": SHOP})
        menu = await chat.expect("menu")
        assert {"name": "basket", "title": "My basket", "group": "Shop"} in menu["menu"]
        assert await said(chat, "command", name="basket") == "One thing is in it."
        await chat.send("page", page={"url": HOME})
        assert "basket" not in names((await chat.expect("menu"))["menu"])
    async with await Chat(server).open(page={"url": SHOP}) as chat:
        assert "basket" in names(chat.ready["bot"]["menu"])


async def test_a_menu_follows_the_lead_that_the_team_works_on(server, client):
    async with await Chat(server).open() as chat:
        await chat.post("form", form="lead", fields={"name": "Ada", "email": "menus@example.org"})
        lead = client.ok("/v1/leads", email="menus@example.org")["data"][0]
        assert client.call("PATCH", "/v1/leads/" + lead["id"], {"status": "qualified"}).status == 200
        while "offer" not in names((await chat.expect("menu"))["menu"]):
            pass
        assert await said(chat, "command", name="offer") == "Here it is."


async def test_uses_are_counted_by_command_way_and_day(server, client, tmp_path):
    path = f"/v1/bots/{client.bot}/command_uses"
    before = {entry["command"]: entry for entry in client.all(path)}

    def grown(command, way):
        return entry[way] - before.get(command, {way: 0})[way]

    async with await Chat(server).open(page={"url": SHOP}) as chat:
        await said(chat, "command", name="basket", via="page", cid="one")
        again = await chat.post("command", name="basket", via="page", cid="one")
        assert again["cid"] == "one"
        await said(chat, "command", name="basket", via="typed")
        await said(chat, "message", text="/basket")
        await said(chat, "message", text="basket")
        await said(chat, "message", text="opening hours")
    after = {entry["command"]: entry for entry in client.all(path, limit=1)}
    entry = after["basket"]
    assert [grown("basket", way) for way in ("uses", "typed", "words", "clicked", "page")] == [4, 2, 1, 0, 1]
    entry = after["hours"]
    assert grown("hours", "words") == 1 and entry["from"] is None
    days = client.all(path, per="day")
    assert sum(d["uses"] for d in days if d["command"] == "basket") == after["basket"]["uses"]
    assert all(d["from"].endswith("T00:00:00.000Z") for d in days)
    assert client.ok(path, **{"until": "2020-01-01T00:00:00Z"})["data"] == []
    assert client.get(path, **{"from": "2020-01-02T00:00:00Z", "until": "2020-01-01T00:00:00Z"}).code == "bad_query"
    assert client.get(path, **{"from": "2020-01-02T00:00:00Z"}).code == "bad_query"
    assert client.get(path, per="year").code == "bad_query"
    other_account, _ = create_account(server, tmp_path, demo_dataset())
    other = Client(server, create_key(server, other_account)["secret"])
    assert other.get(path).code == "not_found"
    weak = Client(server, create_key(server, accounts(server)[0], "bots:read")["secret"])
    assert weak.get(path).status == 403


async def test_a_forgotten_visitor_leaves_no_use(server, client):
    path = f"/v1/bots/{client.bot}/command_uses"
    before = client.all(path)
    async with await Chat(server).open() as chat:
        await said(chat, "message", text="/contact")
        assert json.dumps(client.all(path)) != json.dumps(before)
        await chat.send("forget")
        await chat.expect("forgotten")
    assert client.all(path) == before
