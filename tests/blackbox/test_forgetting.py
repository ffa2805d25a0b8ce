"""What is kept for a time is forgotten by daily jobs, and nothing else is: old
and new rows of every kind are put into the store, the clock of the jobs is
set to now, and what is left is compared. On both stores."""
import asyncio
import contextlib
import json
import sqlite3
import time

import psycopg2
from api import Client, accounts, create_account, create_key, demo_dataset
from chat import Chat

DAY = 86400000
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


def id_at(prefix, ms, number):
    """An id as of that moment: 48 bits of time, then a number."""
    value, out = (ms << 80) | number, ""
    for _ in range(26):
        out = LETTERS[value & 31] + out
        value >>= 5
    return f"{prefix}_{out}"


@contextlib.contextmanager
def store_of(server):
    """run(sql, parameters) on the server's store; `?` are the parameters."""
    if server.database:
        connection = psycopg2.connect(server.database)
        with connection, connection.cursor() as cursor:
            cursor.execute("SET app.system = 'on'")

            def run(sql, *values):
                cursor.execute(sql.replace("?", "%s"), values)
                return cursor.fetchall() if cursor.description else []
            yield run
        connection.close()
    else:
        connection = sqlite3.connect(f"{server.data}/azentiko.db", timeout=10)
        yield lambda sql, *values: connection.execute(sql, values).fetchall()
        connection.commit()
        connection.close()


