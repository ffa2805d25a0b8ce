#!/usr/bin/python3
"""kill -9 under load, with a checker of the history.

CLIENTS (40) visitors send RATE (200) messages a second in all. KILLS (10)
times the server is killed in the middle of it and started again; visitors come
back by resuming after what they saw and repeat, with the same CID, what was not
acknowledged. After TALK (80) messages a visitor leaves and another one comes.
At the end every conversation is read once more from its first message and
compared with what its visitor knows. It must hold that

  no acknowledged message is missing, none is there twice, none out of order,
  each has one answer, numbers have no gap, what was seen never changed,
  the server answers again within 2 s, and SQLite's integrity_check says ok.

Ends with `N passed, N failed`. SEED repeats the moments of the kills.
"""
import asyncio
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import time

import websockets

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import databases  # noqa: E402
from chat import Chat  # noqa: E402
from server import Server  # noqa: E402

KILLS = int(os.environ.get("KILLS", "10"))
CLIENTS = int(os.environ.get("CLIENTS", "40"))
RATE = float(os.environ.get("RATE", "200"))
SEED = int(os.environ.get("SEED", str(time.time_ns() % 1_000_000)))
SERVING_SECONDS = 2.0
TALK = 80  # with the answers less than a resume sends again at most
IN_FLIGHT = 8  # unacknowledged messages of one visitor at most


class Visitor:
    """Sends numbered messages, over as many connections as it takes."""

    def __init__(self, server, number):
        self.server, self.number = server, number
        self.place = {}       # visitor and conversation, once known
        self.sent = []        # CIDs in the order of their first sending
        self.acked = {}       # CID -> SEQ
        self.seen = {}        # SEQ -> message
        self.refused = 0      # error frames: such a message is said again, as if it were new
        self.wrong = []       # findings, as text
        self.draining = False

    def unacked(self):
        return [cid for cid in self.sent if cid not in self.acked]

    def done(self):
        return self.draining and self.place and not self.unacked()

    async def run(self):
        while not self.done():
            try:
                await self.visit()
            except (OSError, asyncio.TimeoutError, websockets.WebSocketException):
                await asyncio.sleep(0.05)

    async def visit(self):
        chat = await Chat(self.server).connect()
        try:
            await chat.send("hello", **self.place, **({"after": max(self.seen, default=0)} if self.place else {}))
            ready = await chat.expect("ready", timeout=10)
            if self.place and ready["conversation"] != self.place["conversation"]:
                self.wrong.append(f"visitor {self.number}: came back to another conversation")
            self.place = {"visitor": ready["visitor"], "conversation": ready["conversation"]}
            for cid in self.unacked():
                await self.say(chat, cid)
            sender = asyncio.create_task(self.keep_sending(chat))
            try:
                while not self.done():
                    await self.take(chat, await chat.next(timeout=10))
                    chat.seen.clear()
            finally:
                sender.cancel()
        finally:
            chat.socket.transport.abort()

    async def say(self, chat, cid):
        await chat.send("message", cid=cid, text=f"/hours {cid}")

    async def keep_sending(self, chat):
        await asyncio.sleep(random.random() * CLIENTS / RATE)
        while not self.draining:
            if len(self.sent) == TALK:
                self.draining = True
            elif len(self.unacked()) < IN_FLIGHT:
                cid = f"v{self.number}-{len(self.sent)}"
                self.sent.append(cid)
                await self.say(chat, cid)
            await asyncio.sleep(CLIENTS / RATE)

    async def take(self, chat, frame):
        if frame["type"] == "ack":
            before = self.acked.setdefault(frame["cid"], frame["seq"])
            if before != frame["seq"]:
                self.wrong.append(f"{frame['cid']}: acknowledged as {before}, then as {frame['seq']}")
        elif frame["type"] == "error" and frame.get("cid") in self.unacked():
            self.refused += 1
            self.sent.remove(frame["cid"])
            self.sent.append(frame["cid"])
            await asyncio.sleep(0.05)
            await self.say(chat, frame["cid"])
        elif frame["type"] == "message":
            before = self.seen.setdefault(frame["seq"], frame)
            if (before["from"], before["blocks"]) != (frame["from"], frame["blocks"]):
                self.wrong.append(f"{self.place['conversation']} {frame['seq']}: changed after it was seen")

    async def history(self):
        """The whole conversation, read again from its start."""
        async with await Chat(self.server).open(**self.place, after=0) as chat:
            return [await chat.expect("message", timeout=20) for _ in range(chat.ready["seq"])]


