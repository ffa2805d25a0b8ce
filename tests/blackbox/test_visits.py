"""Facts of a visit: masked when they arrive, kept as far as setting, plan and visitor allow."""
import os
import re

import pytest
from api import Client, create_account, create_key, demo_dataset
from chat import Chat
from databases import on_postgres
from test_forget import rows_with

AGENT = "Mozilla/5.0 (CANARY1; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.7777.66 Safari/537.36 CANARY2"
ADDRESS = "203.0.113.77"
HELLO = {"locale": "de-AT", "tz": "Europe/Vienna", "screen": "1920x1080"}
BASIC = {"browser": "Chrome", "device": "desktop", "language": "de"}
DEEP = {**BASIC, "version": 140, "os": "Linux", "time_zone": "Europe/Vienna", "screen": "large",
        "referrer": "search.example", "visits": 1}


def page(server):
    here = f"http://localhost:{server.port}"
    return {"url": f"{here}/a/b?token=CANARY3&utm_source=news#CANARY4", "title": "CANARY5",
            "referrer": "https://search.example/find?q=CANARY6"}


@pytest.fixture(scope="module")
def proxied(tmp_path_factory):
    """A server that believes its proxy who the visitor is."""
    import databases
    from server import Server
    with databases.fresh() as database:
        server = Server(tmp_path_factory.mktemp("data"), database, ["--trusted-proxies", "127.0.0.1"]).start()
        yield server
        assert server.stop() == 0


class Account:
    def __init__(self, server, folder, **settings):
        dataset = demo_dataset()
        dataset["bot"].pop("slug", None)
        dataset["bot"].update(settings)
        self.server = server
        self.id, self.bot = create_account(server, folder, dataset)
        self.client = Client(server, create_key(server, self.id)["secret"])

    async def visit(self, headers=None, then=None, **hello):
        """The facts that are kept of a visit with a message, and what the visitor comes back with."""
        sent = {"User-Agent": AGENT, "X-Forwarded-For": ADDRESS, **(headers or {})}
        chat = Chat(self.server, bot=self.bot, headers=sent)
        async with await chat.open(page=page(self.server), **{**HELLO, **hello}) as chat:
            await chat.say("/hours")
            if then:
                await then(chat)
            await chat.send("ping")
            await chat.expect("pong")
            return self.facts(chat.ready["conversation"]), chat.resume()

    def facts(self, conversation):
        found = self.client.ok(f"/v1/conversations/{conversation}")["visit"]
        return found and {k: v for k, v in found.items() if v is not None and not k.endswith("_at")}


def deep_of(server):
    return {**DEEP, "landing": f"http://localhost:{server.port}/a/b?utm_source=news"}


async def test_each_level_keeps_what_it_says(proxied, tmp_path):
    for i, (settings, hello, headers, expected) in enumerate([
            ({}, {}, {}, BASIC),
            ({}, {"consent": True}, {}, BASIC),
            ({"tracking": "none"}, {"consent": True}, {}, None),
            ({"tracking": "deep"}, {}, {}, BASIC),
            ({"tracking": "deep"}, {"consent": "yes"}, {}, BASIC),
            ({"tracking": "deep"}, {"consent": True}, {}, deep_of(proxied)),
            ({"tracking": "deep", "tracking_consent": False}, {}, {}, deep_of(proxied)),
            ({"tracking": "deep"}, {"consent": True}, {"Sec-GPC": "1"}, None),
            ({"tracking": "deep", "tracking_consent": False}, {}, {"DNT": "1"}, None),
            ({"tracking": "deep", "tracking_consent": False}, {"gpc": True}, {}, None),
            ({"tracking": "deep", "tracking_consent": False}, {"dnt": True}, {"DNT": "0"}, None)]):
        folder = tmp_path / str(i)
        folder.mkdir()
        found, _ = await Account(proxied, folder, **settings).visit(headers, **hello)
        assert found == expected, (settings, hello, headers)