class Rows:
    """Rows of one tenant at some moments; what must go and what must stay is noted."""

    def __init__(self, run, tenant, bot):
        self.run, self.tenant, self.bot, self.n, self.hook = run, tenant, bot, 0, f"whk_in_{tenant}"
        self.gone, self.kept = [], []

    def add(self, table, goes, key, **columns):
        columns = {"tenant": self.tenant, **columns}
        self.run(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", *columns.values())
        where = {name: columns[name] for name in ("tenant", *key)}
        (self.gone if goes else self.kept).append((table, where))

    def is_there(self, run, table, where):
        sql = f"SELECT 1 FROM {table} WHERE " + " AND ".join(f"{name} = ?" for name in where)
        return bool(run(sql, *where.values()))

    def number(self):
        self.n += 1
        return self.n

    def event(self, at, goes, **more):
        ident = id_at("evt", at, self.number())
        self.add("event", goes, ("id",), id=ident, n=at * 1000 + self.n, type="lead.created", body='{"data":{}}',
                 **{"waiting": 0, "at": at, **more})
        return ident

    def delivery(self, at, goes, state="delivered", updated=None, endpoint="whk_a", event_goes=None):
        event = self.event(at, goes if event_goes is None else event_goes)
        self.add("delivery", goes, ("endpoint", "event"), endpoint=endpoint, event=event, n=at * 1000 + self.n, state=state,
                 attempts=1, due_at=at, updated_at=updated or at)
        return event

    def attempt(self, at, goes, event, endpoint="whk_a"):
        self.add("attempt", goes, ("endpoint", "event", "at", "attempt"), endpoint=endpoint, event=event, at=at, attempt=1, ms=3)

    def mail(self, at, goes, state="sent", event=None):
        ident = f"mail_{id_at('x', at, self.number())[2:]}_{self.n}"
        self.add("mail", goes, ("id",), id=ident, kind="lead", recipient="rcp_x", address="a@example.org", language="en", event=event,
                 state=state, due_at=at if state != "waiting" else at + 400 * DAY, created_at=at, updated_at=at)

    def conversation(self, at, goes):
        """A recorded conversation: its input, dialog and steps go, its message stays."""
        ident = id_at("conv", at, self.number())
        self.add("conversation", False, ("id",), id=ident, bot=self.bot, visitor="vis_x", status="bot", seq=1, state="{}",
                 created_at=at, updated_at=at)
        self.add("message", False, ("conversation", "seq"), conversation=ident, seq=1, sender="visitor", body="[]", at=at, input="{}")
        self.add("dialog", goes, ("conversation", "dialog"), conversation=ident, dialog="1", bot=self.bot, command="x", version=0,
                 outcome="done", at=at)
        self.add("step", goes, ("conversation", "dialog", "step"), conversation=ident, dialog="1", step=1, kind="say", value="1", at=at)
        self.add("step", False, ("conversation", "dialog", "step"), conversation=ident, dialog="2", step=1, kind="say", value="1", at=at)
        return ident


def fill(rows, now):
    old, young = now - 31 * DAY, now - 29 * DAY
    for at, goes in ((old, True), (young, False)):
        rows.attempt(at, goes, rows.delivery(at, goes))
        rows.attempt(at, goes, rows.delivery(at, goes, state="failed"))
        rows.event(at, goes)
        rows.mail(at, goes)
        rows.mail(at, goes, state="off")
    rows.attempt(old, True, rows.event(old, True), endpoint="whk_deleted_long_ago")
    for endpoint, state in (("whk_a", "on"), ("whk_off", "off")):
        rows.add("endpoint", False, ("id",), id=endpoint, url="https://x.invalid/", events="[]", description="", state=state,
                 created_at=old, updated_at=old)
    rows.delivery(old, False, state="waiting")  # goes out one day
    rows.delivery(old, True, state="waiting", endpoint="whk_off")
    rows.event(old, False, waiting=1)
    replayed = rows.delivery(old, False, updated=young)
    rows.attempt(old, True, replayed)
    rows.attempt(young, False, replayed)
    rows.mail(old, False, state="waiting", event=rows.event(old, False))
    rows.add("hook_seen", True, ("hook", "id"), hook=rows.hook, id="old", at=old)
    rows.add("hook_seen", False, ("hook", "id"), hook=rows.hook, id="young", at=young)
    for days, goes in ((1.1, True), (0.5, False)):
        rows.add("api_answer", goes, ("idempotency_key",), api_key="key_x", idempotency_key=f"k{days}", request="r", status=200,
                 body="{}", at=int(now - days * DAY))
    for days, goes in ((15, True), (13, False)):
        at = now - days * DAY
        rows.add("script_log", goes, ("bot", "id"), bot=rows.bot, id=f"log_{at:012x}000001abcdef", level=1, at=at, message="x", position="",
                 conversation=None, version=0)
    rows.add("submission", False, ("id",), id=id_at("form", old, 1), conversation="conv_x", form="own", fields="{}", at=old)
    rows.add("followup", False, ("id",), id=id_at("lead", old, 1), kind="lead", bot=rows.bot, conversation="conv_x", visitor="vis_x",
             status="new", fields="{}", created_at=old, updated_at=old)
    return rows.conversation(old, True), rows.conversation(young, False)


def due_now(run, tenant):
    run("UPDATE outbox SET due_at = 0 WHERE tenant = ? AND topic IN ('retention', 'recordings')", tenant)


def wait_for(holds, timeout=20):
    end = time.monotonic() + timeout
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)


def tenant_of(run, account):
    return run("SELECT id FROM tenant WHERE public_id = ?", account)[0][0]


def test_what_is_old_goes_and_nothing_else(own, tmp_path):
    server = own()
    dataset = demo_dataset()
    dataset["bot"].pop("slug", None)
    first = accounts(server)[0]
    other, _ = create_account(server, tmp_path, dataset)
    now = int(time.time() * 1000)
    found = {}
    with store_of(server) as run:
        for account in (first, other):
            tenant = tenant_of(run, account)
            bot = run("SELECT id FROM bot WHERE tenant = ?", tenant)[0][0]
            rows = Rows(run, tenant, bot)
            run("INSERT INTO hook (tenant, id, bot, name, deliver, secret, description, state, created_at, updated_at)"
                " VALUES (?, ?, ?, 'x', 'event', 's', '', 'on', 0, 0)", tenant, rows.hook, bot)
            old, young = fill(rows, now)
            found[account] = (rows, old, young)
        due_now(run, tenant_of(run, first))  # the other account's day is not over
    rows, old, young = found[first]

    def through():
        with store_of(server) as run:
            return not any(rows.is_there(run, *row) for row in rows.gone)

    wait_for(through)
    with store_of(server) as run:
        tenant = tenant_of(run, first)
        assert [row for row in rows.kept if not rows.is_there(run, *row)] == []
        inputs = dict(run("SELECT conversation, input FROM message WHERE tenant = ? AND conversation IN (?, ?)", tenant, old, young))
        assert inputs == {old: None, young: "{}"}
        theirs = found[other][0]
        assert [row for row in theirs.gone + theirs.kept if not theirs.is_there(run, *row)] == []
        due = dict(run("SELECT topic, due_at FROM outbox WHERE tenant = ? AND topic IN ('retention', 'recordings')", tenant))
        assert all(now + 0.9 * DAY < at < now + 1.1 * DAY for at in due.values()) and len(due) == 2


