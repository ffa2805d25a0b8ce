"""The life of a bot's scripts by HTTP alone: a developer with a key drafts, checks, tests, rehearses, publishes, compares and
rolls back; each step tells what is wrong with file, line and a hint; another account gets nothing done and sees nothing."""
import asyncio
import copy

import pytest
from api import Client, accounts, create_account, create_key, demo_dataset
from chat import Chat, texts
from test_scripts import BOT, ask, soon

ORDER = BOT + '''
bot.webhook "kitchen" { url = "https://kitchen.example/in" }

bot.command "order" {
  title = "Order",
  run = function(chat)
    local what = chat:ask_text "What?"
    local many = chat:ask_number "How many?"
    bot.webhook "kitchen":enqueue { what = what, many = many }
    chat:say("%d %s", many, what)
  end,
}
'''
PLAY = "visitor: /order\nbot: What?\nvisitor: soup\nbot: How many?\nvisitor: 2\nbot: 2 soup\nwebhook: kitchen many=2 what=soup\n"


class Developer:
    def __init__(self, server, account, *scopes):
        self.client = Client(server, create_key(server, account, *(scopes or ["scripts:read scripts:write bots:read"]))["secret"])
        self.bot = self.client.ok("/v1/bots")["data"][0]["id"]

    def path(self, name):
        return f"/v1/bots/{self.bot}/{name}"

    def post(self, name, **body):
        answer = self.client.post(self.path(f"scripts/{name}"), body)
        assert answer.status == 200, answer
        return answer.body

    def put(self, files, revision):
        return self.client.call("PUT", self.path("scripts/draft"), {"files": files, "revision": revision})

    def versions(self):
        return self.client.ok(self.path("scripts/versions"))


@pytest.fixture
def developer(own):
    server = own()
    return Developer(server, accounts(server)[0])


def talk(server, answers, locale="en"):
    async def run():
        async with await Chat(server).open(locale=locale) as chat:
            return [await ask(chat, text) for text in answers]
    return asyncio.run(run())


def reach(server, text, answer):
    """Until a new conversation gets this answer."""
    async def run():
        async with Chat(server) as chat:
            await soon(chat, text, answer)
    asyncio.run(run())


def test_the_whole_way_by_http(developer):
    server = developer.client.server
    # draft: the revision that was read must be the newest
    assert developer.client.ok(developer.path("scripts/draft"))["revision"] == 0
    broken = ORDER.replace("chat:ask_text", "chat:ask_txt").replace("many, what)", "mny, what)")
    assert developer.put({"commands/order.lua": broken}, 0).body["revision"] == 1
    assert developer.put({"commands/order.lua": "another window"}, 0).code == "conflict"
    # check: of the draft
    report = developer.post("check")
    assert report["ok"] is False
    first, second = [f for f in report["findings"] if f["file"] == "commands/order.lua"]
    assert (first["line"], first["level"], first["text"]) == (8, "error", "chat:ask_txt does not exist")
    assert first["hint"] == "did you mean 'ask_text'?"
    assert (second["line"], second["text"]) == (11, "unknown name 'mny'") and second["hint"]
    # what nobody can know before it runs is found by its play
    files = {"commands/order.lua": ORDER.replace('"How many?"', '("How many?", { max = "twelve" })'), "chats/order.chat": PLAY}
    developer.put(files, 1)
    report = developer.post("test")
    assert report["ok"] is False and report["failed"] == 1
    assert ("chats/order.chat:3: a script failed: commands/order.lua:9: chat:ask_number: 'options.max' must be a number, "
            "not the text 'twelve'") in report["plays"][0]["error"]
    refused = developer.post("publish", note="too early")
    assert refused["ok"] is False and refused["report"]["plays"][0]["error"] == report["plays"][0]["error"]
    assert developer.versions()["versions"] == []
    files["commands/order.lua"] = ORDER
    developer.put(files, 2)
    assert developer.post("test")["passed"] == 1
    # publish to all
    done = developer.post("publish", note="first")
    assert done["ok"] and (done["number"], done["release"], done["kind"]) == (1, 1, "publish")
    reach(server, "/order", "What?")
    for many in "234":
        assert talk(server, ["/order", "soup", many])[-1] == f"{many} soup"
    # rehearse the next draft
    files["commands/order.lua"] = ORDER.replace('"What?"', '"Which dish?"').replace("many = many", "count = many")
    files["chats/order.chat"] = PLAY.replace("What?", "Which dish?").replace("many=", "count=")
    developer.put(files, 3)
    result = developer.post("rehearse", last=3)
    assert (result["conversations"], result["same"], result["differ"], result["moved"]) == (3, 0, 3, 0)
    assert result["changed"] == {"messages": 3, "commands": 0, "effects": 3, "status": 0, "errors": 0}
    turns = result["differences"][0]["turns"]
    assert turns[0]["was"] == [{"kind": "text", "text": "What?"}]
    assert turns[0]["now"] == [{"kind": "text", "text": "Which dish?"}]
    assert turns[1]["changed"] == ["effects"] and turns[1]["now"][0] == {"kind": "webhook", "text": "kitchen count=4 what=soup"}
    assert result["differences"][1]["like"] == result["differences"][0]["conversation"]
    # to a share, to all, and who uses what
    done = developer.post("publish", note="second", share=50)
    assert (done["kind"], done["version"], done["trial"], done["share"]) == ("trial", 1, 2, 50)
    answers = {talk(server, ["/order"])[0] for _ in range(24)}
    assert answers == {"What?", "Which dish?"}
    listed = developer.versions()
    assert [(v["version"], v["live"], v["note"]) for v in listed["versions"]] == [(2, 50, "second"), (1, 50, "first")]
    assert all(v["open_dialogs"] > 0 and v["conversations"] > 0 for v in listed["versions"])
    compared = developer.client.ok(developer.path("scripts/compare"), **{"from": 1, "to": 2})
    assert {"path": "commands/order.lua", "change": "changed", "lines": 0} in compared["files"]
    assert compared["outcome"]["from"]["dialogs"]["done"] == 3
    assert developer.client.get(developer.path("scripts/compare"), **{"from": 1, "to": 9}).code == "not_found"
    assert developer.post("publish")["kind"] == "publish"
    reach(server, "/order", "Which dish?")
    # back in one step, and to a version by its number
    done = developer.post("rollback", note="no")
    assert (done["kind"], done["version"]) == ("rollback", 1)
    reach(server, "/order", "What?")
    assert developer.post("rollback", to=0)["version"] == 0
    assert developer.client.post(developer.path("scripts/rollback"), {"to": 7}).code == "not_found"
    assert [r["kind"] for r in developer.versions()["releases"]] == ["rollback", "rollback", "publish", "trial", "publish"]


