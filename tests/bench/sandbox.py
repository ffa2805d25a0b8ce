"""The part `sandbox`: what the bounded libraries and preemption cost ordinary turns, how long a bundle takes to
load, and the longest slice that any attack gets. Instructions are counted by callgrind, so a busy machine does
not change them; slices and loads are CPU time of one thread."""
import glob
import json
import os
import re
import shutil
import subprocess
import tempfile

from measure import ROOT, program

DATASET = os.path.join(ROOT, "scripts", "demo", "demo.json")
TALKS, FEW, LINES, LOADS = 20, 4, 200, 40
WRAP = '''local bot = require "bot"
local attacks = (function() %s end)()
for name, run in pairs(attacks) do
  bot.command(name) { title = name, hidden = true, run = run }
end
'''
ENTRY = '''  bench = function(text)
    local bundle, files = require "prelude.bundle", base.json.decode(text)
    local registry = bundle.over(bundle.current(), files, 1, "bot_bench")
    if registry.problems[1] then error(registry.problems[1]) end
    return {}
  end,
'''


def run(name, *arguments):
    done = subprocess.run([program(name), *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"bench: {name}: {done.stderr[-2000:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def instructions(name, inside, *arguments):
    """Instructions inside these functions, of one run."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
               *(f"--toggle-collect={function}" for function in inside), program(name), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"bench: {' '.join(command)}\n{done.stderr[-2000:]}")
    return int(re.search(r"Collected : (\d+)", done.stderr)[1])


def each(name, inside, mode, scripts, file, few, many, per):
    """Instructions of one turn or load: by the difference of two runs, so that what is done once does not count."""
    less, more = (instructions(name, inside, mode, scripts, file, n) for n in (few, many))
    return (more - less) / ((many - few) * per)


def copy_scripts(folder, change):
    scripts = os.path.join(folder, "scripts")
    shutil.copytree(os.path.join(ROOT, "scripts"), scripts)
    change(scripts)
    return scripts


def add_entry(scripts):
    path = os.path.join(scripts, "prelude", "init.lua")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert text.count("\nreturn {\n") == 1
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("\nreturn {\n", "\nreturn {\n" + ENTRY))


def add_attacks(scripts):
    for path in glob.glob(os.path.join(ROOT, "tests", "attacks", "*.lua")):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(os.path.join(scripts, "commands", "attacks_" + os.path.basename(path)), "w", encoding="utf-8") as file:
            file.write(WRAP % text)
        yield from re.findall(r"^function attacks\.(\w+)\(", text, re.M)


def example_bundle():
    """Commands of the guide's examples, as many as make LINES lines."""
    files, lines = {}, 0
    for path in sorted(glob.glob(os.path.join(ROOT, "docs", "examples", "*", "commands", "*.lua"))):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if lines < LINES:
            files["commands/" + os.path.basename(path)] = text
            lines += text.count("\n")
    return files, lines


def turns(table):
    if not shutil.which("valgrind"):
        return table.add("ordinary turns", "valgrind is not installed")
    inside, arguments = ("vm_start", "vm_resume"), ("turns", os.path.join(ROOT, "scripts"), DATASET, FEW, TALKS, 11)
    ours, stock = (each(name, inside, *arguments) for name in ("azk_sandbox", "azk_sandbox_stock"))
    table.add("an ordinary turn", f"{ours:,.0f} instructions, {ours / stock - 1:+.1%} beside Lua's own libraries without preemption "
              f"({stock:,.0f})", "at most +15 %", ours <= 1.15 * stock)


def loads(table, folder):
    files, lines = example_bundle()
    request = os.path.join(folder, "bundle.json")
    with open(request, "w", encoding="utf-8") as file:
        json.dump(files, file)
    scripts = copy_scripts(os.path.join(folder, "load"), add_entry)
    took = min(run("azk_sandbox", "load", scripts, request, LOADS)[0]["us"] for _ in range(5))
    kept = run("azk_sandbox", "load", scripts, request, LOADS)[0]["kept"]
    count = f", {each('azk_sandbox', ('vm_state_call',), 'load', scripts, request, 2, 12, 1):,.0f} instructions" if shutil.which("valgrind") else ""
    table.add(f"loading {lines} lines of {len(files)} files", f"{took:,.0f} µs{count}", "at most 1,000 µs", took <= 1000)
    table.add(f"memory after {LOADS} bundles were loaded and dropped", f"{kept:+,} B", "nothing", kept <= 4096)


def slices(table, folder):
    names = []
    scripts = copy_scripts(os.path.join(folder, "attacks"), lambda path: names.extend(add_attacks(path)))
    rows = sorted(run("azk_sandbox", "slices", scripts, DATASET, ",".join(names)), key=lambda row: row["longest_ms"])
    most = ", ".join(f"{row['command']} {row['longest_ms']:.1f}" for row in rows[:-4:-1])
    table.add(f"the longest slice of {len(rows)} attacks", f"{most} ms", "at most 50 ms", rows[-1]["longest_ms"] <= 50)


def part_sandbox(table):
    """What the bounds on scripts cost and hold: instructions of a turn, loading a bundle, slices of attacks."""
    with tempfile.TemporaryDirectory(prefix="azentiko-bench-") as folder:
        turns(table)
        loads(table, folder)
        slices(table, folder)
