"""Parts of the bench that need many tenants, or a bad neighbour among them."""
import asyncio
import json
import os
import re
import shutil
import statistics
import subprocess
import time

from measure import ROOT, TURN, Bench, chat_headers, load, metric, program
from chat import Chat
from server import run_cli

DEMO = os.path.join(ROOT, "scripts", "demo", "demo.json")
TENANTS = int(os.environ.get("TENANTS", "1000"))
CROWD, STALL_TENANTS = int(os.environ.get("CROWD", "100000")), 10
STALL_SECONDS = 2  # at each tenant

LOOP = '''local bot = require "bot"

bot.command "spin" {
  title = "Spin",
  words = { "spin" },
  run = function()
    while true do end
  end,
}
'''


def make_tenants(data, count, dataset=DEMO):
    """Creates tenants from a dataset file; returns the public keys of their bots."""
    keys = []
    for _ in range(count):
        done = run_cli("tenant", "create", "--from", dataset, "--data", data)
        if done.returncode:
            raise SystemExit(f"bench: tenant create: {done.stderr}")
        keys.append(re.search(r"pk_\w+", done.stdout)[0])
    return keys


def seconds_to_ready(server):
    start = time.monotonic()
    server.start()
    while server.get("/readyz")[0] != 200:
        time.sleep(0.002)
    return time.monotonic() - start


async def visit_all(server, keys, question=None):
    """One visitor at each bot, who stays; so that every tenant's state lives."""
    chats = []
    for at in range(0, len(keys), 50):
        some = [Chat(server, bot=key) for key in keys[at:at + 50]]
        await asyncio.gather(*(chat.open() for chat in some))
        await asyncio.gather(*(chat.say("/hours") for chat in some))
        if question:
            await asyncio.gather(*(chat.say(question) for chat in some))
        chats += some
    return chats


