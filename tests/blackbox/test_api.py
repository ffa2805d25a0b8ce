"""The clients' HTTP API: keys, conventions, datasets, conversations."""
import concurrent.futures
import json
import os
import re
import subprocess
import time

import pytest
from api import Client, accounts, cli, create_account, create_key, demo_dataset
from chat import Chat, texts
from server import ROOT


@pytest.fixture(scope="module")
def account(server):
    return accounts(server)[0]


@pytest.fixture(scope="module")
def client(server, account):
    return Client(server, create_key(server, account)["secret"])


@pytest.fixture(scope="module")
def bot(client):
    return client.ok("/v1/bots")["data"][0]


def test_a_key_is_shown_once_and_only_its_hash_is_kept(server, account):
    key = create_key(server, account, "bots:read", "--name", "Reports")
    assert key["secret"].startswith("azk_") and len(key["secret"]) == 44
    listed = cli(server, "tenant", "key", "list", account, "--json")
    row = next(row for row in json.loads(listed.stdout) if row["id"] == key["id"])
    assert row["name"] == "Reports" and key["secret"] not in listed.stdout
    for line in server.lines:
        assert key["secret"] not in line
    if not server.database:
        with open(server.data + "/azentiko.db", "rb") as file:
            assert key["secret"].encode() not in file.read()


def test_a_scope_that_does_not_exist_is_refused_with_those_that_do(server, account):
    done = cli(server, "tenant", "key", "create", account, "--scopes", "bots:raed")
    assert done.returncode == 1 and "bots:raed" in done.stderr and "bots:read" in done.stderr and not done.stdout
    assert cli(server, "tenant", "key", "create", "tnt_none", "--scopes", "*").returncode == 1
    assert cli(server, "tenant", "key", "create", account, "--scopes", "*", "--expires", "2020-01-01").returncode == 1
    assert cli(server, "tenant", "key", "revoke", account, "key_none").returncode == 1
    assert cli(server, "tenant", "key").returncode == 2


@pytest.mark.parametrize("header,code", [
    (None, "key_required"), ("Basic abc", "key_required"), ("Bearer azk_", "key_required"),
    ("Bearer azk_" + "x" * 40, "key_invalid"), ("Bearer azk_" + "x" * 4000, "key_required"),
])
def test_without_a_key_nothing_is_told(server, header, code):
    status, headers, body = server.get("/v1/bots", **({"Authorization": header} if header else {}))
    assert status == 401 and json.loads(body)["code"] == code
    assert headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_key_is_refused_within_seconds(server, account):
    key = create_key(server, account)
    mine = Client(server, key["secret"])
    assert mine.get("/v1/account").status == 200
    assert cli(server, "tenant", "key", "revoke", account, key["id"]).returncode == 0
    end, refused = time.monotonic() + 8, 0
    while refused < 10:  # each worker may believe for three seconds what it has just seen
        refused = refused + 1 if mine.get("/v1/account").status == 401 else 0
        assert time.monotonic() < end
        time.sleep(0.1)


def test_an_expired_key_is_refused(server, account, client):
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
    made = client.post("/v1/keys", {"name": "short", "scopes": ["*"], "expires_at": soon})
    mine = Client(server, made.body["secret"])
    assert mine.get("/v1/account").status == 200
    end = time.monotonic() + 8
    while mine.get("/v1/account").status == 200:
        assert time.monotonic() < end
        time.sleep(0.2)
    assert mine.get("/v1/account").status == 401


def test_a_scope_opens_its_routes_only(server, account):
    mine = Client(server, create_key(server, account, "bots:read keys:write")["secret"])
    assert mine.get("/v1/bots").status == 200
    refused = mine.get("/v1/conversations")
    assert refused.status == 403 and refused.code == "scope_missing"
    assert 'scope="conversations:read"' in refused.headers["WWW-Authenticate"]


