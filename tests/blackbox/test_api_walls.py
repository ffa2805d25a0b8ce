"""Two accounts with the same kind of data, and every route of the document
called with the key of one and the ids of the other: what is somebody else's is
answered exactly as what never was, nothing of it is told, nothing changes.

A route joins by itself. One with a parameter that PLACES cannot fill fails:
add to seed() what it refers to.
"""
import asyncio
import copy
import itertools
import re
import urllib.parse

import databases
import pytest
from api import Client, create_account, create_key, demo_dataset
from chat import Chat
from document import OPERATIONS
from server import Server
from test_files import png, send

CLIENT_OPERATIONS = [o for o in OPERATIONS if o.for_clients]
CONSTANTS = {"kind": "faq"}  # parameters that name no row
_numbers = itertools.count(1)
# Lists that cannot have a second page here: an account is made with one bot, and its scripts have nothing to say.
ONE_ENTRY = {"/v1/bots", "/v1/bots/{bot}/script_log"}
REQUIRED = {"from": 1, "to": 2}  # required parameters of a query that name no row of another kind
NO_REFERENCE = {"limit", "cursor", "status", "from", "until", "per"}  # query parameters that name none either


async def talk(server, public_key, marker):
    """A conversation that only its own account may see."""
    async with Chat(server, bot=public_key) as chat:
        await chat.say(f"/hours {marker}")
        await chat.post("command", name="services")
        for kind in ("lead", "callback", "ticket"):
            fields = {"name": marker, "email": f"{marker}{next(_numbers)}@example.org", "phone": f"+49 30 {1234567 + next(_numbers)}",
                      "subject": marker, "message": marker}
            await chat.post("form", form=kind, fields=fields)
        assert send(server, chat.ready, png(8, 8), name=f"{marker}.png", bot=public_key)[0] == 201
        return chat.ready["conversation"], chat.ready["visitor"].split(".")[0]


class Account:
    def __init__(self, server, folder, marker):
        dataset = copy.deepcopy(demo_dataset())
        dataset["business"]["name"] = dataset["bot"]["name"] = f"{marker} Ltd"
        folder.mkdir()
        self.marker = marker
        self.id, self.public_key = create_account(server, folder, dataset)
        self.first = self.client = Client(server, create_key(server, self.id)["secret"])
        self.places = self.seed(server)

    def seed(self, server):
        """name of a parameter -> an id of this account, for every parameter of the API. At least two rows of each
        kind, so that lists have a second page."""
        client, marker = self.client, self.marker
        bot = client.ok("/v1/bots")["data"][0]["id"]
        for i in range(2):
            conversation, visitor = asyncio.run(talk(server, self.public_key, marker))
            entry = f"{marker.lower()}-entry-{i}"
            client.call("PUT", f"/v1/bots/{bot}/dataset/faq/{entry}", {"question": f"{marker}?", "answer": f"{marker}!"})
            key = client.post("/v1/keys", {"name": marker, "scopes": ["bots:read"]}).body["id"]
            client.post(f"/v1/conversations/{conversation}/take", {"force": False})
            client.post(f"/v1/conversations/{conversation}/notes", {"text": marker})
            hook = client.post("/v1/webhooks", {"url": f"https://{marker}.invalid/", "events": ["lead.*"]}).body["id"]
            files = {"rules/fallback.lua": f'local bot = require "bot"\nbot.fallback {{ {{ after = 1, say = "{marker} {i}" }} }}'}
            assert client.post(f"/v1/bots/{bot}/scripts/publish", {"files": files}).status == 200
            reply = client.post("/v1/canned_replies", {"title": marker, "text": marker}).body["id"]
            incoming = client.post("/v1/hooks", {"bot": bot, "name": f"{marker.lower()}{i}"}).body["id"]
            recipient = client.post("/v1/notices", {"email": f"{marker}{i}@example.org", "at_once": ["script"]}).body["id"]
            assert client.post(f"/v1/notices/{recipient}/test", None).status == 202
        for i in range(2):
            assert client.post(f"/v1/webhooks/{hook}/test", None).status == 202
        event = client.ok(f"/v1/webhooks/{hook}/deliveries")["data"][0]["event"]
        secret = f"{marker}_KEY"
        assert client.call("PUT", f"/v1/bots/{bot}/secrets/{secret}", {"value": marker}).status == 200
        followups = {}
        for kind in ("lead", "callback", "ticket"):
            followups[kind] = client.ok(f"/v1/{kind}s")["data"][0]["id"]
            for i in range(2):
                assert client.post(f"/v1/{kind}s/{followups[kind]}/notes", {"text": marker}).status == 201
        return {"bot": bot, "conversation": conversation, "visitor": visitor, "entry": entry, "key": key, "reply": reply,
                "file": client.ok("/v1/files")["data"][0]["id"], "webhook": hook, "event": event, "secret": secret,
                "recipient": recipient, "hook": incoming, **followups}

    def new_key(self):
        return self.first.post("/v1/keys", {"name": self.marker, "scopes": ["*"]}).body["secret"]

    def secrets(self):
        """Texts that only this account's answers may contain."""
        return [self.id, self.marker, self.public_key, *self.places.values()]

    def everything(self):
        """All that this account can read, to see whether somebody else changed it."""
        found = {}
        for operation in CLIENT_OPERATIONS:
            if operation.method == "GET":
                path = path_of(operation, self.places)
                query = {name: REQUIRED[name] for name in operation.required}
                answer = self.client.ok(path, limit=100)["data"] if operation.is_list else self.client.get(path, **query).text
                found[path] = re.sub(r"'last_used_on': '[\d-]+'", "", str(answer))
                if "webhooks" in path:  # how its deliveries fare changes by itself
                    found[path] = re.findall(r"whk_\w+|evt_\w+|https://\w+|lead\.\*", found[path])
        return found