def test_an_account_may_keep_it_longer_or_shorter(own, tmp_path):
    server = own()
    dataset = demo_dataset()
    dataset["bot"].pop("slug", None)
    account, _ = create_account(server, tmp_path, dataset)
    now = int(time.time() * 1000)
    with store_of(server) as run:
        tenant = tenant_of(run, account)
        bot = run("SELECT id FROM bot WHERE tenant = ?", tenant)[0][0]
        run("UPDATE tenant SET settings = ? WHERE id = ?", json.dumps({"retention": {"webhooks": 3, "recordings": 60}}), tenant)
        rows = Rows(run, tenant, bot)
        rows.attempt(now - 4 * DAY, True, rows.delivery(now - 4 * DAY, True))
        rows.attempt(now - 2 * DAY, False, rows.delivery(now - 2 * DAY, False))
        rows.conversation(now - 61 * DAY, True)
        rows.conversation(now - 59 * DAY, False)
        due_now(run, tenant)

    def through():
        with store_of(server) as run:
            return not any(rows.is_there(run, *row) for row in rows.gone)

    wait_for(through)
    with store_of(server) as run:
        assert [row for row in rows.kept if not rows.is_there(run, *row)] == []


async def test_a_large_ledger_goes_without_stopping_visitors(own):
    server = own()
    now = int(time.time() * 1000)
    count = 20000
    account = accounts(server)[0]
    with store_of(server) as run:
        tenant = tenant_of(run, account)
        run("""INSERT INTO event (tenant, id, n, type, body, waiting, at)
               WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ?)
               SELECT ?, 'evt_00' || n, n, 'lead.created', '{}', 0, ? FROM s""", count, tenant, now - 40 * DAY)
        run("""INSERT INTO delivery (tenant, endpoint, event, n, state, attempts, due_at, updated_at)
               SELECT tenant, 'whk_a', id, n, 'delivered', 1, at, at FROM event WHERE tenant = ?""", tenant)
        run("""INSERT INTO attempt (tenant, endpoint, event, at, attempt, status, ms)
               SELECT tenant, endpoint, event, updated_at, 1, 200, 3 FROM delivery WHERE tenant = ?""", tenant)
        due_now(run, tenant)

    def left():
        with store_of(server) as run:
            return sum(run(f"SELECT count(*) FROM {t} WHERE tenant = ?", tenant)[0][0] for t in ("event", "delivery", "attempt"))

    waits = []
    async with Chat(server) as chat:
        end = time.monotonic() + 40
        while await asyncio.to_thread(left) > 50 and time.monotonic() < end:
            begun = time.monotonic()
            await chat.say("/hours")
            waits.append(time.monotonic() - begun)
    assert left() <= 50  # what these chats themselves wrote
    waits.sort()
    assert waits[len(waits) // 2] < 0.25, waits[-5:]


def test_the_key_of_a_request_is_free_again_after_a_day(own):
    server = own()
    account = accounts(server)[0]
    client = Client(server, create_key(server, account)["secret"])
    body = {"title": "a", "text": "b"}
    first = client.post("/v1/canned_replies", body, key="once").body["id"]
    assert client.post("/v1/canned_replies", body, key="once").body["id"] == first
    with store_of(server) as run:
        run("UPDATE api_answer SET at = at - ?", DAY + 1)
        due_now(run, tenant_of(run, account))

    def through():
        with store_of(server) as run:
            return run("SELECT count(*) FROM api_answer")[0][0] == 0

    wait_for(through)
    assert client.post("/v1/canned_replies", body, key="once").body["id"] != first
