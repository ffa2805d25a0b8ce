"""A script that calls everything it can reach with random values (tests/attacks/random/): nothing ends the process
and no sanitizer has anything to report. API_FUZZ_CALLS=1000000 BUILD=asan for a long run."""
import asyncio
import os

import websockets
from chat import Chat
from server import ROOT

CALLS = int(os.environ.get("API_FUZZ_CALLS", 12000))
PER_TURN = 400


async def turns(server, first, count):
    """Runs so many turns, a new visitor for each few; returns how many ended by themselves."""
    ended = 0
    for seed in range(first, first + count):
        try:
            async with Chat(server) as chat:
                await chat.send("command", cid="x", name="random-calls", args={"seed": seed})
                while True:
                    frame = await chat.next(timeout=20)
                    if frame["type"] in ("ack", "error") and frame.get("cid") == "x":
                        ended += frame["type"] == "ack"
                        break
        except websockets.ConnectionClosed:
            pass
        assert server.process.poll() is None, f"seed {seed}: the process ended\n" + "\n".join(server.lines[-40:])
    return ended


def test_random_calls_end_nothing_but_their_turn(scripted):
    with open(os.path.join(ROOT, "tests", "attacks", "random", "calls.lua"), encoding="utf-8") as file:
        scripted.edit("commands/random_calls.lua", file.read())
    scripted.stop()
    scripted.options += ["--tenant-cpu-seconds", "0", "--turn-ms", "2000"]
    scripted.start()
    count, ended = CALLS // PER_TURN, 0
    for first in range(1, count + 1, 200):
        # each part within a minute or two; the seeds are the same in every run
        ended += asyncio.run(turns(scripted, first, min(200, count + 1 - first)))
    print(f"{count * PER_TURN} calls in {count} turns, {ended} acknowledged")
    assert ended > count // 2
    assert not [line for line in scripted.lines if "Sanitizer" in line or "runtime error" in line]
