"""Plans: limits by the name that an account's row has, set by the operator, changed while the server runs."""
import asyncio
import json

from chat import Chat, texts
from server import run_cli
from test_runaway import COMMAND
from test_supervision import run_bad, stranger_runs_bad, top, until
from test_tenants import cli, demo_dataset

MB = 1 << 20
PLAN = '''return {
  standard = { log_lines = %d, host_calls = 20000, keys = 1000, visitor_keys = 50, file_mb = 10, files_mb = 500 },
  tiny = { cpu_seconds = 1, memory_mb = 8, log_lines = 5, host_calls = 100, keys = 2, visitor_keys = 1 },
}
'''


def accounts(server):
    listed = cli(server, "tenant", "list", "--json")
    assert listed.returncode == 0, listed.stderr
    return {row["id"]: row for row in json.loads(listed.stdout)}


def set_plan(server, account, plan):
    return cli(server, "tenant", "plan", account, plan, "--scripts", server.scripts)


def create(server, tmp_path, *options):
    path = tmp_path / "business.json"
    path.write_text(json.dumps(demo_dataset()), encoding="utf-8")
    return cli(server, "tenant", "create", "--from", path, "--json", *options)


def prepare(server, body="while true do end", log_lines=120, modules=""):
    """The server again, with the plans above and a command that does this."""
    server.edit("plans.lua", PLAN % log_lines)
    server.edit("commands/bad.lua", modules + COMMAND % body)
    server.stop()
    server.start()


async def shows(server, plan, memory_mb):
    """Waits until `tenant top` shows this for the demo's account."""
    for _ in range(80):
        line = await asyncio.to_thread(lambda: top(server).get(1, {}))
        if line.get("plan") == plan and line["memory_cap_bytes"] == memory_mb * MB:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"not {plan} with {memory_mb} MB: {line}")


def test_an_account_has_a_plan(scripted, tmp_path):
    before = accounts(scripted)
    assert [row["plan"] for row in before.values()] == ["standard"]
    made = create(scripted, tmp_path, "--plan", "small")
    assert made.returncode == 0, made.stderr
    (new,) = (row for id_, row in accounts(scripted).items() if id_ not in before)
    assert new["plan"] == "small"
    done = set_plan(scripted, new["public_id"], "large")
    assert done.returncode == 0 and "plan large" in done.stdout
    assert accounts(scripted)[new["id"]]["plan"] == "large"
    assert accounts(scripted)[1]["plan"] == "standard", "another account's plan is its own"


def test_an_unknown_plan_or_account_changes_nothing(scripted, tmp_path):
    before = accounts(scripted)
    done = create(scripted, tmp_path, "--plan", "golden")
    assert done.returncode == 1 and not done.stdout
    assert "there is no plan 'golden' (there are: large, small, standard)" in done.stderr
    done = set_plan(scripted, before[1]["public_id"], "golden")
    assert done.returncode == 1 and "there are: large, small, standard" in done.stderr
    assert set_plan(scripted, "tnt_00000000000000000000000000", "small").returncode == 1
    assert cli(scripted, "tenant", "plan").returncode == 2
    assert accounts(scripted) == before


def test_plans_that_make_no_sense_are_not_loaded(scripted):
    scripted.edit("plans.lua", lambda text: text.replace("cpu_seconds = 5,", "cpu_seconds = 'much', gold = 1,"))
    done = run_cli("reload", "--data", scripted.data)
    assert done.returncode == 1
    assert "plans.lua: plan 'small': 'cpu_seconds' must be a whole number from 0 to 3600" in done.stderr + done.stdout
    assert "there is no limit 'gold'" in done.stderr + done.stdout


async def test_a_plan_holds_at_once_and_after_a_restart(scripted):
    account = accounts(scripted)[1]["public_id"]
    async with Chat(scripted) as chat:
        await chat.say("/hours")
        await shows(scripted, "standard", 64)
        assert (await asyncio.to_thread(set_plan, scripted, account, "small")).returncode == 0
        await shows(scripted, "small", 16)  # before anybody says anything
    await asyncio.to_thread(scripted.stop)
    await asyncio.to_thread(scripted.start)
    async with Chat(scripted) as chat:
        await chat.say("/hours")
        await shows(scripted, "small", 16)


