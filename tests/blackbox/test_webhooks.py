"""Webhooks by the real server: the published clients verify what it sends,
hostile receivers harm nobody, nothing is lost when it is killed."""
import asyncio
import json
import os
import random
import re
import time

import pytest
from api import Client, accounts, create_account, create_key, demo_dataset
from chat import Chat
from receiver import Hostile, Receiver

KILLS = int(os.environ.get("KILLS", "5"))
OPEN = ("--test-outbound-loopback", "--test-webhook-scale", "1000", "--webhook-timeout-ms", "700")
HEARD_SECONDS = 3.2  # after that a new endpoint is known wherever events are raised


@pytest.fixture
def receiver():
    one = Receiver()
    yield one
    one.close()


def client_of(server):
    return Client(server, create_key(server, accounts(server)[0])["secret"])


def make(client, url, events=("*",), **more):
    answer = client.post("/v1/webhooks", {"url": url, "events": list(events), **more})
    assert answer.status == 201, answer
    return answer.body


def post(client, endpoint, what, body=None):
    answer = client.call("POST", f"/v1/webhooks/{endpoint['id']}/{what}", body)
    assert answer.status in (200, 202), answer
    return answer.body


async def talk(server, count, chats=4):
    """`count` messages in some conversations; each is an event message.created."""
    async def one(number):
        async with Chat(server) as chat:
            for i in range(number, count, chats):
                await chat.post("message", text="/hours", cid=f"m{i}")
                await asyncio.sleep(0.01)
    await asyncio.gather(*(one(i) for i in range(chats)))


def unverified(requests):
    return [r for r in requests if not (r["standard"] and r["svix"])]


def test_the_published_clients_verify_each_delivery_through_rotation_restart_and_replay(own, receiver):
    server = own(*OPEN)
    client = client_of(server)
    endpoint = make(client, receiver.url(), ["lead.created"])
    receiver.tell(secret=endpoint["secret"])
    first = post(client, endpoint, "test")["event"]
    assert receiver.wait(lambda r: len(r) == 1)[0]["id"] == first
    rotated = post(client, endpoint, "secret")
    assert rotated["secret"] != endpoint["secret"] and rotated["old_secret_until"]
    post(client, endpoint, "test")
    assert receiver.wait(lambda r: len(r) == 2)[1]["signatures"] == 2
    server.kill()
    server.start()
    post(client, endpoint, f"deliveries/{first}/replay")
    # On PostgreSQL other nodes may live, so what the dead one had under a lease waits for its end (30 s).
    requests = receiver.wait(lambda r: [x["id"] for x in r].count(first) == 2, 50)
    assert unverified(requests) == []
    assert len({r["hash"] for r in requests if r["id"] == first}) == 1
    fresh = Receiver()  # knows the new secret alone
    fresh.tell(secret=rotated["secret"])
    answer = client.call("PATCH", f"/v1/webhooks/{endpoint['id']}", {"url": fresh.url()})
    assert answer.status == 200
    post(client, endpoint, "test")
    assert unverified(fresh.wait(lambda r: len(r) == 1)) == []
    fresh.close()
    log = client.ok(f"/v1/webhooks/{endpoint['id']}/deliveries/{first}")
    assert [try_["status"] for try_ in log["log"]] == [204, 204] and log["state"] == "delivered"


async def test_an_event_of_a_chat_arrives_soon(own, receiver):
    server = own(*OPEN)
    client = client_of(server)
    endpoint = make(client, receiver.url(), ["handover.requested", "conversation.created"])
    receiver.tell(secret=endpoint["secret"])
    await asyncio.sleep(HEARD_SECONDS)
    async with Chat(server) as chat:
        begun = time.time() * 1000
        await chat.post("message", text="I want to talk to a human")
        requests = await asyncio.to_thread(receiver.wait, lambda r: len(r) >= 2)
    assert unverified(requests) == []
    assert {r["body"]["type"] for r in requests} == {"handover.requested", "conversation.created"}
    assert requests[0]["at"] - begun < 2000


def test_secrets_and_headers_are_sealed_and_never_shown_again(own, receiver):
    server = own(*OPEN)
    client = client_of(server)
    body = {"url": receiver.url(), "events": ["*"], "headers": {"Authorization": "Bearer canary-4711"}}
    endpoint = client.post("/v1/webhooks", body, key="once").body
    again = client.post("/v1/webhooks", body, key="once").body
    assert again["id"] == endpoint["id"] and again["secret"] is None
    shown = json.dumps(client.ok("/v1/webhooks")) + json.dumps(client.ok(f"/v1/webhooks/{endpoint['id']}"))
    assert endpoint["secret"] not in shown and "canary" not in shown and "Authorization" in shown
    if not server.database:
        for name in os.listdir(server.data):
            if name.startswith("azentiko.db"):
                with open(os.path.join(server.data, name), "rb") as file:
                    stored = file.read()
                assert endpoint["secret"].encode() not in stored and b"canary-4711" not in stored
    assert not [line for line in server.lines if "canary" in line or endpoint["secret"] in line]


