"""Tenants: made from a dataset file, listed, and never meeting each other."""
import copy
import json
import os
import re

import pytest
from chat import Chat, texts
from server import ROOT, run_cli


def demo_dataset():
    with open(os.path.join(ROOT, "scripts", "demo", "demo.json"), encoding="utf-8") as file:
        return json.load(file)


def cli(server, *arguments):
    store = ["--database", server.database] if server.database else []
    return run_cli(*arguments, "--data", server.data, *store)


def create(server, tmp_path, dataset):
    path = tmp_path / "business.json"
    path.write_text(dataset if isinstance(dataset, str) else json.dumps(dataset), encoding="utf-8")
    return cli(server, "tenant", "create", "--from", path)


def public_key(created):
    assert created.returncode == 0, created.stderr
    return re.search(r"pk_\w+", created.stdout)[0]


def tenants(server):
    listed = cli(server, "tenant", "list", "--json")
    assert listed.returncode == 0, listed.stderr
    return json.loads(listed.stdout)


async def test_a_new_business_answers_from_its_own_data(server, tmp_path):
    dataset = demo_dataset()
    dataset["bot"]["name"] = "Second"
    dataset["contact"]["phone"] = "+44 20 7946 0000"
    key = public_key(create(server, tmp_path, dataset))
    async with Chat(server, bot=key) as chat:
        assert chat.ready["bot"]["name"] == "Second"
        answer = await chat.answer((await chat.post("message", text="/contact"))["seq"])
        assert "7946" in texts(answer)
    async with Chat(server) as chat:
        answer = await chat.answer((await chat.post("message", text="/contact"))["seq"])
        assert "7946" not in texts(answer)


def broken(change):
    dataset = demo_dataset()
    change(dataset)
    return dataset


BAD = {
    "not JSON": ("{", r"\d"),
    "a list": ("[]", r""),
    "unknown format": (broken(lambda d: d.update(format="azentiko-dataset-99")), r"format"),
    "unknown key": (broken(lambda d: d.update(nonsense=1)), r"nonsense"),
    "no business name": (broken(lambda d: d["business"].pop("name")), r"business.*name"),
    "wrong type": (broken(lambda d: d["faqs"].__setitem__(3, 7)), r"faqs.*\b[34]\b"),
    "no answer": (broken(lambda d: d["faqs"][2].pop("answer")), r"faqs.*\b[23]\b.*answer"),
    "bad hours": (broken(lambda d: d["hours"]["weekly"].update(friday=[["25:00", "26:00"]])), r"hours.*friday"),
    "bad zone": (broken(lambda d: d["hours"].update(timezone="Mars/Olympus")), r"hours.*timezone"),
    "bad day": (broken(lambda d: d["hours"]["weekly"].update(fryday=[])), r"fryday"),
    "bad colour": (broken(lambda d: d["bot"]["theme"].update(color="red; x:y")), r"bot.*color"),
    "huge": ('{"format":"' + "x" * (1 << 20) + '"}', r"1 MiB"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_path_and_reason_and_nothing_is_loaded(server, tmp_path, name):
    dataset, expected = BAD[name]
    before = tenants(server)
    done = create(server, tmp_path, copy.deepcopy(dataset))
    assert done.returncode == 1
    assert re.search(expected, done.stderr), done.stderr
    assert "business.json" in done.stderr
    assert not done.stdout
    assert tenants(server) == before


def test_several_faults_are_all_named(server, tmp_path):
    dataset = demo_dataset()
    dataset["business"].pop("name")
    dataset["faqs"][0].pop("answer")
    done = create(server, tmp_path, dataset)
    assert done.returncode == 1
    assert "name" in done.stderr and "faqs" in done.stderr


def test_a_file_that_is_not_there(server, tmp_path):
    done = cli(server, "tenant", "create", "--from", tmp_path / "none.json")
    assert done.returncode == 1 and "none.json" in done.stderr


async def test_tenants_never_meet(server, tmp_path):
    """Another tenant's conversation, visitor token and bot open nothing: the same answer as for what is not there."""
    key = public_key(create(server, tmp_path, demo_dataset()))
    async with Chat(server) as owner:
        await owner.say("/hours private")
        place = {**owner.resume(), "after": 0}
    stranger = await Chat(server, bot=key).open(**place)
    assert stranger.ready["resumed"] is False and stranger.ready["seq"] == 0
    assert stranger.ready["conversation"] != place["conversation"]
    assert stranger.ready["visitor"].split(".")[0] != place["visitor"].split(".")[0]
    await stranger.say("/hours")
    assert "private" not in str(stranger.seen)
    await stranger.socket.close()
    headers = {"Origin": f"http://localhost:{server.port}", "Authorization": f"Bearer {place['visitor']}"}
    frame = {"type": "message", "cid": "x", "text": "hello"}
    answers = [server.request("POST", f"/v1/chat/messages?bot={key}&conversation={conversation}", frame, headers)
               for conversation in (place["conversation"], "conv_00000000000000000000000000")]
    assert {status for status, _, _ in answers} <= {401, 404}
    assert answers[0][0] == answers[1][0] and answers[0][2] == answers[1][2]


async def test_a_bot_without_domains_is_allowed_nowhere(server, tmp_path):
    dataset = demo_dataset()
    dataset["bot"]["domains"] = []
    created = create(server, tmp_path, dataset)
    key = public_key(created)
    for headers in ({}, {"Origin": f"http://localhost:{server.port}"}):
        assert server.request("GET", f"/v1/chat?bot={key}", headers=headers)[0] == 403


def test_lists_show_what_was_created(server, tmp_path):
    key = public_key(create(server, tmp_path, demo_dataset()))
    listed = cli(server, "bot", "list", "--json")
    keys = [row["public_key"] for row in json.loads(listed.stdout)]
    assert {"pk_demo", key} <= set(keys)
