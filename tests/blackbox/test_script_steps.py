"""Steps of scripts on the real server: calls to the outside, counters, time-outs, the script log."""
import asyncio
import base64
import hashlib
import hmac
import http.server
import json
import os
import shutil
import subprocess
import threading

import databases
import pytest
from chat import Chat, texts
from server import ROOT, binary, run_cli

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
SCRIPT = '''local bot = require "bot"
local http = require "http"
local store = require "store"
local log = require "log"

bot.command "order" { title = "Order", run = function(chat)
  local answer, why, code = http.post("URL/orders", { json = { dish = "soup" } })
  chat:say("%s", answer and answer.data.number or code)
  chat:ask "Well?"
  chat:say "end"
end }

bot.webhook "desk" { url = "URL/desk", sign = "SECRET", timeout = "2s" }

bot.command "book" { title = "Book", run = function(chat)
  local ok, status, answer, code = bot.webhook "desk":post { type = "booking", people = 4 }
  chat:say("%s %s %s", tostring(ok), tostring(status), code or tostring(answer and answer.number))
  chat:ask "Well?"
  chat:say "end"
end }

bot.command "count" { title = "Count", run = function(chat)
  chat:say("%d %d", store.bot.incr "n", store.visitor.incr("n", 10))
end }

bot.command "wait" { title = "Wait", run = function(chat)
  chat:say("got %s", chat:ask("Well?", { timeout = "2s", on_timeout = { value = "nothing" } }))
end }

bot.command "noise" { title = "Noise", run = function(chat)
  log.info("asked for %d", 3)
  log.warn "hm"
  error "broken here"
end }
'''


@pytest.fixture
def outside():
    """An HTTP server of the test's own: calls, and hold(), after which answers wait for release()."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            one = self.server
            body = self.rfile.read(int(self.headers["content-length"]))
            one.calls.append(json.loads(body))
            one.heads.append((self.path, dict(self.headers), body))
            one.open.wait(20)
            answer = b'{"number":7}'
            self.send_response(one.status)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    one = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one.daemon_threads = True
    one.calls, one.heads, one.status, one.open = [], [], 201, threading.Event()
    one.open.set()
    threading.Thread(target=one.serve_forever, daemon=True).start()
    yield one
    one.open.set()
    one.shutdown()
    one.server_close()


@pytest.fixture
def served(own, outside, tmp_path):
    scripts = tmp_path / "scripts"
    shutil.copytree(os.path.join(ROOT, "scripts"), scripts)
    url = f"http://127.0.0.1:{outside.server_port}"
    (scripts / "commands" / "steps.lua").write_text(SCRIPT.replace("URL", url).replace("SECRET", SECRET), encoding="utf-8")
    return own("--scripts", str(scripts), "--test-mode", "--test-outbound-loopback")


async def heard(chat, wanted, after=1):
    """The bot's texts behind the message `after`, those that came before an ack too."""
    while True:
        found = {f["seq"]: texts(f) for f in chat.seen if f["type"] == "message" and f["from"] == "bot"}
        found = [found[seq] for seq in sorted(found) if seq > after]
        if len(found) >= len(wanted):
            break
        await chat.next(timeout=10)
    assert found == wanted


async def test_a_call_is_made_once_and_its_answer_kept(served, outside):
    chat = await Chat(served).open()
    await chat.post("message", text="/order")
    await heard(chat, ["7", "Well?"])
    served.kill()
    await asyncio.to_thread(served.start)
    chat = await Chat(served).open(**chat.resume())
    ack = await chat.post("message", text="yes")
    await heard(chat, ["end"], ack["seq"])
    assert outside.calls == [{"dish": "soup"}]
    await chat.socket.close()


async def test_a_call_that_a_kill_cut_short_is_not_made_again(served, outside):
    outside.open.clear()
    chat = await Chat(served).open()
    await chat.post("message", text="/order")  # acknowledged before the call has an answer
    for _ in range(200):
        if outside.calls:
            break
        await asyncio.sleep(0.05)
    assert len(outside.calls) == 1
    served.kill()
    outside.open.set()
    await asyncio.to_thread(served.start)
    chat = await Chat(served).open(**chat.resume())
    await chat.post("message", text="yes")
    await heard(chat, ["unknown", "Well?", "end"])
    assert len(outside.calls) == 1
    await chat.socket.close()


def check_signature(head, body):
    signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + body
    mac = base64.b64encode(hmac.digest(b"k" * 32, signed, hashlib.sha256)).decode()
    assert head["webhook-signature"] == f"v1,{mac}"


async def test_a_webhook_is_posted_once_signed_and_its_answer_kept(served, outside):
    chat = await Chat(served).open()
    await chat.post("message", text="/book")
    await heard(chat, ["true 201 7", "Well?"])
    (path, head, body), = outside.heads
    assert path == "/desk" and json.loads(body)["data"] == {"type": "booking", "people": 4}
    assert json.loads(body)["type"] == "booking" and json.loads(body)["timestamp"].startswith("20")
    head = {name.lower(): value for name, value in head.items()}
    check_signature(head, body)
    assert "azentiko-sequence" not in head
    served.kill()
    await asyncio.to_thread(served.start)
    chat = await Chat(served).open(**chat.resume())
    ack = await chat.post("message", text="yes")
    await heard(chat, ["end"], ack["seq"])
    assert len(outside.calls) == 1
    outside.status = 409
    ack = await chat.post("message", text="/book")
    await heard(chat, ["false 409 7", "Well?"], ack["seq"])
    assert outside.heads[1][1]["webhook-id"] != outside.heads[0][1]["webhook-id"]
    await chat.socket.close()