def test_a_key_gives_no_more_than_it_has(server, account):
    expires = "2030-01-01T00:00:00Z"
    mine = Client(server, create_key(server, account, "bots:read keys:write", "--expires", expires)["secret"])
    assert mine.post("/v1/keys", {"name": "a", "scopes": ["*"]}).code == "invalid"
    assert mine.post("/v1/keys", {"name": "a", "scopes": ["conversations:read"]}).body["errors"][0]["pointer"] == "/scopes/0"
    assert mine.post("/v1/keys", {"name": "a", "scopes": ["bots:read"], "expires_at": "2031-01-01T00:00:00Z"}).status == 422
    made = mine.post("/v1/keys", {"name": "a", "scopes": ["bots:read"]})
    assert made.status == 201 and made.body["expires_at"] == "2030-01-01T00:00:00.000Z"
    assert mine.call("DELETE", "/v1/keys/" + made.body["id"]).status == 204
    assert mine.call("DELETE", "/v1/keys/" + made.body["id"]).status == 204


def test_the_account_and_who_asks(client, account):
    body = client.ok("/v1/account")
    assert body["id"] == account and body["key"]["scopes"] == ["*"]
    used = next(k for k in client.all("/v1/keys") if k["id"] == body["key"]["id"])
    assert used["last_used_on"] == time.strftime("%Y-%m-%d", time.gmtime())


def test_lists_go_page_by_page(client):
    made = [client.post("/v1/keys", {"name": f"page {i}", "scopes": ["bots:read"]}).body["id"] for i in range(5)]
    all_at_once = [k["id"] for k in client.all("/v1/keys")]
    by_two = [k["id"] for k in client.all("/v1/keys", limit=2)]
    assert all_at_once == by_two and set(made) < set(by_two) and len(by_two) == len(set(by_two))
    cursor = client.ok("/v1/keys", limit=2)["next_cursor"]
    assert client.get("/v1/bots", limit=2, cursor=cursor).code == "bad_cursor"
    for wrong in ("x", cursor[:-1], "00" + cursor, cursor.upper()):
        assert client.get("/v1/keys", limit=2, cursor=wrong).code == "bad_cursor"


def test_parameters_are_strict(client):
    for query in ({"limit": 0}, {"limit": 101}, {"limit": "x"}, {"nonsense": 1}, {"limit": "1e1"}):
        assert client.get("/v1/bots", **query).code == "bad_query"
    assert client.get("/v1/conversations", status="nonsense").body["errors"][0]["pointer"] == "/query/status"
    assert client.get("/v1/conversations?status=bot&status=bot").code == "bad_query"


@pytest.mark.parametrize("body,code", [
    (b"{", "bad_json"), (b"", "bad_json"), (b"[]", "invalid"), (b'{"name":"x","scopes":["bots:read"],"more":1}', "invalid"),
    (b'{"name":"x","name":"y","scopes":["bots:read"]}', "bad_json"), (b'{"name":null,"scopes":["bots:read"]}', "invalid"),
    (b'{"name":"","scopes":["bots:read"]}', "invalid"), (b'{"name":"x","scopes":[]}', "invalid"),
    (b'{"name":"x","scopes":"bots:read"}', "invalid"), (b'{"name":"x","scopes":[1]}', "invalid"),
])
def test_bodies_are_strict(client, body, code):
    before = len(client.all("/v1/keys"))
    answer = client.call("POST", "/v1/keys", body, {"Content-Type": "application/json"})
    assert answer.code == code and answer.status in (400, 422)
    assert len(client.all("/v1/keys")) == before


def test_bodies_are_bounded_and_of_one_type(client):
    big = json.dumps({"name": "x" * 70000, "scopes": ["bots:read"]}).encode()
    assert client.call("POST", "/v1/keys", big, {"Content-Type": "application/json"}).status == 413
    assert client.call("DELETE", "/v1/keys/key_x", b"{}").status == 413
    assert client.call("POST", "/v1/keys", b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}).status == 415