@pytest.fixture
def accounts(both):
    """With new keys for each test, for a key may make 600 requests a minute."""
    for account in both:
        account.client = Client(account.client.server, account.new_key())
    return both


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folder = tmp_path_factory.mktemp("walls")
    with databases.fresh() as database:
        server = Server(folder / "data", database).start()
        yield Account(server, folder / "a", "ALPHA"), Account(server, folder / "b", "BRAVO")
        assert server.stop() == 0


def value_of(name, places):
    if name in CONSTANTS:
        return CONSTANTS[name]
    assert name in places, f"tell tests/blackbox/test_api_walls.py what the parameter '{name}' refers to: see seed()"
    return places[name]


def path_of(operation, places):
    path = operation.path
    for name in operation.path_names:
        path = path.replace("{" + name + "}", urllib.parse.quote(str(value_of(name, places))))
    return path


def absent(value):
    """An id of the same form that nobody has."""
    found = re.fullmatch(r"([a-z]+_)[0-9a-z]{26}", str(value))
    if str(value).isupper():
        return "ABSENT_KEY"
    return found[1] + "0" * 26 if found else 987654 if isinstance(value, int) else "absent-entry"


def body_slots(schema, places):
    return [name for name in (schema or {}).get("properties", {}) if name in places]


def slots(operation, places):
    """Where the operation takes an id: ("path", name), ("query", name), ("body", name)."""
    queries = [name for name in operation.query if name in places]
    unknown = [name for name, p in operation.query.items()
               if name not in places and name not in NO_REFERENCE and p["schema"].get("type") == "string"
               and "enum" not in p["schema"] and p["schema"].get("format") is None and "free text" not in p.get("description", "")]
    assert not unknown, f"{operation}: are {unknown} ids? Add them to seed(), or say 'free text' in their description"
    return [*(("path", n) for n in operation.path_names if n not in CONSTANTS), *(("query", n) for n in queries),
            *(("body", n) for n in body_slots(operation.body, places))]


def names_its_own(operation, slot):
    """The last name of a PUT's address is the caller's choice, and another's use of it does not matter."""
    return operation.method == "PUT" and slot == ("path", operation.path_names[-1])


