"""Webhooks that come in: signed by the published client, checked, written down, handed to scripts or said in a chat."""
import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import os
import subprocess
import time

import pytest
from api import Client, accounts, cli, create_account, create_key, demo_dataset
from chat import Chat, texts
from receiver import FOLDER, Receiver

_ids = itertools.count(1)
ORDERS = '''
local bot = require "bot"
local store = require "store"

bot.on("hook.orders", function(chat, event)
  if chat then return chat:say("Your order %s is %s.", event.data.number, event.data.status) end
  if event.data.crash then error "cannot do that" end
  store.bot.incr("orders")
  bot.webhook "crm":enqueue { type = "order.seen", number = event.data.number, kind = event.type, from = event.id }
end)

bot.command "count" {
  title = "Count",
  words = { "count" },
  run = function(chat) chat:say("orders: %s", store.bot.get "orders" or 0) end,
}
'''


def sign(secret, body, id_=None, at=None):
    """As the specification says; the published client's own is in the first test."""
    id_, at = id_ or f"msg_{next(_ids)}", int(time.time() if at is None else at)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{id_}.{at}.".encode() + body, hashlib.sha256).digest()
    return {"webhook-id": id_, "webhook-timestamp": str(at), "webhook-signature": "v1," + base64.b64encode(mac).decode()}


class Hook:
    def __init__(self, server, client, **fields):
        self.server, self.client = server, client
        bot = client.ok("/v1/bots")["data"][0]["id"]
        answer = client.post("/v1/hooks", {"bot": bot, "name": "orders", **fields})
        assert answer.status == 201, answer
        self.row = answer.body
        self.secret, self.path = self.row["secret"], self.row["path"]

    def post(self, body, headers):
        status, found, text = self.server.request("POST", self.path, body, {"Content-Type": "application/json", **headers})
        problem = status >= 400 and found["Content-Type"] == "application/problem+json"
        assert problem or status == 202, (status, text)
        return status, json.loads(text)

    def send(self, data, secret=None, type_="order.changed", **how):
        body = json.dumps({"type": type_, "timestamp": "2026-11-25T10:00:00Z", "data": data}).encode()
        return self.post(body, sign(secret or self.secret, body, **how))


def client_of(server, account=None):
    return Client(server, create_key(server, account or accounts(server)[0])["secret"])


@pytest.fixture
def scripts(scripted):
    """A server whose stock scripts have the handler."""
    scripted.edit("commands/orders.lua", ORDERS)
    receiver = Receiver()
    (scripted.scripts / "webhooks").mkdir(exist_ok=True)
    scripted.edit("webhooks/crm.lua", f'require("bot").webhook "crm" {{ url = "{receiver.url()}" }}')
    scripted.kill()
    scripted.options += ["--test-outbound-loopback"]
    scripted.start()
    scripted.receiver = receiver
    yield scripted
    receiver.close()


async def said(chat, text, timeout=6):
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if any(text in texts(f) for f in chat.seen if f["type"] == "message"):
            return True
        try:
            await chat.next(0.3)
        except asyncio.TimeoutError:
            pass
    return False


def test_the_published_client_signs(scripts):
    hook = Hook(scripts, client_of(scripts))
    code = ('import { Webhook } from "standardwebhooks"; const at = new Date(); const [secret, id, body] = process.argv.slice(1);'
            'console.log(JSON.stringify({ "webhook-id": id, "webhook-timestamp": String(Math.floor(at / 1000)),'
            ' "webhook-signature": new Webhook(secret).sign(id, at, body) }))')
    body = json.dumps({"type": "order.changed", "timestamp": "2026-11-25T10:00:00Z", "data": {"number": "Ä 7"}}, ensure_ascii=False)
    done = subprocess.run(["node", "--input-type=module", "-e", code, hook.secret, "msg_js", body], cwd=FOLDER, capture_output=True, text=True, check=True)
    assert hook.post(body.encode(), json.loads(done.stdout)) == (202, {"duplicate": False})
    heard = scripts.receiver.wait(lambda r: len(r) >= 1)[0]["body"]
    assert heard["data"] == {"type": "order.seen", "number": "Ä 7", "kind": "order.changed", "from": "msg_js"}


def test_an_id_has_its_effect_once_also_after_a_kill(scripts):
    hook = Hook(scripts, client_of(scripts))
    assert hook.send({"number": 1}, id_="msg_once") == (202, {"duplicate": False})
    assert hook.send({"number": 1}, id_="msg_once") == (202, {"duplicate": True})
    scripts.kill()  # at once: what was answered 2xx is written down
    scripts.start()
    assert hook.send({"number": 1}, id_="msg_once") == (202, {"duplicate": True})
    hook.send({"number": 2}, id_="msg_two")
    numbers = lambda r: [x["body"]["data"]["number"] for x in r]  # noqa: E731
    heard = scripts.receiver.wait(lambda r: set(numbers(r)) == {1, 2}, 50)
    ids = {}
    for request in heard:  # a delivery may come twice, an event may not
        ids.setdefault(request["body"]["data"]["number"], set()).add(request["id"])
    assert all(len(found) == 1 for found in ids.values()), ids


