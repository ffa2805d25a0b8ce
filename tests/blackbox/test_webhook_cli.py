"""azentiko webhook: what the HTTP API can, from the command line, beside a running server."""
import json

import pytest
from api import Client, accounts, cli, create_account, create_key, demo_dataset
from receiver import Receiver

OPEN = ("--test-outbound-loopback", "--test-webhook-scale", "1000")


@pytest.fixture
def receiver():
    one = Receiver()
    yield one
    one.close()


class Cli:
    def __init__(self, server, account):
        self.server, self.account = server, account

    def run(self, verb, *arguments, code=0):
        done = cli(self.server, "webhook", verb, self.account, *arguments, "--test-outbound-loopback")
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done

    def json(self, verb, *arguments):
        return json.loads(self.run(verb, *arguments, "--json").stdout)


def test_the_life_of_an_endpoint(own, receiver, tmp_path):
    server = own(*OPEN)
    account = accounts(server)[0]
    tool, client = Cli(server, account), Client(server, create_key(server, account)["secret"])
    headers = tmp_path / "headers"
    headers.write_text("Authorization: Bearer canary-815\nX-Shop: 7\n", encoding="utf-8")
    made = tool.json("create", "--url", receiver.url(), "--events", "lead.* ticket.created", "--headers", headers)
    receiver.tell(secret=made["secret"])
    shown = client.ok(f"/v1/webhooks/{made['id']}")
    assert shown["events"] == ["lead.*", "ticket.created"] and sorted(shown["header_names"]) == ["Authorization", "X-Shop"]
    assert tool.json("show", made["id"]) == shown and tool.json("list") == [shown]
    assert "canary" not in tool.run("show", made["id"]).stdout and made["secret"] not in tool.run("list").stdout
    event = tool.json("test", made["id"])["event"]
    first = receiver.wait(lambda r: len(r) == 1)[0]
    assert first["id"] == event and first["standard"] and first["svix"]
    fresh = tool.json("rotate", made["id"])
    assert fresh["secret"] != made["secret"] and fresh["old_secret_until"]
    receiver.tell(secret=fresh["secret"])
    tool.run("replay", made["id"], event)
    again = receiver.wait(lambda r: len(r) == 2)[1]
    assert again["id"] == event and again["hash"] == first["hash"] and again["signatures"] == 2
    assert tool.json("disable", made["id"])["state"] == "off"
    assert tool.json("enable", made["id"])["state"] == "on"
    assert tool.json("update", made["id"], "--description", "the shop")["description"] == "the shop"
    listed = tool.json("deliveries", made["id"])
    assert [(row["event"], row["state"]) for row in listed] == [(event, "delivered")]
    assert len(tool.json("deliveries", made["id"], event)["log"]) == 2
    tool.run("replay", made["id"], "--since", "2020-01-01T00:00:00Z", "--all")
    receiver.wait(lambda r: len(r) == 3)
    tool.run("delete", made["id"])
    assert client.get(f"/v1/webhooks/{made['id']}").status == 404


def test_what_people_read(own):
    server = own()
    tool = Cli(server, accounts(server)[0])
    text = tool.run("create", "--url", "https://example.com/in", "--events", "*").stdout
    found = dict(line.split(" ", 1) for line in text.splitlines())
    assert found["id"].startswith("whk_") and found["secret"].startswith("whsec_") and found["url"] == "https://example.com/in"
    assert tool.run("list").stdout == f"{found['id']}\ton\thttps://example.com/in\t*\t-\n"
    assert "secret" not in tool.run("show", found["id"]).stdout.replace("old_secret", "")


def test_refusals_say_why(own, tmp_path):
    server = own()
    tool = Cli(server, accounts(server)[0])
    wrong = tool.run("create", "--url", "https://10.0.0.1/in", "--events", "lead.creatd", code=1)
    assert "/url: this address may not be called" in wrong.stderr and "/events/0" in wrong.stderr and not wrong.stdout
    for arguments in (("create", "--url", "https://example.com/in"), ("show",), ("replay", "whk_1"), ("replay", "whk_1", "evt_1", "--since", "x"), ("dance",)):
        assert "usage:" in tool.run(*arguments, code=2).stderr
    assert "azentiko tenant list" in Cli(server, "tnt_nobody").run("list", code=1).stderr
    endpoint = tool.json("create", "--url", "https://example.com/in", "--events", "*")
    dataset = demo_dataset()
    dataset["bot"].pop("slug", None)
    other = Cli(server, create_account(server, tmp_path, dataset)[0])
    for verb in ("show", "test", "rotate", "delete", "deliveries", "disable"):
        assert "nothing at this address" in other.run(verb, endpoint["id"], code=1).stderr
    assert other.json("list") == [] and tool.json("show", endpoint["id"])["state"] == "on"
