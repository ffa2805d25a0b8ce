"""A provider whose answer streams into the chat, and everything that one may do wrong on the way."""
import asyncio
import json
import socket
import struct
import threading
import time

import pytest
from chat import Chat, texts

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
CALL = '''if not found and not known then
    local way = string.match(input.text or "", "^ask (%S+)$")
    local told = way and require("prelude.provider").reply(self, {{ name = way, url = "http://127.0.0.1:{port}/" .. way,
      headers = "Authorization: Bearer canary-key\\n", body = "{{}}", first_ms = 700, gap_ms = 500, total_ms = 4000 }})
    if told then return end'''


def chunk(text=None, **choice):
    delta = {} if text is None else {"content": text}
    return {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": None, **choice}]}


def event(value, end=b"\n"):
    data = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return b"data: " + data.encode() + end + end


class Provider:
    """A server that answers by its path; .hits by path, .broken: connections that were cut by the other side."""

    def __init__(self):
        self.hits, self.broken, self.sent, self.times = {}, 0, 0, []
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            request = connection.recv(65536)
            way = request.split(b" ")[1].decode()[1:]
            self.hits[way] = self.hits.get(way, 0) + 1
            self.times.append(time.monotonic())
            getattr(self, way.split("-")[0])(connection)
        except OSError:
            self.broken += 1
        connection.close()

    def say(self, connection, *parts, pause=0.0):
        for part in parts:
            connection.sendall(part)
            self.sent += len(part)
            if pause:
                time.sleep(pause)

    def plain(self, connection, status, body, headers=""):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.say(connection, f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\n{headers}Connection: close\r\n\r\n".encode() + body)

    def good(self, c):
        self.say(c, HEAD, event(chunk(None, delta={"role": "assistant"})), *[event(chunk(w)) for w in ("We ", "open ", "at ", "ten.")],
                 event(chunk(finish_reason="stop")), event({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}), event("[DONE]"), pause=0.03)

    def torn(self, c):  # each byte alone: also inside of characters and line ends
        stream = event(chunk("Grüße 🍲 ")) + event(chunk("aus Köln.")) + event("[DONE]")
        self.say(c, HEAD, *[stream[i:i + 1] for i in range(len(stream))], pause=0.001)

    def crlf(self, c):
        self.say(c, HEAD, b"\xef\xbb\xbf: hello\r\n\r\n" + event(chunk("We open "), b"\r\n") + b": keep-alive\r\n\r\n" + event(chunk("at "), b"\r")
                 + b"event: message\r\nid: 7\r\nretry: 10\r\n" + event(chunk("ten."), b"\r\n") + event("[DONE]", b"\r\n"))

    def lines(self, c):  # one event's data in several lines
        text = json.dumps(chunk("We open at ten."), indent=1)
        self.say(c, HEAD, b"".join(b"data: " + line.encode() + b"\n" for line in text.split("\n")) + b"\n" + event("[DONE]"))

    def nodone(self, c):  # no [DONE], and no blank line behind the last event
        self.say(c, HEAD, event(chunk("We open at ")), event(chunk("ten.")).rstrip(b"\n"))

    def quirks(self, c):
        self.say(c, HEAD, event({"choices": [], "prompt_filter_results": []}), event(chunk(None, delta={"role": "assistant", "content": None})),
                 event(chunk(None, delta={"reasoning_content": "SECRET thoughts"})), event({"choices": None}), event({"usage": None}),
                 event(chunk(None, delta={"tool_calls": [{"index": 0, "function": {"arguments": "{"}}]})),
                 event(chunk(None, delta={"content": [{"type": "text", "text": "We open at ten."}]})), event(chunk(None, delta=None, finish_reason="stop")), event(" [DONE] "))

    def whole(self, c):  # asked to stream, it does not
        self.plain(c, 200, {"choices": [{"message": {"role": "assistant", "content": "We open at ten."}}]}, "Content-Type: application/json\r\n")

    def middle(self, c):
        self.say(c, HEAD, event(chunk("We open ")), event({"error": {"message": "overloaded", "type": "server_error"}}), event(chunk("NEVER")))

    def reset(self, c):
        self.say(c, HEAD, event(chunk("We open ")), pause=0.2)
        c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def stall(self, c):
        self.say(c, HEAD, event(chunk("We open ")))
        c.recv(1)

    def cut(self, c):  # in the middle of an event
        self.say(c, HEAD, event(chunk("We open ")), b'data: {"choices":[{"del')

    def huge(self, c):
        self.say(c, HEAD, event(chunk("We open ")), b"data: " + b"x" * (1 << 20))

    def garbage(self, c):
        self.say(c, HEAD, event("this is no JSON"))

    def hang(self, c):
        c.recv(1)

    def refused(self, c):
        self.plain(c, 401, {"error": {"message": "bad key", "type": "invalid_request_error"}})

    def busy(self, c):
        if self.hits["busy"] < 3:
            return self.plain(c, 429, {"error": {"message": "slow down"}}, "Retry-After: 1\r\n" if self.hits["busy"] == 1 else "retry-after-ms: 300\r\n")
        self.good(c)

    def never(self, c):
        self.plain(c, 429, {"error": {"message": "come tomorrow"}}, "Retry-After: 3600\r\n")

    def quota(self, c):
        self.plain(c, 429, [{"error": {"message": "no money", "code": "insufficient_quota"}}])

    def html(self, c):
        self.plain(c, 502, b"<html><h1>Bad gateway</h1></html>", "Content-Type: text/html\r\n")

    def flood(self, c):
        c.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        self.say(c, HEAD)
        while True:
            self.say(c, event(chunk("flood ")) * 100)

    def slow(self, c):
        self.say(c, HEAD)
        for _ in range(200):
            self.say(c, event(chunk("tick ")), pause=0.05)


@pytest.fixture
def chatty(scripted):
    provider = Provider()
    scripted.edit("prelude/answers.lua", lambda text: text.replace(
        "if not found and not known then return", CALL.format(port=provider.port) + "\n    return", 1))
    scripted.kill()
    scripted.options += ["--test-outbound-loopback"]
    scripted.start()
    scripted.provider = provider
    return scripted


async def ask(chat, way, timeout=12):
    """(the bot's message, the deltas before it)"""
    mark = len(chat.seen)
    ack = await chat.post("message", text=f"ask {way}")
    message = await chat.expect("message", re=ack["seq"], timeout=timeout)
    frames = [f for f in chat.seen[mark:] if f["type"] == "delta"]
    assert all(f["re"] == ack["seq"] for f in frames)
    return message, [f["text"] for f in frames]


async def test_what_arrives_is_shown_and_then_replaced(chatty):
    async with Chat(chatty) as chat:
        message, deltas = await ask(chat, "good")
        assert texts(message) == "We open at ten." == "".join(deltas) and len(deltas) > 1
        seq = message["seq"]
        for way in ("torn", "crlf", "lines", "nodone", "quirks", "whole"):
            message, deltas = await ask(chat, way)
            wanted = "Grüße 🍲 aus Köln." if way == "torn" else "We open at ten."
            assert texts(message) == wanted, (way, message)
            assert way == "whole" or "".join(deltas) == wanted
            assert "incomplete" not in message["blocks"][0]
            assert message["seq"] == seq + 2  # the question and one message, whatever the number of deltas
            seq = message["seq"]
        conversation = chat.ready["conversation"]
        visitor = chat.ready["visitor"]
    async with Chat(chatty) as fresh:  # what is kept are the messages
        await fresh.socket.close()
        again = Chat(chatty)
        await again.open(visitor=visitor, conversation=conversation, after=0)
        kept = [texts(await again.expect("message")) for _ in range(4)]
        assert "We open at ten." in kept and "SECRET" not in json.dumps(again.seen)
        await again.socket.close()
    assert not [line for line in chatty.lines if "canary" in line]


async def test_what_breaks_off_is_kept_and_marked(chatty):
    async with Chat(chatty) as chat:
        for way in ("middle", "reset", "stall", "cut", "huge"):
            message, deltas = await ask(chat, way)
            assert texts(message) == "We open " == "".join(deltas), way
            assert message["blocks"][0]["incomplete"] is True, way


async def test_without_a_first_word_the_bot_answers_alone(chatty):
    hits = {"refused": 1, "quota": 1, "never": 1, "hang": 1, "garbage": 1, "html": 3}
    for way, count in hits.items():
        async with Chat(chatty) as chat:
            message, deltas = await ask(chat, way)
            assert deltas == [] and "incomplete" not in message["blocks"][0], way
            assert chatty.provider.hits[way] == count, way
    async with Chat(chatty) as chat:
        begun = time.monotonic()
        message, _ = await ask(chat, "busy")
        assert texts(message) == "We open at ten." and time.monotonic() - begun > 1.2 and chatty.provider.hits["busy"] == 3


async def test_a_provider_that_always_fails_is_left_alone(chatty):
    for _ in range(7):
        async with Chat(chatty) as chat:
            await ask(chat, "refused")
    async with Chat(chatty) as chat:
        assert chatty.provider.hits["refused"] == 5
        assert texts((await ask(chat, "good"))[0]) == "We open at ten."  # another one's failures are its own


async def test_a_flood_waits_and_is_cut(chatty):
    async with Chat(chatty) as chat:
        before = chatty.resident_bytes()
        message, _ = await ask(chat, "flood")
        assert message["blocks"][0]["incomplete"] is True and len(texts(message)) <= 32768
        assert chatty.resident_bytes() - before < 16 << 20
        assert chatty.provider.sent < 8 << 20


async def test_it_ends_when_the_visitor_leaves(chatty):
    chat = await Chat(chatty).open()
    await chat.post("message", text="ask slow")
    await chat.expect("delta")
    other = await Chat(chatty).open()
    await other.post("message", text="ask slow")
    await other.expect("delta")
    left = time.monotonic()
    await chat.socket.close()
    while chatty.provider.broken == 0:
        assert time.monotonic() - left < 2
        await asyncio.sleep(0.02)
    await other.expect("delta")  # the other's goes on
    assert chatty.provider.broken == 1
    back = Chat(chatty)
    await back.open(visitor=chat.ready["visitor"], conversation=chat.ready["conversation"], after=0)
    await back.expect("message", **{"from": "visitor"})
    kept = await back.expect("message", **{"from": "bot"})
    assert kept["blocks"][0]["incomplete"] is True and texts(kept).startswith("tick ")
    await back.socket.close()
    await other.socket.close()


async def test_it_ends_with_the_server(chatty):
    async with Chat(chatty) as chat:
        await chat.post("message", text="ask slow")
        await chat.expect("delta")
        chatty.signal(15)
        assert await asyncio.to_thread(chatty.wait, 15) == 0
    end = time.monotonic() + 3
    while chatty.provider.broken == 0 and time.monotonic() < end:
        await asyncio.sleep(0.05)
    assert chatty.provider.broken == 1
