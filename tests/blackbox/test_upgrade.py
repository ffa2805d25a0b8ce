"""Rows that an older version left are carried over."""
import contextlib
import json
import sqlite3

from api import Client, accounts, cli, create_key


@contextlib.contextmanager
def database(server):
    """run(statement, values) on the store of a server that is down."""
    if server.database:
        import psycopg2  # only on PostgreSQL

        connection = psycopg2.connect(server.database)
        cursor = connection.cursor()
        cursor.execute("SELECT set_config('app.system', 'on', false)")
        yield lambda statement, values=(): cursor.execute(statement.replace("?", "%s"), values)
    else:
        connection = sqlite3.connect(server.data + "/azentiko.db")
        yield connection.execute
    connection.commit()
    connection.close()


OLD = [("lead", "form_", {"name": "Ada", "email": "Ada@Example.org"}), ("callback", "call_", {"name": "Bob", "phone": "030 1"}),
       ("ticket", "form_", {"subject": "first"}), ("ticket", "form_", {"subject": "second"}), ("survey", "form_", {"a": "b"})]


def test_forms_of_an_older_version_are_followed_up(own):
    server = own()
    key = create_key(server, accounts(server)[0])
    server.stop()
    with database(server) as run:  # as it was before leads had a table
        run("DROP TABLE followup")
        run("DROP TABLE followup_entry")
        run("DELETE FROM migration WHERE substr(name, 6) = 'followups.sql'")
        for i, (form, prefix, fields) in enumerate(OLD):
            run("INSERT INTO submission (tenant, id, conversation, form, fields, at) VALUES (1, ?, 'conv_old', ?, ?, ?)",
                (f"{prefix}01{i:024}", form, json.dumps(fields), 1700000000000 + i))
    migrated = cli(server, "migrate")
    assert migrated.returncode == 0, migrated.stderr
    server.start()
    client = Client(server, key["secret"])
    lead, = client.all("/v1/leads")
    assert lead["id"].startswith("lead_01") and (lead["status"], lead["email"]) == ("new", "ada@example.org")
    assert lead["fields"] == {"name": "Ada", "email": "Ada@Example.org"} and lead["created_at"] == "2023-11-14T22:13:20.000Z"
    assert [c["phone"] for c in client.all("/v1/callbacks")] == ["030 1"]
    assert [(t["number"], t["subject"]) for t in client.all("/v1/tickets")] == [(2, "second"), (1, "first")]
