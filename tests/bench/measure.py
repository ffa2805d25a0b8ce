"""What the parts of the bench share: the server on core 0, the load on core 1,
medians of rounds, and the table."""
import glob
import json
import os
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "blackbox"))
import databases  # noqa: E402
from server import Server  # noqa: E402

ROUNDS = int(os.environ.get("ROUNDS", "3"))
SECONDS = float(os.environ.get("SECONDS_EACH", "3"))
MESSAGE = '{"type":"message","cid":"{id}-{n}","text":"menu"}'
LOG_FILES = 40  # of 16 MB
ACK = '"cid":"{id}-{n}"'
HELLO = ["--hello", '{"type":"hello"}', "--hello-expect", '"type":"ready"']
TURN = ["-m", MESSAGE, "-e", ACK]


def program(name):
    """A program of the build, by name."""
    found = glob.glob(f"{ROOT}/build/gcc/**/{name}", recursive=True)
    if not found:
        raise SystemExit(f"bench: {name} is not built")
    return found[0]


def generator():
    return os.environ.get("CHATLOAD") or program("azk_load")


def load(mode, url, pid, *options):
    """One run of the load generator on core 1; its result."""
    command = ["taskset", "-c", "1", generator(), mode, "-p", str(pid), *map(str, options), url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        raise SystemExit(f"bench: {' '.join(command)}\n{done.stderr}")
    result = json.loads(done.stdout)
    # In an open loop the last messages are still on their way when the window ends.
    late = 0.01 * result.get("msgs", 0)
    errors = {k: v for k, v in result["errors"].items() if v > (late if k == "unfinished" else 0)}
    if errors or result["failed"]:
        print(f"    ! {result['failed']} not opened, errors {errors}: {done.stderr.strip()}", flush=True)
    return result


class Bench:
    """A server with one worker on core 0 and everything of its own."""

    def __init__(self, *options, postgres=False, workers=1, pinned=True, env=None):
        self.folder = tempfile.TemporaryDirectory(prefix="azentiko-bench-")
        self.database = databases.fresh() if postgres else None
        url = self.database.__enter__() if postgres else None
        self.server = Server(self.folder.name, url, ["--workers", str(workers), *options], env=env,
                             wrap=["taskset", "-c", "0"] if pinned else [])

    def __enter__(self):
        self.server.start()
        return self.server

    def __exit__(self, *error):
        self.server.stop()
        if self.database:
            self.database.__exit__(None, None, None)
        self.folder.cleanup()


def lengthen_log():
    """Gives PostgreSQL the log files of a server that has run for a while: in a new cluster, the commit that
    comes to the end of one makes the next and brings its 16 MB to the disk, which every turn waits for."""
    databases.administer("ALTER SYSTEM SET min_wal_size = '1GB'")
    databases.administer("SELECT pg_reload_conf()")
    for _ in range(LOG_FILES):
        databases.administer("SELECT pg_logical_emit_message(false, 'bench', 'x')")
        databases.administer("SELECT pg_switch_wal()")
    databases.administer("CHECKPOINT")


def chat_headers(server):
    return ["-H", f"Origin: http://localhost:{server.port}", "-H", "Sec-WebSocket-Protocol: azentiko.v1"]


def metric(server, name):
    """The sum of a metric's samples."""
    total = None
    for line in server.get("/metrics")[2].decode().splitlines():
        if line.startswith((name + " ", name + "{")):
            total = (total or 0) + float(line.rsplit(" ", 1)[1])
    return total


def median(rows, *path):
    values = []
    for row in rows:
        for key in path:
            row = row[key]
        values.append(row)
    return statistics.median(values)


class Table:
    """Rows of the result: what, the figures, and the goal it is held against."""

    def __init__(self):
        self.rows = []

    def add(self, what, figures, goal="", met=None):
        self.rows.append({"what": what, "figures": figures, "goal": goal, "met": met})
        verdict = "" if met is None else ("  met" if met else "  MISSED")
        print(f"  {what}: {figures}  {('goal ' + goal) if goal else ''}{verdict}", flush=True)

    def write(self, folder):
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "result.json"), "w", encoding="utf-8") as file:
            json.dump(self.rows, file, indent=1)
        print("\n| what | measured | goal | |\n|---|---|---|---|")
        for row in self.rows:
            verdict = {None: "", True: "met", False: "**missed**"}[row["met"]]
            print(f"| {row['what']} | {row['figures']} | {row['goal']} | {verdict} |")
