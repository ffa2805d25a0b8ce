"""Every address that visitors use, asked from websites that the bot does not
allow, and with tokens that were stolen.

A route joins by itself: the list comes from the server's own table. One that
is to be reached by everybody, or that browsers ask without saying for whom,
must be named here.
"""
import asyncio
import http.client
import json
import os
import subprocess
import urllib.parse

import pytest
from api import create_account, demo_dataset
from chat import Chat
from server import ROOT
from test_sse import Stream

_listed = subprocess.run(["lua5.4", "tests/lua/list_visitor_routes.lua"], cwd=ROOT, text=True, capture_output=True, check=True,
                         env={**os.environ, "LUA_PATH": "./?.lua;;"})
ROUTES = [json.loads(line) for line in _listed.stdout.splitlines()]
GUARDED = [route for route in ROUTES if not route["open"]]
FOREIGN = ["https://evil.example", "null", "http://localhost.evil.example", "http://localhost:80@evil.example",
           "http://evil.example:80@localhost", "file://", "http://localhost/path", "ftp://localhost", "http://"]
SHOP, OTHER = "https://shop.example", "https://other.example:8443"


def name(route):
    return f"{route['method']} {route['path']}"


def ask(server, route, bot="pk_demo", **headers):
    """(status, code of the problem or None)"""
    values = {"bot": bot, "conversation": "conv_" + "0" * 26, "id": "file_" + "0" * 26, "key": "x"}
    query = urllib.parse.urlencode({k: v for k, v in values.items() if k in route["query"]})
    body = b"{}" if route["method"] == "POST" else None
    headers = {k.replace("_", "-"): v for k, v in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request(route["method"], f"{route['path']}?{query}", body, headers)
    answer = connection.getresponse()
    is_problem = answer.headers.get("Content-Type", "").startswith("application/problem+json")
    code = json.loads(answer.read())["code"] if is_problem else None  # a stream has no end to wait for
    connection.close()
    return answer.status, code


@pytest.fixture(scope="module")
def bots(server, tmp_path_factory):
    """Public keys: one bot that is allowed nowhere, two for the same websites."""
    def make(domains):
        dataset = demo_dataset()
        dataset["bot"].pop("slug", None)
        dataset["bot"]["domains"] = domains
        return create_account(server, tmp_path_factory.mktemp("bot"), dataset)[1]

    sites = ["shop.example", "*.example"]
    return {"nowhere": make([]), "first": make(sites), "second": make(sites)}


def test_the_exceptions_are_these():
    assert {name(r) for r in ROUTES if r["open"]} == {"GET /chat/{name}", "HEAD /chat/{name}"}
    assert {name(r) for r in ROUTES if r["embedded"]} == {"GET /v1/chat/files"}
    assert len(GUARDED) >= 7


@pytest.mark.parametrize("route", GUARDED, ids=name)
def test_only_the_websites_of_a_bot_are_served(server, bots, route):
    refused = (403, "origin_not_allowed")
    ours = f"http://localhost:{server.port}"
    assert ask(server, route, Origin=ours) != refused
    assert ask(server, route, "pk_nobody", Origin=ours) == (404, "bot_not_found")
    for origin in FOREIGN:
        assert ask(server, route, Origin=origin) == refused, origin
    for headers in ({}, {"Origin": ours}, {"Origin": SHOP}, {"Sec_Fetch_Site": "same-origin"}, {"Sec_Fetch_Site": "none"}):
        assert ask(server, route, bots["nowhere"], **headers) == refused, headers
    assert ask(server, route, bots["first"], Origin=SHOP) != refused
    assert ask(server, route, bots["first"], Origin=SHOP.upper()) != refused
    # A browser that keeps the origin to itself: only for what pages show is that the usual thing.
    for site in ("cross-site", "same-site"):
        assert (ask(server, route, Sec_Fetch_Site=site) != refused) == route["embedded"]
    # Page and server are one: it is the server's own name that counts.
    assert ask(server, route, bots["first"], Sec_Fetch_Site="same-origin") == refused
    assert ask(server, route, bots["first"], Sec_Fetch_Site="same-origin", Host="shop.example") != refused


def test_the_page_says_who_may_frame_it(server, bots):
    def ancestors(bot):
        policy = server.get(f"/chat/{bot}")[1]["Content-Security-Policy"]
        return policy.split("frame-ancestors ")[1]

    assert ancestors(bots["first"]) == "shop.example:* *.example:*"
    assert ancestors(bots["nowhere"]) == ancestors("pk_nobody") == "'none'"


async def owner_of(server, bot):
    """What a thief may have: token and conversation, at SHOP."""
    async with Chat(server, bot=bot, origin=SHOP) as chat:
        await chat.say("/hours private")
        return chat.ready, {**chat.resume(), "after": 0}


async def by_socket(server, bot, origin, place):
    async with await Chat(server, bot=bot, origin=origin).open(**place) as chat:
        return chat.ready["resumed"]


async def by_stream(server, bot, origin, place):
    def read():
        with Stream(server, origin=origin, **{**place, "bot": bot}) as stream:
            return stream.expect("ready")[1]["resumed"]
    return await asyncio.to_thread(read)


def post(server, path, bot, origin, place, body, **headers):
    query = urllib.parse.urlencode({"bot": bot, "conversation": place["conversation"]})
    headers = {**({"Origin": origin} if origin else {}), "Authorization": f"Bearer {place['visitor']}", **headers}
    status, _, _ = server.request("POST", f"{path}?{query}", body, headers)
    assert status in (200, 201, 202, 401, 404), status
    return status < 300


async def by_post(server, bot, origin, place):
    frame = {"type": "message", "cid": f"{origin}{bot}", "text": "/hours"}
    return await asyncio.to_thread(post, server, "/v1/chat/messages", bot, origin, place, frame)


async def by_file(server, bot, origin, place):
    headers = {"Idempotency-Key": f"f{origin}{bot}", "X-File-Name": "note.txt"}
    return await asyncio.to_thread(post, server, "/v1/chat/files", bot, origin, place, b"a note", **headers)


async def by_forgetting(server, bot, origin, place):
    return await asyncio.to_thread(post, server, "/v1/chat/messages", bot, origin, place, {"type": "forget"})


WAYS = [by_socket, by_stream, by_post, by_file, by_forgetting]
# Every address at which a token counts is one of these ways.
TOKENS = {"GET /v1/chat", "GET /v1/chat/events", "POST /v1/chat/messages", "POST /v1/chat/files"}
TOKENLESS = {"GET /v1/chat/config", "GET /v1/chat/files", "GET /v1/test/chat"}


def test_each_address_that_takes_a_token_is_tried():
    assert {name(r) for r in GUARDED} == TOKENS | TOKENLESS


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_a_stolen_token_is_worth_nothing_elsewhere(server, bots, way):
    ready, place = await owner_of(server, bots["first"])
    for bot, origin in ((bots["first"], OTHER), (bots["first"], "https://shop.example:8443"), (bots["second"], SHOP),
                        (bots["first"], None)):
        if origin is None and way is by_socket:
            continue  # the client library always sends one
        assert not await way(server, bot, origin, place), (bot, origin)
    async with await Chat(server, bot=bots["first"], origin=SHOP).open(**place) as chat:
        assert chat.ready["resumed"] and chat.ready["seq"] == 2  # nobody has said or ended anything
    assert await way(server, bots["first"], SHOP, place)  # its owner's it is
    assert ready["conversation"] == place["conversation"]
