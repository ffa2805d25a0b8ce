"""Tenants: made from a dataset file, listed, and never meeting each other."""
import asyncio
import copy
import glob
import json
import os

import pytest
from chat import Chat, texts
from server import ROOT, run_cli


def demo_dataset():
    """The demo business as shipped, wherever scripts keep it."""
    for path in glob.glob(os.path.join(ROOT, "**", "demo*.json"), recursive=True):
        if "node_modules" not in path and "/build" not in path:
            with open(path, encoding="utf-8") as file:
                return json.load(file)
    raise AssertionError("no demo dataset in the tree")


def create(server, path):
    arguments = ["tenant", "create", "--from", str(path), "--json", "--data", server.data]
    if server.database:
        arguments += ["--database", server.database]
    return run_cli(*arguments)


def tenants(server):
    arguments = ["tenant", "list", "--json", "--data", server.data]
    if server.database:
        arguments += ["--database", server.database]
    done = run_cli(*arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def write(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path