async def test_a_conversation_that_is_named_hears_it(scripts):
    client = client_of(scripts)
    hook = Hook(scripts, client)
    async with Chat(scripts) as chat:
        await chat.say("/hours")
        conversation = chat.ready["conversation"]
        status, _ = hook.send({"number": "A7", "status": "on its way", "conversation": conversation})
        assert status == 202 and await said(chat, "Your order A7 is on its way.")
        plain = Hook(scripts, client, name="notes", deliver="message")
        assert plain.send({"conversation": conversation, "text": "We have found your umbrella."})[0] == 202
        assert await said(chat, "We have found your umbrella.")
        assert plain.send({"conversation": conversation, "text": " "})[1]["errors"][0]["pointer"] == "/data/text"
        assert plain.send({"text": "hello"})[1]["errors"][0]["pointer"] == "/data/conversation"
        assert hook.send({"number": 1, "crash": True})[0] == 202  # its fault is the script's, told in the script log
        hook.send({"number": 9})
        for _ in range(20):
            await chat.say("count")
            if await said(chat, "orders: 1", 0.1):
                break
        assert await said(chat, "orders: 1", 0.1)
    bot = client.ok("/v1/bots")["data"][0]["id"]
    assert any("cannot do that" in line["message"] for line in client.ok(f"/v1/bots/{bot}/script_log")["data"])


