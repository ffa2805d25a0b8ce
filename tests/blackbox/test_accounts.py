"""The life of an account at the command line: another bot, a pause, everything
of it in a folder, and its end with a receipt."""
import asyncio
import copy
import hashlib
import json
import re
import sqlite3

from api import Client, accounts, cli, create_account, create_key, demo_dataset
from chat import Chat
from databases import on_postgres
from test_files import send

SECRETS = re.compile(r"box|secret|hash|headers|password")


def ask(server, *arguments):
    done = cli(server, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def business(**bot):
    dataset = copy.deepcopy(demo_dataset())
    dataset["bot"].pop("slug", None)
    dataset["bot"].update(bot)
    return dataset


async def until(attempt, fits, tries=80):
    """attempt(0), attempt(1), ... every tenth of a second until it fits."""
    for number in range(tries):
        found = await attempt(number)
        if fits(found):
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(found)


async def test_another_bot_of_an_account(server, tmp_path):
    account, key = create_account(server, tmp_path, business(name="First"))
    path = tmp_path / "second.json"
    path.write_text(json.dumps(business(name="Second", slug="second-bot")), encoding="utf-8")
    made = ask(server, "bot", "create", account, "--from", path)
    async with Chat(server, bot=made["public_key"]) as second, Chat(server, bot=key) as first:
        assert (second.ready["bot"]["name"], first.ready["bot"]["name"]) == ("Second", "First")
    client = Client(server, create_key(server, account)["secret"])
    assert {b["name"] for b in client.ok("/v1/bots")["data"]} == {"First", "Second"}
    again = cli(server, "bot", "create", account, "--from", path)
    assert again.returncode == 1 and "slug" in again.stderr
    path.write_text("{}", encoding="utf-8")
    broken = cli(server, "bot", "create", account, "--from", path)
    assert broken.returncode == 1 and "nothing was created" in broken.stderr
    nobody = cli(server, "bot", "create", "tnt_" + "0" * 26, "--from", path)
    assert nobody.returncode == 1 and "no account" in nobody.stderr


async def test_a_suspended_account_rests(server, tmp_path):
    account, key = create_account(server, tmp_path, business())
    client = Client(server, create_key(server, account)["secret"])
    chat = await Chat(server, bot=key).open()
    await chat.say("/hours")
    assert ask(server, "tenant", "suspend", account) == {"account": account, "status": "suspended"}

    async def said(cid):
        await chat.send("message", cid=cid, text="/hours")
        while True:
            frame = await chat.next()
            if frame.get("cid") == cid:
                return frame

    error = await until(lambda n: said(f"late{n}"), lambda f: f["type"] == "error")  # the account's own actor has its mail
    assert error["code"] == "account_suspended" and "not available" in error["title"]
    headers = {"Origin": f"http://localhost:{server.port}"}

    async def asked(_):
        return server.request("GET", f"/v1/chat/config?bot={key}", headers=headers)[0]

    # What the way in knows of bots and keys is some seconds old at most.
    assert await until(asked, lambda status: status != 200) == 403
    assert client.get("/v1/bots").code == "account_suspended"
    assert ask(server, "tenant", "resume", account)["status"] == "active"
    await until(lambda n: said(f"back{n}"), lambda f: f["type"] == "ack")
    await until(asked, lambda status: status == 200)

    async def listed(_):
        return client.get("/v1/bots").status

    await until(listed, lambda status: status == 200)
    await chat.socket.close()


def tables(database):
    """table -> its columns, of every table that has rows of tenants."""
    if on_postgres():
        with database.cursor() as cursor:
            cursor.execute("SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
                           " WHERE table_schema = current_schema() ORDER BY ordinal_position")
            found = {}
            for table, name, kind, nullable in cursor.fetchall():
                found.setdefault(table, []).append((name, kind == "text", nullable == "NO"))
    else:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {table: [(c[1], c[2].lower() == "text", bool(c[3])) for c in database.execute(f'PRAGMA table_info("{table}")')]
                 for table in names}
    return {t: columns for t, columns in found.items() if any(c[0] == "tenant" for c in columns)}


class Raw:
    """The database itself."""

    def __init__(self, server):
        if on_postgres():
            import psycopg2
            self.database = psycopg2.connect(server.database)
            self.run("SET app.system = 'on'")
        else:
            self.database = sqlite3.connect(f"{server.data}/azentiko.db", timeout=20)

    def run(self, sql, *values):
        cursor = self.database.cursor()
        cursor.execute(sql.replace("?", "%s") if on_postgres() else sql, values)
        return cursor

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.database.commit()
        self.database.close()


def fill_every_table(server, account):
    """One made-up row of the account in each table that can hold one; the tables."""
    with Raw(server) as raw:
        tenant = raw.run("SELECT id FROM tenant WHERE public_id = ?", account).fetchone()[0]
        if on_postgres():
            raw.run(f"SET app.tenant = '{tenant}'")
        bot = raw.run("SELECT id FROM bot WHERE tenant = ?", tenant).fetchone()[0]
        hook = None
        all_tables = tables(raw.database)
        for table in sorted(all_tables, key=lambda t: (t != "hook", t)):
            if table == "bot":
                continue
            row = {}
            for name, is_text, _ in all_tables[table]:
                row[name] = f"made_up_{table}" if is_text else 1
            row.update({"tenant": tenant, **({"bot": bot} if "bot" in row else {})})
            if table == "hook":
                hook = row["id"]
            if table == "hook_seen":
                row["hook"] = hook
            if table == "outbox":
                row["done_at"] = 1
            marks = ", ".join("?" * len(row))
            raw.run(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values())
    return tenant, set(all_tables)


def counts(server, tenant):
    with Raw(server) as raw:
        return {table: raw.run(f"SELECT count(*) FROM {table} WHERE tenant = ?", tenant).fetchone()[0]
                for table in tables(raw.database)}


async def test_everything_of_an_account_leaves_in_a_folder_and_then_for_good(server, tmp_path):
    """Each table with a tenant, also one that a later migration adds."""
    account, key = create_account(server, tmp_path, business())
    async with Chat(server, bot=key) as chat:
        await chat.say("/hours")
        note = b"what a visitor has sent"
        assert (await asyncio.to_thread(send, server, chat.ready, note, "note.txt", key))[0] == 201
    refusal = cli(server, "tenant", "delete", account, "--yes")
    assert refusal.returncode == 1 and "suspend" in refusal.stderr
    ask(server, "tenant", "suspend", account)
    others = {a: await asyncio.to_thread(ask, server, "tenant", "delete", a) for a in accounts(server) if a != account}
    tenant, all_tables = fill_every_table(server, account)
    before = counts(server, tenant)
    assert all(before.values()), "fill_every_table must reach each table"

    folder = tmp_path / "export"
    receipt = ask(server, "tenant", "export", account, folder)
    rows = [json.loads(line) for line in (folder / "account.jsonl").read_text(encoding="utf-8").splitlines()]
    assert receipt["rows"] == len(rows) and receipt["files"] == 1
    found = {row["table"] for row in rows}
    assert found == all_tables | {"tenant"}, "a table has no account.rows statement: schema/queries/account.sql"
    names = {(row["table"], name) for row in rows for name in row["row"]}
    assert not {n for n in names if SECRETS.search(n[1]) and n[1] not in ("sha256",) and not n[1].endswith("_until")
                and n not in {("script_version", "hash"), ("mail_block", "address_hash")}}
    sent = [row["row"] for row in rows if row["table"] == "file" and not row["row"]["name"].startswith("made_up")][0]
    data = (folder / "files" / sent["name"]).read_bytes()
    assert data == note and hashlib.sha256(data).hexdigest() == sent["sha256"]
    assert cli(server, "tenant", "export", account, folder).returncode == 1  # never over another one

    dry = ask(server, "tenant", "delete", account)
    assert dry["erased"] is False and {t: n for t, n in dry["rows"].items() if t != "tenant"} == before
    assert counts(server, tenant) == before
    done = ask(server, "tenant", "delete", account, "--yes")
    assert done["erased"] and done["rows"] == dry["rows"] and done["left"] == 0
    assert not any(counts(server, tenant).values()), "a table has no tenant.erase statement: schema/queries/tenant.sql"
    assert account not in accounts(server) and cli(server, "tenant", "delete", account, "--yes").returncode == 1
    for other, was in others.items():
        assert ask(server, "tenant", "delete", other)["rows"] == was["rows"]


def test_nobody_is_deleted_by_a_name_that_is_none(server):
    for verb in ("suspend", "resume", "delete"):
        done = cli(server, "tenant", verb, "tnt_' OR 1=1")
        assert done.returncode == 1 and "no account" in done.stderr
    assert cli(server, "tenant", "delete").returncode == 2


def test_the_doctor_sees_what_is_wrong(own, tmp_path):
    server = own()

    def findings(*options):
        done = cli(server, "doctor", "--json", *options)
        return done.returncode, {line["what"]: line["verdict"] for line in json.loads(done.stdout)}

    code, found = findings()
    assert code == 0 and found["server"] == found["database"] == found["keys"] == found["time zones"] == "ok", found
    assert "answers" in cli(server, "doctor").stdout
    assert server.stop() == 0
    (tmp_path / "data" / "secret.key").chmod(0o644)
    bad = tmp_path / "cert.pem"
    bad.write_text("nonsense", encoding="utf-8")
    code, found = findings("--tls-cert", bad)
    assert code == 1 and found["keys"] == found["TLS"] == "fail" and found["server"] == "ok", found