def test_methods_and_addresses(client):
    answer = client.call("PATCH", "/v1/bots")
    assert answer.status == 405 and answer.headers["Allow"] == "GET"
    for path in ("/v1/nothing", "/v1/bots/x/y/z/a/b", "/v1/bots/%ff", "/v1/bots/" + "x" * 300):
        answer = client.get(path)
        assert answer.status == 404 and answer.code == "not_found"


def test_a_repeated_post_has_one_effect_and_one_answer(client):
    body = {"name": "once", "scopes": ["bots:read"]}
    first, again = client.post("/v1/keys", body, "key-1"), client.post("/v1/keys", body, "key-1")
    assert first.status == again.status == 201 and again.headers["Idempotency-Replayed"] == "true"
    assert {**first.body, "secret": None} == again.body, "the secret is shown once"
    assert client.post("/v1/keys", {**body, "name": "other"}, "key-1").code == "idempotency_mismatch"
    assert client.post("/v1/keys", body, "x" * 256).code == "bad_idempotency_key"
    assert sum(k["name"] == "once" for k in client.all("/v1/keys")) == 1


def test_posts_at_the_same_time_have_one_effect(client):
    body = {"name": "race", "scopes": ["bots:read"]}
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: client.post("/v1/keys", body, "race-1"), range(24)))
    assert {a.status for a in answers} == {201}, answers
    assert len({a.body["id"] for a in answers}) == 1
    assert sum(k["name"] == "race" for k in client.all("/v1/keys")) == 1


def test_too_many_requests_are_told_when_to_come_back(server, account):
    mine = Client(server, create_key(server, account)["secret"])
    other = Client(server, create_key(server, account)["secret"])
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: mine.get("/v1/account"), range(700)))
    refused = [a for a in answers if a.status == 429]
    assert len(refused) > 20 and {a.status for a in answers} == {200, 429}
    assert refused[0].code == "rate_limited" and int(refused[0].headers["Retry-After"]) >= 1
    assert refused[0].headers["RateLimit"].startswith('"default";r=0;t=')
    assert other.get("/v1/account").headers["RateLimit-Policy"] == '"default";q=600;w=60'


async def test_a_changed_dataset_is_what_the_bot_answers(server, client, bot):
    path = f"/v1/bots/{bot['id']}/dataset"
    counts = {k["kind"]: k["entries"] for k in client.ok(path)["kinds"]}
    assert counts["business"] == 1 and counts["faq"] == len(client.all(path + "/faq", limit=7))
    entry = {"question": "Do you rent unicycles?", "answer": "Yes, twelve of them."}
    async with Chat(server) as chat:
        await chat.say("/hours")
        made = client.call("PUT", path + "/faq/unicycles", entry)
        assert made.status == 201 and made.body == {"id": "unicycles", "body": {**entry, "id": "unicycles"}}
        answer = await chat.answer((await chat.post("message", text="Do you rent unicycles?"))["seq"])
        assert "twelve" in texts(answer)
        assert client.call("PUT", path + "/faq/unicycles", {**entry, "answer": "Yes, thirteen."}).status == 200
        answer = await chat.answer((await chat.post("message", text="Do you rent unicycles?"))["seq"])
        assert "thirteen" in texts(answer)
    assert client.call("DELETE", path + "/faq/unicycles").status == 204
    assert client.call("DELETE", path + "/faq/unicycles").status == 404
    assert client.get(path + "/faq/unicycles").status == 404


@pytest.mark.parametrize("path,body,pointer", [
    ("faq/x", {"question": "Q"}, "/answer"), ("faq/x", {"question": "Q", "answer": "A", "id": "y"}, "/id"),
    ("faq/x", {"question": 1, "answer": "A"}, "/question"), ("contact/contact", {"fax": [1]}, "/fax"),
    ("hours/hours", {"timezone": "Mars/Olympus", "weekly": {}}, "/timezone"),
    ("catalogue/x", {"name": "C", "items": ["nope"]}, "/items/0"), ("service/x", {"name": "S", "nope": 1}, "/nope"),
])
def test_an_entry_keeps_the_rules_of_a_dataset_file(client, bot, path, body, pointer):
    answer = client.call("PUT", f"/v1/bots/{bot['id']}/dataset/{path}", body)
    assert answer.status == 422 and pointer in [e["pointer"] for e in answer.body["errors"]], answer
    before = client.get(f"/v1/bots/{bot['id']}/dataset/{path}")
    assert before.status in (200, 404) and "Olympus" not in before.text