async def test_a_reload_puts_changed_plans_in_force(scripted):
    await asyncio.to_thread(prepare, scripted)
    async with Chat(scripted) as chat:
        await chat.say("/hours")
        await shows(scripted, "standard", 64)
        scripted.edit("plans.lua", lambda text: text.replace("standard = {", "standard = { memory_mb = 32,"))
        assert (await asyncio.to_thread(run_cli, "reload", "--data", scripted.data)).returncode == 0
        await chat.say("/hours")
        await shows(scripted, "standard", 32)


async def refused(server, bot, tries):
    """Runs the bad command until its visitor is told to wait; was it?"""
    chats = [await Chat(server, bot=bot).open() for _ in range(4)]
    for i in range(tries):
        frame = await run_bad(chats[i % 4], f"bad{i}")
        if frame["type"] == "error" and frame["code"] == "rate_limited":
            break
    for chat in chats:
        await chat.socket.close()
    return frame["type"] == "error" and frame["code"] == "rate_limited"


async def test_the_processor_time_of_a_minute_is_the_plans(scripted, tmp_path):
    await asyncio.to_thread(prepare, scripted)
    made = await asyncio.to_thread(create, scripted, tmp_path, "--plan", "tiny", "--scripts", str(scripted.scripts))
    assert made.returncode == 0, made.stderr
    key = json.loads(made.stdout)["public_key"]
    assert await refused(scripted, key, 16)
    assert not await refused(scripted, "pk_demo", 6), "the other account's plan allows more"


async def test_a_state_that_is_made_anew_keeps_its_plan(scripted, tmp_path):
    await asyncio.to_thread(prepare, scripted, "for i = 1, 100 do kept[#kept + 1] = ('x'):rep(100000) .. #kept end chat:say('kept')",
                            modules="local kept = {}\n")
    assert set_plan(scripted, accounts(scripted)[1]["public_id"], "tiny").returncode == 0
    for _ in range(8):
        await stranger_runs_bad(scripted)
        if any("state is rebuilt" in line for line in scripted.lines):
            break
    await until(scripted, 1, rebuilt=1)
    await shows(scripted, "tiny", 8)


async def test_keys_are_counted_by_the_plan(scripted):
    await asyncio.to_thread(prepare, scripted,
                            "local t = {} for i = 1, 3 do t[i] = tostring(pcall(store.bot.set, 'key' .. i, i)) end "
                            "chat:say(table.concat(t, ' '))",
                            modules='local store = require "store"\n')
    assert set_plan(scripted, accounts(scripted)[1]["public_id"], "tiny").returncode == 0
    async with Chat(scripted) as chat:
        answer = await chat.answer((await chat.post("command", name="bad", args={}))["seq"])
        assert texts(answer).split() == ["true", "true", "false"]


def script_lines(server):
    return [line for line in server.log() if line.get("source") == "script"]


def left_out(server):
    return [line["left_out"] for line in server.log() if "too many log lines" in line["msg"]]


async def test_a_flood_of_log_lines_is_cut_and_counted(scripted):
    body = "for i = 1, 60 do log.info('flood %d', i) end chat:say 'done'"
    await asyncio.to_thread(prepare, scripted, body, log_lines=90, modules='local log = require "log"\n')
    async with Chat(scripted) as chat:
        for i in range(3):
            assert texts(await chat.answer((await chat.post("command", name="bad", args={}))["seq"])) == "done"
    await asyncio.to_thread(scripted.wait_line, "too many log lines")
    await asyncio.to_thread(scripted.stop)  # what was left out since is told, too
    assert 90 <= len(script_lines(scripted)) <= 180  # the minute may have ended in between
    assert len(script_lines(scripted)) + sum(left_out(scripted)) == 180
    assert len(left_out(scripted)) <= 2


async def test_failures_without_end_are_cut_too(scripted):
    await asyncio.to_thread(prepare, scripted, "error 'again'", log_lines=10)
    async with Chat(scripted) as chat:
        for _ in range(30):
            await chat.say("/bad")
    about = [line for line in scripted.log() if line.get("tenant") == 1 and "again" in json.dumps(line)]
    assert 1 <= len(about) <= 20