async def test_a_receiver_that_hangs_costs_the_visitor_the_time_out(served, outside):
    outside.open.clear()
    async with Chat(served) as chat, Chat(served) as other:
        await chat.post("message", text="/book")  # acknowledged before there is an answer
        await asyncio.wait_for(other.say("/hours"), 1)
        await heard(chat, ["false nil timeout", "Well?"])
    assert len(outside.calls) == 1


async def test_a_post_that_a_kill_cut_short_is_not_sent_again(served, outside):
    outside.open.clear()
    chat = await Chat(served).open()
    await chat.post("message", text="/book")
    for _ in range(200):
        if outside.calls:
            break
        await asyncio.sleep(0.01)
    served.kill()
    outside.open.set()
    await asyncio.to_thread(served.start)
    chat = await Chat(served).open(**chat.resume())
    await chat.post("message", text="yes")
    await heard(chat, ["false nil unknown", "Well?", "end"])
    assert len(outside.calls) == 1
    await chat.socket.close()


async def test_two_visitors_count_to_two(served):
    answers = []
    for _ in range(2):
        async with Chat(served) as chat:
            ack = await chat.post("message", text="/count")
            answers.append(texts(await chat.answer(ack["seq"])))
    assert answers == ["1 10", "2 10"]


async def test_a_time_out_outlives_the_server(served):
    chat = await Chat(served).open()
    ack = await chat.post("message", text="/wait")
    assert texts(await chat.answer(ack["seq"])) == "Well?"
    served.kill()
    await asyncio.sleep(2)
    await asyncio.to_thread(served.start)
    chat = await Chat(served).open(**chat.resume())
    await heard(chat, ["got nothing"])
    await chat.socket.close()


FICKLE = '''local bot = require "bot"
local runs = 0
bot.command "fickle" { title = "Fickle", run = function(chat)
  runs = runs + 1
  local answer = runs % 2 == 1 and chat:ask_text "A word?"
    or chat:ask_number "A number?"
  chat:say("end %s", answer)
end }
'''


async def test_a_script_that_takes_another_path_ends_politely_and_its_author_hears_where(scripted):
    scripted.edit("commands/fickle.lua", FICKLE)
    await asyncio.to_thread(scripted.stop)
    await asyncio.to_thread(scripted.start)
    async with Chat(scripted) as warm:
        await warm.say("/fickle")
    chat = await Chat(scripted).open()
    assert texts(await chat.answer((await chat.post("message", text="/fickle"))["seq"])) == "A number?"
    scripted.kill()
    await asyncio.to_thread(scripted.start)
    chat = await Chat(scripted).open(**chat.resume())
    ack = await chat.post("message", text="7")
    assert "has changed in the meantime" in texts(await chat.answer(ack["seq"]))
    assert "How can I help" in texts(await chat.answer((await chat.post("message", text="menu"))["seq"]))
    conversation = chat.ready["conversation"]
    await chat.socket.close()
    (message, position, level), = databases.rows(
        scripted, "SELECT message, position, level FROM script_log WHERE conversation = ?", conversation)
    assert (position, level) == ("commands/fickle.lua:5", 3)
    assert "step 1 of command 'fickle' is 'ask_text', but the dialog's log waits there for 'ask_number'" in message
    (body,), = databases.rows(scripted, "SELECT body FROM event WHERE type = 'script.failed'")
    data = json.loads(body)["data"]
    assert data["conversation"] == conversation and data["position"] == "commands/fickle.lua:5"
    assert data["command"] == "fickle" and data["error"].startswith("step 1 of command 'fickle'")
    assert databases.rows(scripted, "SELECT outcome FROM dialog WHERE conversation = ?", conversation) == [("broken",)]


async def test_the_script_log_is_read_and_followed(served):
    store = ["--database", served.database] if served.database else []
    where = ["--data", served.data, *store]
    bot = json.loads(run_cli("bot", "list", "--json", *where).stdout)[0]["id"]
    with subprocess.Popen([binary(), "script", "log", "--bot", bot, "--follow", *where], stdout=subprocess.PIPE,
                          text=True) as follow:
        async with Chat(served) as chat:
            await chat.post("message", text="/noise")
            await chat.expect("message", timeout=10)
        lines = [await asyncio.wait_for(asyncio.to_thread(follow.stdout.readline), 10) for _ in range(3)]
        follow.terminate()
    assert "info  commands/steps.lua:31: asked for 3 (conv_" in lines[0]
    assert "warn  commands/steps.lua:32: hm" in lines[1]
    assert "error commands/steps.lua:33: broken here" in lines[2]
    done = run_cli("script", "log", "--bot", bot, "--level", "error", "--json", *where)
    entries = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(e["level"], e["position"], e["message"]) for e in entries] == [
        ("error", "commands/steps.lua:33", "broken here")]
    assert run_cli("script", "log", "--bot", "bot_nobody", *where).returncode == 1
    assert run_cli("script", "log", "--bot", bot, "--level", "loud", *where).returncode == 2
