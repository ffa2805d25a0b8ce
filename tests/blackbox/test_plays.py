"""azentiko script test: what it prints and returns. The plays themselves are in tests/chats."""
import json
import os

import pytest
from server import ROOT, run_cli

BROKEN = '''local bot = require "bot"

bot.command "broken" {
  title = "Broken",
  run = function(chat) chat:say(nil .. "x") end,
}
'''


@pytest.fixture
def theatre(tmp_path):
    """Writes plays and their scripts, plays the folder."""
    (tmp_path / "scripts").mkdir()

    def play(*options, scripts=None, **plays):
        for name, text in plays.items():
            (tmp_path / f"{name}.chat").write_text(text, encoding="utf-8")
        for name, text in (scripts or {}).items():
            (tmp_path / "scripts" / f"{name}.lua").write_text(text, encoding="utf-8")
        return run_cli("script", "test", tmp_path, *options)

    return play


def test_plays_that_hold(theatre):
    done = theatre(one="visitor: hi\nbot: How can I help you?\n", two="# nothing is said\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "ok one\nok two\n2 passed, 0 failed\n"


FAILING = {
    "another answer": ("visitor: hi\nbot: Hello*\n", ":2: expected: Hello*, the bot said: How can I help you?"),
    "no answer": ("visitor: hi\nbot: *\nbot: More?\n", ":3: expected: More?, the bot said nothing"),
    "something unread": ("visitor: hi\n\nvisitor: hours\n", ":3: expected nothing more, the bot said: How can"),
    "unread at the end": ("visitor: hi\n", ":1: expected nothing more, the bot said: How can I help you?"),
    "no such button": ("visitor: hi\nbot: *\nvisitor picks: Fly\n", ":3: expected the button 'Fly', there is none"),
    "no such event": ("visitor: hi\nbot: *\nevent: lead.created\n", ":3: expected the event 'lead.created', none"),
    "unread line": ("\nvisitr: hi\n", ":2: cannot read 'visitr: hi'"),
    "a store that fails": ("store fails\nvisitor: hi\n", ":2: the server closed the line: 503"),
}


@pytest.mark.parametrize("name", FAILING)
def test_a_play_that_does_not_hold_names_its_line(theatre, name):
    text, expected = FAILING[name]
    done = theatre(wrong=text)
    assert done.returncode == 1
    first, last = done.stdout.split("\n")[0], done.stdout.split("\n")[-2]
    assert first.startswith("FAILED wrong ") and f"wrong.chat{expected}" in first, done.stdout
    assert last == "0 passed, 1 failed"


def test_an_error_in_a_script_is_a_failure(theatre):
    done = theatre(broken="with broken.lua\nvisitor: broken\nbot: Sorry*\n", scripts={"broken": BROKEN})
    assert done.returncode == 1 and "broken.chat:2: a script failed: commands/broken.lua:5:" in done.stdout


def test_scripts_of_a_play_are_checked(theatre):
    done = theatre(unfit="with unfit.lua\nvisitor: hi\n", scripts={"unfit": 'require "host"\n'})
    assert done.returncode == 1 and "FAILED unfit commands/unfit.lua:1: module 'host'" in done.stdout


def test_json(theatre):
    done = theatre("--json", good="visitor: hi\nbot: *\n", wrong="visitor: hi\nbot: no\n")
    result = json.loads(done.stdout)
    assert (done.returncode, result["passed"], result["failed"]) == (1, 1, 1)
    assert [p["name"] for p in result["plays"]] == ["good", "wrong"]
    assert "wrong.chat:2: expected: no" in result["plays"][1]["error"]


def test_another_business(theatre, tmp_path):
    with open(os.path.join(ROOT, "scripts", "demo", "demo.json"), encoding="utf-8") as file:
        dataset = json.load(file)
    dataset["contact"]["phone"] = "+49 30 5550199"
    path = tmp_path / "business.json"
    path.write_text(json.dumps(dataset), encoding="utf-8")
    play = "visitor: contact\nbot: *+49 30 5550199*\n"
    assert theatre("--from", path, phone=play).returncode == 0
    assert theatre(phone=play).returncode == 1
    path.write_text("{", encoding="utf-8")
    done = theatre("--from", path, phone=play)
    assert done.returncode == 1 and "is not JSON" in done.stderr


def test_a_path_that_is_not_there(tmp_path):
    done = run_cli("script", "test", tmp_path / "nowhere")
    assert done.returncode == 1 and "nowhere: cannot be read" in done.stderr


def test_the_same_play_goes_the_same_way(theatre):
    play = "visitor: hi\nbot: *\nwait 3 hours\nrestart server\nvisitor: hours\nbot: nothing like it\n"
    assert theatre(same=play).stdout == theatre(same=play).stdout


ASKING = '''local bot = require "bot"
bot.command "ask" { title = "Ask", run = function(chat)
  local n = chat:ask_number "How many?"
  require("store").bot.incr "asked"
  chat:say("%d", n)
end }
'''


def test_a_trace_shows_each_step(theatre, tmp_path):
    play = "visitor: /ask\nbot: How many?\nvisitor: many\nbot: *\nvisitor: 3\nbot: 3\n"
    theatre(asking="with asking.lua\n" + play, scripts={"asking": ASKING})
    done = run_cli("script", "trace", tmp_path / "asking.chat", "--json")
    assert done.returncode == 0, done.stderr
    steps = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(s["line"], s["step"], s["kind"], s["value"], s["at"]) for s in steps] == [
        (6, 1, "ask_number", "3", "commands/asking.lua:3"),
        (6, 2, "store.incr", "1", "commands/asking.lua:4"),
        (6, 3, "say", '"3"', "commands/asking.lua:5")]
    assert all(s["cpu_us"] >= 0 and s["memory"] > 100000 for s in steps)
    assert [s["cpu_us"] for s in steps] == sorted(s["cpu_us"] for s in steps)
    (tmp_path / "bare.chat").write_text(play, encoding="utf-8")
    for scripts in (tmp_path / "scripts", tmp_path / "scripts" / "asking.lua"):
        done = run_cli("script", "trace", scripts, tmp_path / "bare.chat")
        assert done.returncode == 0 and "ask_number       commands/asking.lua:3" in done.stdout, done.stderr
    assert run_cli("script", "trace", tmp_path / "nowhere", tmp_path / "bare.chat").returncode == 1
    (tmp_path / "wrong.chat").write_text("visitor: /ask\nbot: no\n", encoding="utf-8")
    done = run_cli("script", "trace", tmp_path / "scripts", tmp_path / "wrong.chat")
    assert done.returncode == 1 and "wrong.chat:2: expected: no" in done.stderr


def test_the_verbs_are_told():
    done = run_cli("script", "--help")
    assert done.returncode == 0 and "script rehearse --bot ID" in done.stdout and not done.stderr
    done = run_cli("script")
    assert done.returncode == 2 and "script rehearse --bot ID" in done.stderr