def small_dataset(folder):
    """The demo's business with nothing but what it is and when it is open."""
    with open(DEMO, encoding="utf-8") as file:
        whole = json.load(file)
    path = os.path.join(folder, "small.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({key: whole[key] for key in ("format", "business", "contact", "hours", "bot") if key in whole}, file)
    return path


def state_sizes(dataset=None):
    """Bytes of one tenant's state with a visitor who asked two things: by its allocator, and of resident memory."""
    with Bench() as server:
        keys = make_tenants(server.data, 110, dataset(server.data) if dataset else DEMO)

        async def grow():
            warm = await visit_all(server, keys[:10], "Do you have gluten free cake?")
            before, count = server.resident_bytes(), metric(server, "azentiko_tenants_loaded")
            crowd = await visit_all(server, keys[10:], "Do you have gluten free cake?")
            await asyncio.sleep(35)  # a state that rests for half a minute is collected
            grown = server.resident_bytes() - before
            own = metric(server, "azentiko_states_bytes") / metric(server, "azentiko_tenants_loaded")
            for chat in warm + crowd:
                chat.socket.transport.abort()
            return own, grown / 100, count

        return asyncio.run(grow())[:2]


def part_tenants(table):
    """Memory of a tenant's Lua state: its own, its scripts', its data's."""
    scripts = os.path.join(ROOT, "scripts")
    bare = json.loads(subprocess.run([program("state_size"), scripts], check=True, capture_output=True).stdout)["bare"]
    small, demo = state_sizes(small_dataset), state_sizes()
    table.add("a tenant's state without scripts and data", f"{bare / 1024:,.0f} KB", "at most 64 KB", bare <= 65536)
    table.add("its scripts, as far as they are used", f"{(small[0] - bare) / 1024:,.0f} KB")
    table.add("the data of the demo, with its index", f"{(demo[0] - small[0]) / 1024:,.0f} KB")
    table.add("resident memory for a tenant with all of it", f"{demo[1] / 1024:,.0f} KB, {small[1] / 1024:,.0f} KB without the data")


def part_reload(table):
    """azentiko reload with TENANTS (1,000) live tenants, and what visitors notice."""
    with Bench(pinned=False) as server:
        keys = make_tenants(server.data, TENANTS)

        async def reload_them():
            chats = await visit_all(server, keys)
            waits, stop = [], asyncio.Event()

            async def talk(chat):
                while not stop.is_set():
                    start = time.monotonic()
                    await chat.say("/hours")
                    waits.append(time.monotonic() - start)

            talking = [asyncio.create_task(talk(chat)) for chat in chats[:20]]
            await asyncio.sleep(1)
            quiet, start = list(waits), time.monotonic()
            waits.clear()
            done = await asyncio.to_thread(run_cli, "reload", "--data", server.data)
            took = time.monotonic() - start
            await asyncio.sleep(1)
            stop.set()
            await asyncio.gather(*talking)
            for chat in chats:
                chat.socket.transport.abort()
            return done, took, quiet, waits

        done, took, quiet, waits = asyncio.run(reload_them())
        if done.returncode:
            raise SystemExit(f"bench: reload: {done.stderr}")
        table.add(f"reload with {TENANTS:,} live tenants", f"{took * 1000:.0f} ms; slowest answer "
                  f"{max(quiet) * 1000:.0f} ms before it, {max(waits) * 1000:.0f} ms during and after")


def busy_times(server, kind):
    """How many iterations of the loop were busy for at most so long (seconds, inf), each with those before it."""
    found = re.findall(rf'azentiko_loop_{kind}_seconds_bucket\{{le="(.+?)"\}} (\d+)', server.get("/metrics")[2].decode())
    return {float(bound.replace("+Inf", "inf")): int(count) for bound, count in found}


def longer(after, before):
    """Iterations of a window that took longer than each bound."""
    total = after[float("inf")] - before[float("inf")]
    return {bound: total - (after[bound] - before[bound]) for bound in after} | {"all": total}


def part_stall(table):
    """How long the loop stands still with 100,000 live conversations in ten tenants, one worker."""
    with Bench("--idle-seconds", "3600") as server:
        urls = [f"ws://127.0.0.1:{server.port}/v1/test/chat?bot={key}" for key in make_tenants(server.data, STALL_TENANTS)]
        for url in urls:  # who has written once and left stays live until the idle time is over
            load("idle", url, server.pid, "-c", CROWD // STALL_TENANTS, "--touch", "--settle", 0.2,
                 *chat_headers(server), *TURN)
        time.sleep(2.5)  # the server's figures are a second old
        live, before = metric(server, "azentiko_actors_live"), [busy_times(server, kind) for kind in ("cpu", "busy")]
        for url in urls:  # far from full load, few to open: a long iteration is no queue
            load("ws", url, server.pid, "-c", 4, "-d", STALL_SECONDS, "-w", 0.5, "-r", 2000, *chat_headers(server), *TURN)
        time.sleep(2.5)
        cpu, wall = (longer(busy_times(server, kind), was) for kind, was in zip(("cpu", "busy"), before))
        table.add(f"{live:,.0f} live conversations in {STALL_TENANTS} tenants, 2,000 msg/s",
                  f"of {cpu['all']:,} iterations of the loop {cpu[0.0025]} took over 2.5 ms of CPU time, {cpu[0.005]} over 5, "
                  f"{cpu[0.01]} over 10; {wall[0.005]} over 5 ms by the clock", "none over 5 ms", cpu[0.005] == 0)


def part_noisy(table):
    """Another tenant's p99 while one tenant runs 20 endless loops."""
    with Bench(pinned=False) as probe:
        scripts = os.path.join(probe.data, "scripts")
        shutil.copytree(os.path.join(ROOT, "scripts"), scripts)
        with open(os.path.join(scripts, "commands", "spin.lua"), "w", encoding="utf-8") as file:
            file.write(LOOP)
        key = make_tenants(probe.data, 1)[0]
        probe.stop()
        probe.options += ["--scripts", scripts, "--workers", "1"]
        probe.start()
        seconds = float(os.environ.get("NOISE_SECONDS", "20"))
        quiet, loud = asyncio.run(beside_loops(probe, key, seconds))
        allowed = 2 * quiet + 20
        table.add("20 endless loops at another tenant", f"p99 {quiet:.1f} ms quiet, {loud:.1f} ms beside them",
                  f"at most {allowed:.1f} ms", loud <= allowed)


async def beside_loops(server, key, seconds):
    """(quiet, loud) p99 in ms of a visitor of the demo; loops are started again as they are ended."""
    async def p99(seconds):
        waits, end = [], time.monotonic() + seconds
        async with Chat(server) as chat:
            while time.monotonic() < end:
                start = time.monotonic()
                await chat.post("message", text="opening hours")
                waits.append((time.monotonic() - start) * 1000)
                chat.seen.clear()
                await asyncio.sleep(0.005)
        return statistics.quantiles(waits, n=100)[98]

    async def spin(number):
        while True:
            async with Chat(server, bot=key) as chat:
                for n in range(1000):
                    await chat.send("command", cid=f"s{number}-{n}", name="spin", args={})
                    await chat.next(timeout=60)

    quiet = await p99(seconds / 2)
    loops = [asyncio.create_task(spin(n)) for n in range(20)]
    await asyncio.sleep(1)
    loud = await p99(seconds)
    for task in loops:
        task.cancel()
    return quiet, loud