MALFORMED = [
    {"files": {"commands/a.lua": 1}}, {"files": {"commands/a.lua": {"x": 1}}}, {"files": {"../../etc/passwd": "x"}}, {"files": []},
    {"files": {"commands/a.lua": None}}, {"files": {"commands/a.lua": "\u0000"}}, {"files": {"commands/a.exe": "x"}}, {"files": "x"},
    {"files": {"commands/a.lua": "return" + " " * 70000}}, {"files": {f"commands/a{i}.lua": "" for i in range(120)}}, {"files": {}},
    {"files": {"commands/a.lua": "bot.command"}}, {"files": {"chats/a.chat": "visitr: x"}}, {"version": 77}, {"version": -1}, {"surprise": 1},
]


@pytest.mark.parametrize("body", MALFORMED, ids=[str(b)[:40] for b in MALFORMED])
@pytest.mark.parametrize("verb", ["rehearse", "publish"])  # publish checks and tests
def test_what_is_no_script_is_refused_with_a_reason(server, verb, body):
    one = Developer(server, accounts(server)[0])
    answer = one.client.post(one.path("scripts/" + verb), body)
    if answer.status == 200:
        report = answer.body.get("report") or answer.body
        report = report.get("check") or report
        assert answer.body["ok"] is False, answer
        assert report["findings"] or report["plays"], answer
        for found in report.get("findings", []):
            assert found["text"] and found["line"] >= 1
    else:
        assert answer.status in (404, 413, 422) and answer.code, answer
    assert one.versions()["versions"] == []


def test_another_account_gets_nothing_done(own, tmp_path):
    server = own()
    mine = Developer(server, accounts(server)[0])
    mine.put({"commands/order.lua": ORDER}, 0)
    assert mine.post("publish")["ok"] and mine.post("publish", share=10, files={"commands/order.lua": ORDER + "\n"})["ok"]
    dataset = copy.deepcopy(demo_dataset())
    dataset["bot"]["name"] = "Second"
    account, _ = create_account(server, tmp_path, dataset)
    other = Developer(server, account, "*")
    before = mine.versions()
    theirs = other.versions()
    other.bot, own_bot = mine.bot, other.bot
    for method, name, body in [
            ("GET", "draft", None), ("PUT", "draft", {"files": {}, "revision": 1}), ("POST", "check", {"version": 1}), ("POST", "test", {"version": 1}),
            ("POST", "rehearse", {"last": 10}), ("POST", "rehearse", {"own": True}), ("POST", "publish", {"version": 1}), ("POST", "publish", {}),
            ("POST", "rollback", {}), ("POST", "rollback", {"to": 0}), ("GET", "versions", None), ("GET", "compare?from=0&to=1", None)]:
        answer = other.client.call(method, other.path("scripts/" + name), body)
        assert answer.status == 404 and answer.code == "not_found", (method, name, answer)
        assert "order" not in answer.text
    other.bot = own_bot
    assert mine.versions() == before and other.versions() == theirs
    assert mine.client.ok(mine.path("scripts/draft"))["files"] == {"commands/order.lua": ORDER}
    # numbers are each bot's own: their version 1 is not there
    assert other.client.post(other.path("scripts/publish"), {"version": 1}).code == "not_found"


def test_a_key_that_may_read_may_not_publish(server):
    account = accounts(server)[0]
    reader = Developer(server, account, "scripts:read bots:read")
    assert reader.client.get(reader.path("scripts/versions")).status == 200
    for verb in ("check", "test", "rehearse", "publish", "rollback"):
        assert reader.client.post(reader.path("scripts/" + verb), {}).code == "scope_missing"
    assert reader.put({}, 0).code == "scope_missing"


def test_tickets_and_leads_replay_without_a_difference(own):
    server = own()
    developer = Developer(server, accounts(server)[0])
    assert developer.post("publish", files={"commands/order.lua": ORDER})["ok"]

    async def run():
        for name in ("Ada", "Bob"):
            async with Chat(server) as chat:
                fields = {"name": name, "email": f"{name}@example.org", "subject": "Broken", "message": "The door"}
                await chat.post("form", form="ticket", fields=fields)  # as the page shows it
                await chat.post("command", name="ticket", args={})  # and in a dialog
                ack = await chat.post("form", form="ticket", fields=fields)
                assert "number" in texts(await chat.answer(ack["seq"]))
                await ask(chat, "/ticket 1")

    asyncio.run(run())
    result = developer.post("rehearse", own=True)
    assert (result["conversations"], result["differ"]) == (2, 0), result["differences"]
    result = developer.post("rehearse", version=1)
    assert (result["conversations"], result["differ"], result["moved"]) == (2, 0, 0), result["differences"]