def call(client, operation, places, slot=None, value=None, headers=None, **query):
    """The operation with a client's own ids, but for the one in the slot."""
    places = dict(places)
    where, name = slot or (None, None)
    if where == "path":
        places[name] = value
    if where == "query":
        query[name] = value
    body = operation.body and copy.deepcopy(operation.body["example"])
    for field in body_slots(operation.body, places):
        body[field] = value if (where, name) == ("body", field) else places[field]
    query = {**{required: REQUIRED[required] for required in operation.required}, **query}
    headers = dict(headers or {})
    if operation.method == "POST":
        headers.setdefault("Idempotency-Key", f"walls-{next(_numbers)}")
    return client.call(operation.method, path_of(operation, places), body, headers, **query)


def tells_nothing_of(account, answer):
    for secret in account.secrets():
        assert str(secret) not in answer.text and str(secret) not in str(answer.headers), answer


@pytest.mark.parametrize("operation", CLIENT_OPERATIONS, ids=str)
def test_what_is_anothers_is_answered_as_what_never_was(accounts, operation):
    alpha, bravo = accounts
    before = alpha.everything()
    for slot in slots(operation, alpha.places):
        foreign = value_of(slot[1], alpha.places)
        theirs = call(bravo.client, operation, bravo.places, slot, foreign)
        nobodys = call(bravo.client, operation, bravo.places, slot, absent(foreign))
        if names_its_own(operation, slot):
            for name in (foreign, absent(foreign)):  # it was bravo's own, and goes again
                bravo.client.call("DELETE", path_of(operation, {**bravo.places, slot[1]: name}))
            theirs.text, nobodys.text = theirs.text.replace(foreign, "x"), nobodys.text.replace(absent(foreign), "x")
        elif slot[0] == "path":
            assert theirs.status == 404, (slot, theirs)
        assert (theirs.status, theirs.text) == (nobodys.status, nobodys.text), slot
        tells_nothing_of(alpha, theirs)
    assert alpha.everything() == before


@pytest.mark.parametrize("operation", [o for o in CLIENT_OPERATIONS if o.method == "GET"], ids=str)
def test_a_read_with_ones_own_ids_tells_nothing_of_others(accounts, operation):
    alpha, bravo = accounts
    headers = {"X-Tenant": alpha.id, "X-Account-Id": alpha.id, "Cookie": f"tenant={alpha.id}", "X-Forwarded-User": alpha.id}
    answer = call(bravo.client, operation, bravo.places, headers=headers)
    assert answer.status == 200, answer
    tells_nothing_of(alpha, answer)
    assert call(alpha.client, operation, alpha.places).status == 200


@pytest.mark.parametrize("operation", [o for o in CLIENT_OPERATIONS if o.is_list and o.path not in ONE_ENTRY], ids=str)
def test_a_cursor_of_another_account_is_no_cursor(accounts, operation):
    alpha, bravo = accounts
    cursor = call(alpha.client, operation, alpha.places, limit=1).body["next_cursor"]
    assert cursor, f"{operation}: seed() must make at least two entries, or a cursor cannot be tried"
    theirs = call(bravo.client, operation, bravo.places, limit=1, cursor=cursor)
    nobodys = call(bravo.client, operation, bravo.places, limit=1, cursor="6e6f6e65.nothing")
    assert theirs.code == "bad_cursor"
    assert (theirs.status, theirs.text) == (nobodys.status, nobodys.text)


@pytest.mark.parametrize("operation", [o for o in CLIENT_OPERATIONS if o.method == "POST"], ids=str)
def test_an_idempotency_key_of_another_account_is_a_new_one(accounts, operation):
    alpha, bravo = accounts
    headers = {"Idempotency-Key": f"shared {operation}".replace(" ", "-")}
    first = call(alpha.first, operation, alpha.places, headers=headers)
    assert first.status < 300, f"{operation}: its example must succeed: {first}"
    answer = call(bravo.first, operation, bravo.places, headers=headers)
    assert answer.status == first.status and answer.headers["Idempotency-Replayed"] is None, answer
    tells_nothing_of(alpha, answer)


@pytest.mark.parametrize("operation", CLIENT_OPERATIONS, ids=str)
def test_no_route_answers_without_a_key(accounts, operation):
    alpha, _ = accounts
    for secret in ("", "azk_" + "0" * 40, alpha.public_key, "azk_" + alpha.id):
        assert call(Client(alpha.client.server, secret), operation, alpha.places).status == 401
