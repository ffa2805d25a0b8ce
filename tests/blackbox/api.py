"""A client of the HTTP API, and accounts for tests of it."""
import json
import os
import re
import urllib.parse

import document
from server import ROOT, run_cli


def cli(server, *arguments):
    store = ["--database", server.database] if server.database else []
    return run_cli(*arguments, "--data", server.data, *store)


def accounts(server):
    listed = cli(server, "tenant", "list", "--json")
    assert listed.returncode == 0, listed.stderr
    return [row["public_id"] for row in json.loads(listed.stdout)]


def demo_dataset():
    with open(os.path.join(ROOT, "scripts", "demo", "demo.json"), encoding="utf-8") as file:
        return json.load(file)


def create_account(server, tmp_path, dataset):
    """(public id of the account, public key of its bot)"""
    path = tmp_path / "business.json"
    path.write_text(json.dumps(dataset), encoding="utf-8")
    done = cli(server, "tenant", "create", "--from", path)
    assert done.returncode == 0, done.stderr
    return re.search(r"tnt_\w+", done.stdout)[0], re.search(r"pk_\w+", done.stdout)[0]


def create_key(server, account, scopes="*", *options):
    """{"id", "secret"}"""
    done = cli(server, "tenant", "key", "create", account, "--scopes", scopes, "--json", *options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Answer:
    def __init__(self, status, headers, text):
        binary = (headers["Content-Type"] or "").startswith(("image/", "application/octet-stream"))
        self.status, self.headers, self.text = status, headers, text.decode(errors="replace" if binary else "strict")

    @property
    def body(self):
        return json.loads(self.text) if self.text else None

    @property
    def code(self):
        assert self.headers["Content-Type"].startswith("application/problem+json"), self.text
        problem = self.body
        assert problem["status"] == self.status and problem["title"] and problem["type"] == "about:blank"
        return problem["code"]

    def __repr__(self):
        return f"{self.status} {self.text[:500]}"


class Client:
    """Calls with one key; every answer keeps the API's conventions, or the call fails."""

    def __init__(self, server, secret):
        self.server, self.secret = server, secret

    def call(self, method, path, body=None, headers=None, **query):
        if query:
            path += "?" + urllib.parse.urlencode(query)
        headers = {"Authorization": f"Bearer {self.secret}", **(headers or {})}
        if body is not None and not isinstance(body, (bytes, dict)):
            body = json.dumps(body).encode()
        answer = Answer(*self.server.request(method, path, body, headers))
        assert answer.headers["Access-Control-Allow-Origin"] is None
        if answer.status >= 400:
            assert answer.code
        operation = document.find(method, path)
        if operation:
            operation.check(answer.status, answer.headers["Content-Type"], answer.text)
        return answer

    def get(self, path, **query):
        return self.call("GET", path, **query)

    def post(self, path, body, key=None):
        return self.call("POST", path, body, {"Idempotency-Key": key} if key else None)

    def ok(self, path, **query):
        answer = self.get(path, **query)
        assert answer.status == 200, answer
        return answer.body

    def all(self, path, **query):
        """Every entry of a list, page by page."""
        entries, cursor = [], None
        while True:
            page = self.ok(path, **query, **({"cursor": cursor} if cursor else {}))
            entries += page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return entries