@pytest.mark.parametrize("url", [
    "http://example.com/", "https://127.0.0.1/", "https://localhost/x", "https://169.254.169.254/latest", "https://[::1]/",
    "https://2130706433/", "https://0x7f.1/", "https://user:pw@example.com/", "https://example.com:22/",
    "ftp://example.com/", "https://metadata.google.internal/", "https://exa mple.com/", "nonsense",
])
def test_addresses_of_the_inside_are_refused(server, url):
    answer = client_of(server).post("/v1/webhooks", {"url": url, "events": ["*"]})
    assert answer.status == 422 and answer.body["errors"][0]["pointer"] == "/url", answer


@pytest.mark.parametrize("change,pointer", [
    ({"events": ["lead.creatd"]}, "/events/0"), ({"events": []}, "/events"),
    ({"headers": {"Host": "x"}}, "/headers/Host"), ({"headers": {"webhook-id": "x"}}, "/headers/webhook-id"),
    ({"headers": {"X-A": "a\r\nX-B: c"}}, "/headers/X-A"), ({"headers": {"X A": "a"}}, "/headers/X A"),
])
def test_what_an_endpoint_may_hold(server, change, pointer):
    body = {"url": "https://example.com/in", "events": ["*"], **change}
    answer = client_of(server).post("/v1/webhooks", body)
    assert answer.status == 422 and answer.body["errors"][0]["pointer"] == pointer, answer


def test_another_account_finds_nothing(server, tmp_path):
    client = client_of(server)
    endpoint = make(client, "https://example.com/in")
    event = post(client, endpoint, "test")["event"]
    dataset = demo_dataset()
    dataset["bot"].pop("slug", None)
    account, _ = create_account(server, tmp_path, dataset)
    other = Client(server, create_key(server, account)["secret"])
    path = f"/v1/webhooks/{endpoint['id']}"
    for method, address, body in (
            ("GET", path, None), ("PATCH", path, {"state": "off"}), ("DELETE", path, None), ("POST", path + "/secret", None),
            ("POST", path + "/test", None), ("GET", path + "/deliveries", None), ("GET", f"{path}/deliveries/{event}", None),
            ("POST", f"{path}/deliveries/{event}/replay", None), ("POST", path + "/replay", {"since": "2020-01-01T00:00:00Z"})):
        assert other.call(method, address, body).status == 404, (method, address)
    assert other.ok("/v1/webhooks")["data"] == []
    assert client.ok(path)["state"] == "on"


def test_hostile_receivers(own, receiver):
    server = own(*OPEN)
    client = client_of(server)
    canary = Hostile("hang")
    descriptors, memory = len(os.listdir(f"/proc/{server.pid}/fd")), server.resident_bytes()
    ways = [Hostile(way) for way in ("hang", "drip", "reset", "redirect", "flood", "false_length", "endless_head", "garbage", "gzip_bomb")]
    endpoints = {}
    for hostile in ways:
        hostile.canary = canary.url()
        endpoints[hostile.way] = make(client, hostile.url())
    good = make(client, receiver.url())
    receiver.tell(secret=good["secret"])
    for endpoint in [*endpoints.values(), good]:
        post(client, endpoint, "test")
    begun = time.monotonic()
    receiver.wait(lambda r: len(r) >= 1, 5)
    assert time.monotonic() - begun < 2
    end = time.monotonic() + 10
    logs = {}
    while len(logs) < len(endpoints) and time.monotonic() < end:
        for way, endpoint in endpoints.items():
            listed = client.ok(f"/v1/webhooks/{endpoint['id']}/deliveries")["data"]
            if listed and listed[0]["attempts"] >= 1:
                logs[way] = client.ok(f"/v1/webhooks/{endpoint['id']}/deliveries/{listed[0]['event']}")["log"][0]
        time.sleep(0.3)
    assert set(logs) == set(endpoints)
    assert all(log["ms"] < 2500 for log in logs.values()), logs
    assert logs["redirect"]["status"] == 302 and canary.hits == 0
    assert logs["flood"]["status"] == 200 and len(logs["flood"]["answer"]) == 1024
    assert logs["gzip_bomb"]["status"] == 200  # nobody unpacks it
    answered = ("flood", "redirect", "gzip_bomb")
    assert all(logs[way]["status"] is None and logs[way]["error"] for way in endpoints if way not in answered)
    for endpoint in endpoints.values():
        assert client.call("DELETE", f"/v1/webhooks/{endpoint['id']}").status == 204
    end = time.monotonic() + 5
    while len(os.listdir(f"/proc/{server.pid}/fd")) > descriptors + 8 and time.monotonic() < end:
        time.sleep(0.1)
    assert len(os.listdir(f"/proc/{server.pid}/fd")) <= descriptors + 8  # the good one's connections, the API's own
    assert server.resident_bytes() - memory < 24 << 20
    for hostile in (*ways, canary):
        # what a kernel took in before the connection was cut, too
        assert hostile.sent <= (64 << 10) * max(1, hostile.hits) + (4 << 20) * hostile.hits
        hostile.close()