def test_forgeries_are_refused(server):
    hook = Hook(server, client_of(server), name="forged")
    body = json.dumps({"type": "t", "timestamp": "2026-11-25T10:00:00Z", "data": {"n": 1}}).encode()
    good = sign(hook.secret, body)

    def refused(code, body=body, **change):
        headers = {name: value for name, value in {**good, **change}.items() if value is not None}
        status, problem = hook.post(body, headers)
        assert (status, problem["code"]) == (401, code), (status, problem, change)

    for bit in range(0, 8 * len(body), 37):
        flipped = bytearray(body)
        flipped[bit // 8] ^= 1 << bit % 8
        refused("not_verified", bytes(flipped))
    signature = good["webhook-signature"]
    mac = bytearray(base64.b64decode(signature[3:]))
    for bit in range(0, 256, 51):
        mac[bit // 8] ^= 1 << bit % 8
        refused("not_verified", **{"webhook-signature": "v1," + base64.b64encode(mac).decode()})
        mac[bit // 8] ^= 1 << bit % 8
    for name, value in (("webhook-id", "msg_other"), ("webhook-id", None), ("webhook-id", "x" * 200), ("webhook-timestamp", None),
                        ("webhook-timestamp", "1e9"), ("webhook-timestamp", "-5"), ("webhook-timestamp", str(int(good["webhook-timestamp"]) + 1)),
                        ("webhook-signature", None), ("webhook-signature", ""), ("webhook-signature", signature[3:]), ("webhook-signature", "v2" + signature[2:]),
                        ("webhook-signature", "v1a" + signature[2:]), ("webhook-signature", "v1," * 3000)):
        refused("not_verified", **{name: value})
    for seconds in (-301, 301, -86400):
        refused("not_verified", **sign(hook.secret, body, at=time.time() + seconds))
    assert hook.post(body, sign(hook.secret, body, at=time.time() - 290))[0] == 202
    wrong = "whsec_" + base64.b64encode(os.urandom(32)).decode()
    refused("not_verified", **sign(wrong, body))
    for text in (b"", b"[1]", b"7", b'"x"', b"{", b'{"a":1,"a":2}'):
        status, problem = hook.post(text, sign(hook.secret, text))
        assert (status, problem["code"]) == (422, "invalid"), (text, problem)
    text = b'{"a":"\xff"}'  # JSON is UTF-8; what is not does not get as far as the signature
    refused("not_verified", text, **sign(hook.secret, text))
    large = json.dumps({"data": "x" * 65536}).encode()
    assert hook.post(large, sign(hook.secret, large))[1]["code"] == "body_too_large"
    two = sign(wrong, body)["webhook-signature"] + " v1a,xyz " + signature
    assert hook.post(body, {**good, "webhook-signature": two})[0] == 202  # several: one is enough


def test_rotation_and_turning_off(server):
    client = client_of(server)
    hook = Hook(server, client, name="rotated")
    old = hook.secret
    fresh = client.post(f"/v1/hooks/{hook.row['id']}/secret", None).body
    assert fresh["secret"] != old and fresh["old_secret_until"]
    assert hook.send({"n": 1}, old)[0] == 202 and hook.send({"n": 2}, fresh["secret"])[0] == 202
    again = client.post(f"/v1/hooks/{hook.row['id']}/secret", None).body
    assert hook.send({"n": 3}, old)[0] == 401 and hook.send({"n": 4}, again["secret"])[0] == 202
    assert client.call("PATCH", f"/v1/hooks/{hook.row['id']}", {"state": "off"}).body["state"] == "off"
    assert hook.send({"n": 5}, again["secret"])[1]["code"] == "turned_off" and hook.send({"n": 5}, old)[0] == 401
    assert client.ok(f"/v1/hooks/{hook.row['id']}")["received_at"]
    assert client.call("DELETE", f"/v1/hooks/{hook.row['id']}").status == 204
    assert hook.send({"n": 6}, again["secret"])[0] == 404


def test_what_a_hook_may_be(server):
    client = client_of(server)
    bot = client.ok("/v1/bots")["data"][0]["id"]
    hook = Hook(server, client, name="one")
    for body, pointer in (({"bot": bot, "name": "one"}, "/name"), ({"bot": bot, "name": "Two"}, "/name"), ({"bot": "bot_x", "name": "two"}, "/bot"),
                          ({"bot": bot, "name": "two", "deliver": "pigeon"}, "/deliver"), ({"bot": bot}, "/name")):
        answer = client.post("/v1/hooks", body)
        assert answer.status == 422 and answer.body["errors"][0]["pointer"] == pointer, answer
    shown = json.dumps(client.ok("/v1/hooks")) + json.dumps(client.ok(f"/v1/hooks/{hook.row['id']}"))
    assert hook.secret not in shown
    if not server.database:
        for name in os.listdir(server.data):
            if name.startswith("azentiko.db"):
                with open(os.path.join(server.data, name), "rb") as file:
                    assert hook.secret.encode() not in file.read()
    assert not [line for line in server.lines if hook.secret in line]


async def test_another_account_reaches_nothing(own, tmp_path):
    server = own()
    client = client_of(server)
    dataset = demo_dataset()
    dataset["bot"].pop("slug", None)
    account, key = create_account(server, tmp_path, dataset)
    other = client_of(server, account)
    mine, theirs = Hook(server, client), Hook(server, other)
    assert mine.send({"n": 1}, theirs.secret)[0] == 401 and theirs.send({"n": 1}, mine.secret)[0] == 401
    assert mine.send({"n": 1}, id_="msg_same")[1] == theirs.send({"n": 1}, id_="msg_same")[1] == {"duplicate": False}
    path = f"/v1/hooks/{mine.row['id']}"
    for method, address, body in (("GET", path, None), ("PATCH", path, {"state": "off"}), ("DELETE", path, None), ("POST", path + "/secret", None)):
        assert other.call(method, address, body).status == 404, (method, address)
    assert [row["id"] for row in other.ok("/v1/hooks")["data"]] == [theirs.row["id"]]
    assert other.post("/v1/hooks", {"bot": mine.row["bot"], "name": "two"}).body["errors"][0]["pointer"] == "/bot"
    async with Chat(server, bot=key) as chat:
        await chat.say("/hours")
        status, problem = mine.send({"conversation": chat.ready["conversation"], "n": 1})
        assert (status, problem["errors"][0]["code"]) == (422, "not_found")
        unknown = mine.send({"conversation": "conv_" + "0" * 26, "n": 1})
        assert unknown == (status, problem)  # absent and another's: the same answer
    assert client.ok(path)["state"] == "on"


def test_the_rate_is_bounded(own):
    server = own()
    client = client_of(server)
    hook, quiet = Hook(server, client), Hook(server, client, name="quiet")
    seen = set()
    for _ in range(700):
        status, _ = hook.post(b"{}", {"webhook-id": "x", "webhook-timestamp": "1", "webhook-signature": "v1,x"})
        seen.add(status)
        if status == 429:
            break
    assert seen == {401, 429}
    assert quiet.send({"n": 1})[0] == 202


def test_the_command_line_makes_hooks(server):
    account = accounts(server)[0]
    client = client_of(server, account)
    bot = client.ok("/v1/bots")["data"][0]["id"]
    made = cli(server, "hook", "create", account, "--bot", bot, "--name", "shop", "--json")
    assert made.returncode == 0, made.stderr
    row = json.loads(made.stdout)
    hook = Hook.__new__(Hook)
    hook.server, hook.secret, hook.path = server, row["secret"], row["path"]
    assert hook.send({"n": 1})[0] == 202
    listed = cli(server, "hook", "list", account).stdout
    assert f"{row['id']}\ton\t{bot}\tshop\tevent" in listed and row["secret"] not in listed
    rotated = json.loads(cli(server, "hook", "rotate", account, row["id"], "--json").stdout)
    assert hook.send({"n": 2}, rotated["secret"])[0] == 202
    assert cli(server, "hook", "disable", account, row["id"]).returncode == 0
    assert hook.send({"n": 3})[1]["code"] == "turned_off"
    assert cli(server, "hook", "delete", account, row["id"]).returncode == 0
    assert cli(server, "hook", "show", account, row["id"]).returncode == 1
    assert cli(server, "hook", "create", account, "--bot", bot).returncode == 2
