"""A database for each server under test: on PostgreSQL one of its own, made
and dropped here; on SQLite none, since the data directory holds it."""
import contextlib
import itertools
import os
import sqlite3
import subprocess
import urllib.parse

_numbers = itertools.count(1)


def on_postgres():
    return bool(os.environ.get("AZENTIKO_TEST_PG"))


def administer(statement):
    """Runs one statement as superuser, outside any transaction."""
    import psycopg2  # only on PostgreSQL, so that SQLite needs no driver

    connection = psycopg2.connect(os.environ["AZENTIKO_TEST_PG_ADMIN"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def cluster(verb):
    """`stop` crashes the whole PostgreSQL, `start` brings it back."""
    subprocess.run([os.path.join(os.path.dirname(__file__), "..", "pg"), verb], check=True, timeout=60)


@contextlib.contextmanager
def fresh():
    """Yields a postgres:// URL of an empty database, or None for SQLite."""
    if not on_postgres():
        yield None
        return
    name = f"azk_{os.getpid()}_{next(_numbers)}"
    administer(f"CREATE DATABASE {name} OWNER azentiko")
    try:
        yield urllib.parse.urlsplit(os.environ["AZENTIKO_TEST_PG"])._replace(path="/" + name).geturl()
    finally:
        administer(f"DROP DATABASE {name} WITH (FORCE)")


def _run(server, statement, values, result):
    if server.database:
        import psycopg2

        connection = psycopg2.connect(os.environ["AZENTIKO_TEST_PG_ADMIN"],
                                      dbname=urllib.parse.urlsplit(server.database).path[1:])
        statement = statement.replace("?", "%s")
    else:
        connection = sqlite3.connect(os.path.join(server.data, "azentiko.db"))
    with contextlib.closing(connection):
        cursor = connection.cursor()
        cursor.execute(statement, values)
        found = result(cursor)
        connection.commit()
        return found


def rows(server, statement, *values):
    """What a server has stored; the statement has ? for each value."""
    return _run(server, statement, values, lambda cursor: cursor.fetchall())


def change(server, statement, *values):
    """Changes it behind the server's back, as time would: how many rows."""
    return _run(server, statement, values, lambda cursor: cursor.rowcount)