async def test_a_healthy_receiver_beside_hanging_ones(own, receiver):
    server = own("--test-outbound-loopback", "--webhook-timeout-ms", "15000")
    client = client_of(server)
    hanging = Hostile("hang")
    for _ in range(19):
        make(client, hanging.url())
    good = make(client, receiver.url(), ["message.created"])
    receiver.tell(secret=good["secret"])
    await asyncio.sleep(HEARD_SECONDS)
    await talk(server, 40)
    requests = await asyncio.to_thread(receiver.wait, lambda r: len(r) >= 40)
    late = sorted(r["at"] - 1000 * _seconds(r["body"]["timestamp"]) for r in requests)
    assert late[-1] < 2000, late[-5:]
    assert 19 <= hanging.hits <= 19 * 4
    hanging.close()


def _seconds(text):
    from datetime import datetime
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


async def test_nothing_is_lost_while_the_receiver_is_away(own, receiver):
    server = own(*OPEN)
    client = client_of(server)
    endpoint = make(client, receiver.url(), ["message.created"])
    receiver.tell(secret=endpoint["secret"], status=503)
    await asyncio.sleep(HEARD_SECONDS)
    await talk(server, 200, chats=8)
    await asyncio.to_thread(receiver.wait, lambda r: len(r) >= 5)
    receiver.tell(status=204)
    count = len(client.all(f"/v1/webhooks/{endpoint['id']}/deliveries"))
    assert count == 200
    post(client, endpoint, "replay", {"since": "2020-01-01T00:00:00Z"})
    done = lambda r: len({x["id"] for x in r if x["status"] == 204}) >= count  # noqa: E731
    requests = await asyncio.to_thread(receiver.wait, done, 30)
    assert unverified(requests) == []
    hashes = {}
    for request in requests:
        assert hashes.setdefault(request["id"], request["hash"]) == request["hash"]


async def test_kills_while_sending_lose_nothing(own, receiver):
    server = own(*OPEN)
    client = client_of(server)
    endpoint = make(client, receiver.url(), ["message.created"])
    receiver.tell(secret=endpoint["secret"])
    await asyncio.sleep(HEARD_SECONDS)
    acked = 0
    for _ in range(KILLS):
        await talk(server, 20)
        acked += 20
        await asyncio.sleep(random.random() * 0.15)
        server.kill()
        await asyncio.to_thread(server.start)
    wanted = lambda r: len({x["id"] for x in r}) >= acked  # noqa: E731
    requests = await asyncio.to_thread(receiver.wait, wanted, 75)
    assert unverified(requests) == []
    assert len({r["id"] for r in requests}) == acked
    hashes = {}
    for request in requests:
        assert hashes.setdefault(request["id"], request["hash"]) == request["hash"]


def test_gone_turns_it_off_and_replay_works_after(own, receiver):
    server = own(*OPEN)
    client = client_of(server)
    endpoint = make(client, receiver.url())
    receiver.tell(secret=endpoint["secret"], status=410)
    event = post(client, endpoint, "test")["event"]
    receiver.wait(lambda r: len(r) == 1)
    end = time.monotonic() + 5
    path = f"/v1/webhooks/{endpoint['id']}"
    while client.ok(path)["state"] == "on" and time.monotonic() < end:
        time.sleep(0.05)
    shown = client.ok(path)
    assert shown["state"] == "off" and "410" in shown["reason"]
    receiver.tell(status=204)
    assert client.call("PATCH", path, {"state": "on"}).status == 200
    post(client, endpoint, f"deliveries/{event}/replay")
    assert receiver.wait(lambda r: len(r) == 2)[1]["id"] == event


def test_the_switch_for_loopback_is_loud_and_for_tests_only(own):
    server = own(*OPEN)
    assert any("TEST OUTBOUND LOOPBACK" in line for line in server.lines)
    from server import run_cli
    done = run_cli("serve", "--data", server.data + "-2", "--listen", "0.0.0.0:0", "--test-outbound-loopback")
    assert done.returncode == 2 and re.search("loopback", done.stderr)