def test_entries_that_cannot_be(client, bot):
    path = f"/v1/bots/{bot['id']}/dataset"
    assert client.call("PUT", path + "/nonsense/x", {}).status == 404
    assert client.call("PUT", path + "/business/other", {"name": "X"}).status == 404
    assert client.call("DELETE", path + "/business/business").code == "conflict"


async def test_conversations_are_read_with_their_messages(server, client, bot):
    async with Chat(server) as chat:
        await chat.say("/hours")
        await chat.say("/contact")
        conversation, visitor = chat.ready["conversation"], chat.ready["visitor"].split(".")[0]
    listed = client.ok("/v1/conversations", bot=bot["id"], visitor=visitor)
    assert [c["id"] for c in listed["data"]] == [conversation] and listed["data"][0]["status"] == "bot"
    assert client.ok("/v1/conversations", visitor=visitor, status="closed") == {"data": [], "next_cursor": None}
    one = client.ok("/v1/conversations/" + conversation)
    assert one.pop("user") is None and one.pop("visit")["device"] and one == listed["data"][0]
    messages = client.all(f"/v1/conversations/{conversation}/messages", limit=3)
    assert [m["seq"] for m in messages] == [1, 2, 3, 4]
    assert [m["from"] for m in messages] == ["visitor", "bot"] * 2 and messages[1]["re"] == 1
    assert messages[0]["blocks"] == [{"kind": "text", "text": "/hours"}]
    newest = [c["id"] for c in client.all("/v1/conversations", limit=1)]
    assert newest == sorted(newest, reverse=True)


def test_the_commands_of_the_guide_work(server, client, tmp_path):
    """docs/api.md, as its reader would type it."""
    with open(os.path.join(ROOT, "docs", "api.md"), encoding="utf-8") as file:
        blocks = re.findall(r"```sh\n(.*?)```", file.read(), re.S)
    assert len(blocks) >= 2
    script = "set -eu\ncurl() { command curl -sS --fail-with-body \"$@\"; echo; }\n" + "\n".join(blocks)
    done = subprocess.run(["bash", "-c", script], env={**os.environ, "KEY": client.secret, "HOST": server.url}, cwd=tmp_path,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Yes, within Europe." in done.stdout and "azk_" in done.stdout


async def test_a_bot_is_changed_under_the_rules_of_its_file(server, tmp_path):
    dataset = demo_dataset()
    dataset["bot"].pop("slug", None)
    account, key = create_account(server, tmp_path, dataset)
    client = Client(server, create_key(server, account)["secret"])
    bot = client.ok("/v1/bots")["data"][0]
    path = f"/v1/bots/{bot['id']}"
    changed = client.call("PATCH", path, {"name": "Anna", "greeting": {"en": "Hello you!", "de": "Hallo du!"}, "tracking": "deep"})
    assert changed.status == 200 and changed.body == client.ok(path)
    assert changed.body["settings"]["tracking"] == "deep" and changed.body["domains"] == bot["domains"]
    async with Chat(server, bot=key) as chat:
        assert chat.ready["bot"]["name"] == "Anna" and chat.ready["bot"]["greeting"] == "Hello you!"
    assert "tracking" not in client.call("PATCH", path, {"tracking": None}).body["settings"]
    for body, pointer in (({"slug": "x"}, "/slug"), ({"greeting": None}, "/greeting"), ({"domains": ["https://x"]}, "/domains/0"),
                          ({"colour": 1}, "/colour"), ({"inactivity": {"after_minutes": 5}}, "/inactivity/say")):
        answer = client.call("PATCH", path, body)
        assert answer.code == "invalid" and answer.body["errors"][0]["pointer"] == pointer, answer
