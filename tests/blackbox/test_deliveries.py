"""Many deliveries: what waits costs disk, who hangs holds up nobody, who is away for hours loses nothing."""
import asyncio
import time

import pytest
from api import Client, accounts, create_account, create_key, demo_dataset
from backlog import connect, raise_events
from chat import Chat
from receiver import Hostile, Receiver

HEARD_SECONDS = 3.2
TENANTS, ENDPOINTS, EVENTS = 5, 20, 200  # 20,000 deliveries to receivers that hang
AWAY, SCALE = 1000, 3000  # events; how much faster the schedule runs: six hours are 7.2 s
SIX_HOURS = 6 * 3600 / SCALE


@pytest.fixture
def receiver():
    one = Receiver()
    yield one
    one.close()


def make(client, url, events=("message.created",)):
    answer = client.post("/v1/webhooks", {"url": url, "events": list(events)})
    assert answer.status == 201, answer
    return answer.body


def unverified(requests):
    return [r for r in requests if not (r["standard"] and r["svix"])]


def rows(server, statement):
    connection = connect(server)
    cursor = connection.cursor()
    cursor.execute(statement)
    found = cursor.fetchone()[0]
    connection.close()
    return found


def wait_for(holds, seconds):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


async def test_a_hundred_endpoints_that_hang(own, receiver, tmp_path):
    server = own("--test-outbound-loopback", "--webhook-timeout-ms", "15000")
    hanging = Hostile("hang")
    dataset = demo_dataset()
    dataset["bot"].pop("slug", None)
    names = [create_account(server, tmp_path, dataset)[0] for _ in range(TENANTS)]
    for name in names:
        client = Client(server, create_key(server, name)["secret"])
        for _ in range(ENDPOINTS):
            make(client, hanging.url())
    demo = next(name for name in accounts(server) if name not in names)
    client = Client(server, create_key(server, demo)["secret"])
    receiver.tell(secret=make(client, receiver.url())["secret"])
    before = server.resident_bytes()
    for i, name in enumerate(names):
        raise_events(server, name, EVENTS, size=1000, mark=f"h{i}")
    waiting = TENANTS * ENDPOINTS * EVENTS
    await asyncio.to_thread(wait_for, lambda: rows(server, "SELECT count(*) FROM delivery WHERE state = 'waiting'") >= waiting, 20)
    await asyncio.to_thread(wait_for, lambda: hanging.hits >= TENANTS * ENDPOINTS, 10)
    await asyncio.sleep(HEARD_SECONDS)
    async with Chat(server) as chat:
        for i in range(60):
            await chat.post("message", text="/hours", cid=f"m{i}")
            await asyncio.sleep(0.02)
    requests = await asyncio.to_thread(receiver.wait, lambda r: len(r) >= 60)
    assert unverified(requests) == []
    late = sorted(r["at"] - _milliseconds(r["body"]["timestamp"]) for r in requests)
    assert late[int(0.99 * len(late))] <= 2000, late[-5:]
    assert hanging.hits <= TENANTS * ENDPOINTS * 4  # at once at one endpoint
    # The deliveries' own text is 20 MB; what grows is the states of five tenants that were not there before.
    assert server.resident_bytes() - before < 64 << 20
    hanging.close()


def _milliseconds(text):
    from datetime import datetime
    return 1000 * datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


async def test_six_hours_away_lose_nothing(own, receiver):
    server = own("--test-outbound-loopback", "--test-webhook-scale", str(SCALE), "--webhook-timeout-ms", "1000")
    account = accounts(server)[0]
    client = Client(server, create_key(server, account)["secret"])
    receiver.tell(secret=make(client, receiver.url("/quiet"))["secret"], status=503)
    begun = time.monotonic()
    for part in range(4):
        ids = raise_events(server, account, AWAY // 4, subjects=50, mark=f"p{part}")
        await asyncio.sleep(SIX_HOURS / 5)
    await asyncio.sleep(max(0, SIX_HOURS - (time.monotonic() - begun)))
    assert ids and not [r for r in receiver.requests if r["status"] == 204]
    receiver.tell(status=204)
    taken = lambda r: {x["id"] for x in r if x["status"] == 204}  # noqa: E731
    requests = await asyncio.to_thread(receiver.wait, lambda r: len(taken(r)) >= AWAY, 40)
    assert unverified(requests) == []
    hashes, tries = {}, {}
    for request in requests:
        assert hashes.setdefault(request["id"], request["hash"]) == request["hash"]
        assert abs(request["at"] / 1000 - int(request["timestamp"])) < 4  # of this attempt
        tries[request["id"]] = tries.get(request["id"], 0) + 1
    assert len(hashes) == AWAY and max(tries.values()) > 1
    wait_for(lambda: rows(server, "SELECT count(*) FROM delivery WHERE state <> 'delivered'") == 0, 5)


async def test_a_group_keeps_the_order_of_each_conversation(own, receiver):
    server = own("--test-outbound-loopback")
    account = accounts(server)[0]
    client = Client(server, create_key(server, account)["secret"])
    receiver.tell(secret=make(client, receiver.url())["secret"])
    raise_events(server, account, 400, subjects=7)
    requests = await asyncio.to_thread(receiver.wait, lambda r: len(r) >= 400, 20)
    assert unverified(requests) == [] and len({r["id"] for r in requests}) == 400
    last = {}
    for request in requests:
        n = request["body"]["data"]["n"]
        assert last.get(n % 7, -1) < n
        last[n % 7] = n