def compare(visitor, history):
    """What the visitor knows against what is stored; yields (property, text)."""
    numbers = [m["seq"] for m in history]
    if numbers != list(range(1, len(numbers) + 1)):
        yield "gapless", f"{visitor.number}: numbers {numbers[:20]}..."
    stored = {m["seq"]: m for m in history}
    said = [m["seq"] for m in history if m["from"] == "visitor"]
    for cid, seq in visitor.acked.items():
        message = stored.get(seq)
        if message is None or message["from"] != "visitor" or not message["blocks"][0]["text"].endswith(cid):
            yield "lost", f"{cid} was acknowledged as {seq}, which holds {message}"
    if len(said) != len(visitor.acked):
        yield "doubled", f"{visitor.number}: {len(visitor.acked)} acknowledged, {len(said)} stored"
    in_order = [visitor.acked[cid] for cid in visitor.sent if cid in visitor.acked]
    if in_order != sorted(in_order):
        yield "order", f"{visitor.number}: {in_order[:20]}..."
    answers = [m["re"] for m in history if m["from"] == "bot" and m.get("re")]
    if sorted(answers) != sorted(said):
        yield "answers", f"{visitor.number}: {len(said)} messages, {len(answers)} answers"
    for seq, message in visitor.seen.items():
        if seq not in stored or stored[seq]["blocks"] != message["blocks"]:
            yield "seen", f"{visitor.number}: {seq} was shown and is not stored so"


def integrity(data):
    """SQLite's verdict on a copy of the files as the kill left them."""
    with tempfile.TemporaryDirectory() as copy:
        for name in os.listdir(data):
            path = os.path.join(data, name)
            if os.path.isfile(path) and (".db" in name or ".sqlite" in name):
                shutil.copy(path, copy)
        names = [n for n in os.listdir(copy) if n.endswith((".db", ".sqlite"))]
        if not names:
            return "no database file"
        with sqlite3.connect(os.path.join(copy, names[0])) as connection:
            return connection.execute("PRAGMA integrity_check").fetchone()[0]


async def kill_once(server, database):
    """One kill and restart; None, or what was wrong with it."""
    await asyncio.sleep(random.uniform(0.3, 1.3))
    server.kill()
    verdict = None if database else integrity(server.data)
    start = time.monotonic()
    await asyncio.to_thread(server.start)
    while (await asyncio.to_thread(server.get, "/readyz"))[0] != 200:
        await asyncio.sleep(0.01)
        if time.monotonic() - start > 20:
            return "never ready again"
    took = time.monotonic() - start
    if took > SERVING_SECONDS:
        return f"serving again after {took:.2f} s"
    return None if verdict in (None, "ok") else f"integrity_check: {verdict[:200]}"


async def seat(server, visitors, over):
    """One visitor after the other, until it is over."""
    while not over.is_set():
        visitors.append(Visitor(server, len(visitors)))
        await visitors[-1].run()


async def settle(visitors, tasks):
    """Lets every visitor get its last acknowledgement."""
    for visitor in visitors:
        visitor.draining = True
    _, late = await asyncio.wait(tasks, timeout=60)
    for task in late:
        task.cancel()
    return [f"visitor {v.number} still waits for {v.unacked()[:3]}" for v in visitors if not v.done()]


async def campaign(server, database):
    findings = {name: [] for name in ("lost", "doubled", "order", "answers", "gapless", "seen", "settled")}
    visitors, over = [], asyncio.Event()
    tasks = [asyncio.create_task(seat(server, visitors, over)) for _ in range(CLIENTS)]
    passed = failed = 0
    for kill in range(1, KILLS + 1):
        wrong = await kill_once(server, database)
        passed, failed = passed + (not wrong), failed + bool(wrong)
        if wrong or kill % 10 == 0 or kill == KILLS:
            acked = sum(len(v.acked) for v in visitors)
            print(f"kill {kill}/{KILLS}: {wrong or 'ok'}, {acked} messages acknowledged so far", flush=True)
    await asyncio.sleep(1)
    over.set()
    findings["settled"] = await settle(visitors, tasks)
    for visitor in visitors:
        findings["seen"] += visitor.wrong
        for name, text in compare(visitor, await visitor.history()):
            findings[name].append(text)
    for name, texts in findings.items():
        print(f"{'FAIL' if texts else 'ok  '} {name}: {len(texts)}")
        for text in texts[:5]:
            print(f"     {text}")
        passed, failed = passed + (not texts), failed + bool(texts)
    print(f"{sum(len(v.acked) for v in visitors)} messages acknowledged, {sum(v.refused for v in visitors)} refused "
          f"and said again, {KILLS} kills, seed {SEED}")
    return passed, failed


def main():
    random.seed(SEED)
    print(f"{KILLS} kills, {CLIENTS} visitors, {RATE:.0f} messages/s, seed {SEED}, "
          f"{'PostgreSQL' if databases.on_postgres() else 'SQLite'}", flush=True)
    with tempfile.TemporaryDirectory(prefix="azentiko-kill-") as data, databases.fresh() as database:
        server = Server(data, database).start()
        try:
            passed, failed = asyncio.run(campaign(server, database))
        finally:
            server.kill()
        if failed:
            print("\n".join(server.lines[-20:]))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
