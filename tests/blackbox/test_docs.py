"""The guides name what exists, and all of it."""
import os
import re

from server import ROOT, run_cli


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


def test_every_file_that_the_architecture_names_exists():
    named = re.findall(r"`((?:runtime|scripts|tests|schema|plugins)/[\w./]+)`", read("docs/architecture.md"))
    assert len(named) > 40
    assert [name for name in named if not os.path.exists(os.path.join(ROOT, name))] == []


def test_links_lead_somewhere():
    for page in ("README.md", *(f"docs/{name}" for name in os.listdir(os.path.join(ROOT, "docs"))), "tests/bench/README.md"):
        if not page.endswith(".md"):
            continue
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", read(page)):
            assert os.path.exists(os.path.join(ROOT, os.path.dirname(page), target)), f"{page}: {target}"


def test_every_option_is_in_the_operator_guide():
    guide = read("docs/operator-guide.md")
    options = re.findall(r"^\s+(--[a-z-]+)", run_cli("help").stdout, re.M)
    assert len(options) > 10
    assert [option for option in options if option not in guide] == []


def test_every_metric_is_in_the_operator_guide(server):
    guide = read("docs/operator-guide.md")
    names = re.findall(r"^# TYPE (\S+)", server.get("/metrics")[2].decode(), re.M)
    assert [name for name in names if name not in guide] == []


def test_settings_table_names_no_option_that_is_gone():
    known = run_cli("help").stdout
    table = re.findall(r"^\| `(--[a-z-]+)", read("docs/operator-guide.md"), re.M)
    assert [option for option in table if option not in known] == []


def test_the_examples_page_holds_the_files_word_for_word():
    page = read("docs/script-examples.md")
    shown = dict(re.findall(r"^`(examples/[\w./-]+)`\n\n```\w*\n(.*?)\n```$", page, re.M | re.S))
    found = {}
    for folder, _, names in os.walk(os.path.join(ROOT, "docs", "examples")):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), os.path.join(ROOT, "docs"))
            found[path] = read(os.path.join("docs", path)).rstrip("\n")
    assert len({path.split("/")[1] for path in found}) == 10
    assert shown == found
