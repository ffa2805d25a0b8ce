"""Puts events into a server's store by SQL, as if its tenants had raised them: tens of thousands in a second."""
import json
import os
import sqlite3
import time
import urllib.parse


def connect(server):
    """A connection that sees every tenant's rows; its cursor takes ? for values on both stores."""
    if not server.database:
        return sqlite3.connect(os.path.join(server.data, "azentiko.db"), timeout=30)
    import psycopg2  # only on PostgreSQL, so that SQLite needs no driver

    name = urllib.parse.urlsplit(server.database).path[1:]
    return psycopg2.connect(os.environ["AZENTIKO_TEST_PG_ADMIN"], dbname=name)


def execute(connection, statement, rows):
    if isinstance(connection, sqlite3.Connection):
        connection.executemany(statement, rows)
        return
    from psycopg2.extras import execute_batch

    with connection.cursor() as cursor:
        execute_batch(cursor, statement.replace("?", "%s"), rows, page_size=500)


def tenant_number(server, account):
    connection = connect(server)
    cursor = connection.cursor()
    cursor.execute("SELECT id, public_id FROM tenant")
    number = next(row[0] for row in cursor.fetchall() if row[1] == account)
    connection.close()
    return number


def raise_events(server, account, count, kind="message.created", size=400, subjects=0, mark="e", over=0):
    """`count` events that wait for their deliveries; of so many subjects (0: each of its own), due over so many
    seconds from now on. Their ids."""
    now = int(time.time() * 1000)
    tenant = tenant_number(server, account)
    connection = connect(server)
    ids, rows = [], []
    for i in range(count):
        body = {"type": kind, "timestamp": "2026-11-25T10:00:00.000Z", "data": {"n": i, "text": "x" * (size - 90)}}
        ids.append(f"evt_{mark}{i:0{26 - len(mark)}d}")
        subject = f"conv_{i % subjects if subjects else i:026d}"
        rows.append((tenant, ids[-1], now * 1000 + i, kind, None, None, subject, json.dumps(body, separators=(",", ":")), 1, now + int(1000 * over * i / count)))
    execute(connection, "INSERT INTO event (tenant, id, n, type, target, bot, subject, body, waiting, at) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    execute(connection, "INSERT INTO outbox (tenant, id, topic, key, body, created_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?) "
                        "ON CONFLICT (tenant, id) DO UPDATE SET due_at = excluded.due_at, version = outbox.version + 1",
            [(tenant, "events", "events", "all", "{}", now, now)])
    connection.commit()
    connection.close()
    return ids
