"""The real binary, started by each module once, on SQLite or, where
AZENTIKO_TEST_PG names a PostgreSQL (tests/pg run), on that."""
import asyncio
import inspect
import os
import shutil
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
import databases  # noqa: E402
from server import ROOT, Server  # noqa: E402


def pytest_pyfunc_call(pyfuncitem):
    """Coroutine tests run on a loop of their own, for at most a minute."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    call = pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names})
    asyncio.run(asyncio.wait_for(call, 60))
    return True


def pytest_report_header(config):
    return f"store: {'PostgreSQL' if databases.on_postgres() else 'SQLite'}"


def assert_no_report(server):
    """On a sanitizer build: it found nothing, also where the server was killed.
    On every build: the server needed no system call that its walls refuse."""
    refused = [line for line in server.lines if "system call was refused" in line]
    assert not refused, "\n".join(refused)
    found = [line for line in server.lines if "Sanitizer" in line or "runtime error:" in line]
    assert not found, "\n".join(server.lines[-80:])


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server with the demo business, shared by a module."""
    with databases.fresh() as database:
        one = Server(tmp_path_factory.mktemp("data"), database).start()
        yield one
        assert one.stop() == 0, "\n".join(one.lines[-20:])
        assert_no_report(one)


@pytest.fixture
def own(tmp_path):
    """own(options...) -> a server of this test alone; killed at its end."""
    running = []

    with databases.fresh() as database:
        def start(*options, **keywords):
            one = Server(tmp_path / "data", database, options, **keywords)
            running.append(one)
            return one.start()

        yield start
        for one in running:
            if one.process is not None and one.process.poll() is None:
                one.kill()
            print("\n".join(one.lines[-50:]))  # pytest shows it where the test failed
            assert_no_report(one)


@pytest.fixture
def scripted(own, tmp_path):
    """A server on its own copy of scripts/, and edit(file, text or function)."""
    scripts = tmp_path / "scripts"
    shutil.copytree(os.path.join(ROOT, "scripts"), scripts)
    server = own("--scripts", str(scripts))
    server.scripts = scripts

    def edit(name, change):
        path = scripts / name
        path.write_text(change(path.read_text(encoding="utf-8")) if callable(change) else change, encoding="utf-8")

    server.edit = edit
    return server