async def test_consent_may_come_later_and_be_taken_back(proxied, tmp_path):
    account = Account(proxied, tmp_path, tracking="deep")

    async def agree(chat):
        await chat.send("consent", tracking=True)

    async def agree_by_widget(chat):
        await chat.send("event", name="consent", data={"tracking": True})

    async def refuse(chat):
        await agree(chat)
        await chat.send("consent", tracking=False)

    assert (await account.visit(then=agree))[0] == deep_of(proxied)
    assert (await account.visit(then=agree_by_widget))[0] == deep_of(proxied)
    assert (await account.visit(then=refuse))[0] is None


async def test_a_plan_may_allow_less(proxied, tmp_path):
    from api import cli
    account = Account(proxied, tmp_path, tracking="deep", tracking_consent=False)
    done = cli(proxied, "tenant", "plan", account.id, "small")
    assert done.returncode == 0, done.stderr
    assert (await account.visit())[0] == BASIC


async def test_how_often_a_visitor_has_come(proxied, tmp_path):
    account = Account(proxied, tmp_path, tracking="deep", tracking_consent=False)

    async def close(chat):
        await chat.send("close")
        await chat.expect("status", conversation="closed")

    found, place = await account.visit(then=close)
    assert found["visits"] == 1
    for expected in (2, 3):
        found, _ = await account.visit(then=close, visitor=place["visitor"])
        assert found["visits"] == expected


async def test_nonsense_is_no_fact(proxied, tmp_path):
    account = Account(proxied, tmp_path, tracking="deep", tracking_consent=False)
    found, _ = await account.visit({"User-Agent": "CANARY" * 50}, locale="CANARY", tz="Canary/Canary", screen="1x1CANARY")
    assert found == {"browser": "other", "os": "other", "device": "desktop", "visits": 1, "referrer": "search.example",
                     "landing": deep_of(proxied)["landing"]}
    chat = Chat(account.server, bot=account.bot)
    async with await chat.open(page={"url": "https://CANARY.example/", "referrer": ["CANARY"], "title": 7}, tz=7, screen={}, locale=[]) as chat:
        await chat.say("/hours")
        assert account.facts(chat.ready["conversation"]) == {"browser": "other", "os": "other", "device": "desktop", "visits": 1}


async def test_who_only_looks_leaves_nothing_and_who_is_forgotten_too(proxied, tmp_path):
    account = Account(proxied, tmp_path, tracking="deep", tracking_consent=False)
    async with await Chat(proxied, bot=account.bot, headers={"User-Agent": AGENT}).open(page=page(proxied), **HELLO) as looking:
        looked = looking.ready["conversation"]

    async def forget(chat):
        await chat.send("forget")
        await chat.expect("forgotten")

    chat = Chat(proxied, bot=account.bot, headers={"User-Agent": AGENT})
    async with await chat.open(page=page(proxied), **HELLO) as chat:
        await chat.say("/hours")
        await forget(chat)
        forgotten = chat.ready["conversation"]
    if not on_postgres():
        for conversation in (looked, forgotten):
            assert "visit" not in rows_with(f"{proxied.data}/azentiko.db", conversation)


async def test_no_text_of_a_browser_and_no_address_is_anywhere(proxied):
    """After all of the above: in no table, no file, no line of the log."""
    for name in os.listdir(proxied.data):
        if name.startswith("azentiko.db"):
            with open(os.path.join(proxied.data, name), "rb") as file:
                stored = file.read()
            assert not re.findall(rb"CANARY\w*|7777\.66|203\.0\.113\.77|Mozilla", stored), name
    assert not [line for line in proxied.lines if "CANARY" in line or ADDRESS in line or "Mozilla" in line]
    if on_postgres():
        import psycopg2
        with psycopg2.connect(proxied.database) as database, database.cursor() as cursor:
            cursor.execute("SET app.system = 'on'")
            cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")
            for (table,) in cursor.fetchall():
                cursor.execute(f'SELECT t::text FROM "{table}" t')
                assert not [row for row in cursor.fetchall() if re.search(r"CANARY|203\.0\.113\.77|Mozilla", row[0])], table
