"""Deliveries of webhooks: how many a second and what each costs, beside a bare libcurl program that sends the
same requests to the same receiver, and what visitors notice of them."""
import json
import os
import statistics
import subprocess
import time
import urllib.request

from api import Client, accounts, cli, create_key
from backlog import raise_events
from crowds import DEMO
from measure import HELLO, ROUNDS, TURN, Bench, chat_headers, lengthen_log, load, program

COUNT = int(os.environ.get("DELIVERIES", "10000"))
BODY = 400
AT_ONCE = 4  # of one endpoint
CHATS, CHAT_RATE = 64, 500
EACH = 2  # endpoints of each tenant beside the visitors
RATE, WINDOW = 2000, 5  # deliveries a second, and the seconds of a run with its beginning
OPEN = ("--test-outbound-loopback",)


class Sink:
    """hook_sink, a receiver in C."""

    def __enter__(self):
        self.process = subprocess.Popen([program("hook_sink")], stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}/"
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.wait()

    def counted(self):
        with urllib.request.urlopen(self.url) as answer:
            return json.loads(answer.read())


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def endpoints(server, url, tenants, each):
    """So many endpoints at each of so many tenants, all of them at the receiver; the tenants' public ids."""
    for _ in range(tenants - 1):
        done = cli(server, "tenant", "create", "--from", DEMO)
        assert done.returncode == 0, done.stderr
    names = accounts(server)
    for name in names:
        client = Client(server, create_key(server, name)["secret"])
        for _ in range(each):
            assert client.post("/v1/webhooks", {"url": url, "events": ["message.created"]}).status == 201
    return names


def drain(server, sink, names, each, mark):
    """Raises events and waits until the receiver has them all: (deliveries a second, CPU µs of the server for each)."""
    per = COUNT // len(names) // each
    wanted = sink.counted()["posts"] + per * len(names) * each
    for name in names:
        raise_events(server, name, per, size=BODY, mark=mark)
    cpu, begun, before = cpu_seconds(server.pid), time.monotonic(), sink.counted()["posts"]
    while (now := sink.counted()["posts"]) < wanted:
        if time.monotonic() - begun > 120:
            raise SystemExit(f"bench: {now} of {wanted} deliveries came")
        time.sleep(0.01)
    took, cpu = time.monotonic() - begun, cpu_seconds(server.pid) - cpu
    return (wanted - before) / took, cpu * 1e6 / (wanted - before)


def bare(sink, width):
    done = subprocess.run([program("hook_send"), sink.url, str(COUNT), str(width), str(BODY)], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return found["per_s"], found["cpu_us"]


def part_throughput(table, store, tenants, each):
    ours, theirs = [], []
    with Sink() as sink, Bench(*OPEN, postgres=store == "postgres", pinned=False, workers=0) as server:
        names = endpoints(server, sink.url, tenants, each)
        for i in range(ROUNDS):
            theirs.append(bare(sink, min(64, AT_ONCE * each * len(names))))
            ours.append(drain(server, sink, names, each, f"r{i}"))
    rate, cpu = (statistics.median(one[i] for one in ours) for i in (0, 1))
    other_rate, other_cpu = (statistics.median(one[i] for one in theirs) for i in (0, 1))
    goal = ("2,000 a second", rate >= 2000) if each * len(names) > 1 else ("", None)
    table.add(f"deliveries, {store}, {len(names)} tenants × {each} endpoints", f"{rate:,.0f}/s, {cpu:.0f} µs of CPU each; bare libcurl "
              f"{other_rate:,.0f}/s, {other_cpu:.0f} µs: {cpu / other_cpu:.1f} × its CPU", *goal)


def visitors(server):
    return load("ws", f"ws://127.0.0.1:{server.port}/v1/chat?bot=pk_demo", server.pid, "-c", CHATS, "-d", 3, "-w", 1,
                "-r", CHAT_RATE, *chat_headers(server), *HELLO, *TURN)["lat_us"]["p99"] / 1e3


def part_visitors(table, store):
    """A visitor's p99 while other tenants' deliveries go out at 2,000 a second, and without."""
    quiet, busy, rates = [], [], []
    with Sink() as sink, Bench(*OPEN, postgres=store == "postgres", pinned=False, workers=0) as server:
        names = endpoints(server, sink.url, 4, EACH)[1:]
        for i in range(2 * ROUNDS):
            quiet.append(visitors(server))
            for name in names:
                raise_events(server, name, RATE * WINDOW // len(names) // EACH, size=BODY, mark=f"v{i}", over=WINDOW)
            before, begun = sink.counted()["posts"], time.monotonic()
            busy.append(visitors(server))
            rates.append((sink.counted()["posts"] - before) / (time.monotonic() - begun))
            while sink.counted()["last"] / 1e3 > time.time() - 0.5:
                time.sleep(0.1)
    rise = statistics.median(busy) / statistics.median(quiet) - 1
    table.add(f"a visitor beside deliveries, {store}", f"p99 {statistics.median(quiet):.2f} ms alone, {statistics.median(busy):.2f} ms beside "
              f"{statistics.median(rates):,.0f} deliveries/s: {rise:+.0%}", "at most +20 %", rise <= 0.2)


def part_deliveries(table):
    """Webhooks: deliveries a second beside bare libcurl, and what visitors notice of them."""
    lengthen_log()
    for store in ("sqlite", "postgres"):
        for tenants, each in ((1, 1), (1, 8), (4, 2)):
            part_throughput(table, store, tenants, each)
        part_visitors(table, store)
