"""Every question of the script API in each language of the platform: answered well, badly, cancelled, timed out, with the
server killed in the middle. Played on the server's own engine, whose clock the plays move."""
import json

import databases
import pytest
from server import run_cli

ANSWER = {"en": "got", "de": "bekam"}
CANCEL = {"en": ["cancel", "Never mind!"], "de": ["Abbrechen", "vergiss es", "cancel"]}
CANCELLED = {"en": "All right, I have cancelled that.*", "de": "Alles klar, ich habe das abgebrochen.*"}
LATE = {"en": "I have not heard from you*", "de": "Ich habe nichts mehr von Ihnen gehört*"}
GAVE_UP = {"en": "I am afraid we do not get any further here.*", "de": "So kommen wir hier leider nicht weiter.*"}

# kind: the call's values behind the question, then for each language: bad answers with what is said to them, good ones with their value
QUESTIONS = {
    "ask": ("", {"en": [], "de": []}, {"en": [("Ada", "Ada")], "de": [("Ada", "Ada")]}),
    "ask_text": (", { max = 10%s }", {
        "en": [("a word that is too long", "That is too long. Please keep it under 10 characters.")],
        "de": [("ein Wort, das zu lang ist", "Das ist zu lang. Bitte höchstens 10 Zeichen.")],
    }, {"en": [("short", "short")], "de": [("kürzer", "kürzer")]}),
    "ask_choice": (', { { value = "in", label = t { en = "Inside", de = "Drinnen" } }, { value = "out", label = t { en = "Outside", de = "Draußen" } } }', {
        "en": [("on the roof", "Please choose one of these: Inside or Outside.")],
        "de": [("auf dem Dach", "Bitte wählen Sie: Drinnen oder Draußen.")],
    }, {"en": [("inside", "in"), ("2", "out")], "de": [("draussen", "out"), ("1", "in")]}),
    "ask_number": (", { min = 1, max = 12%s }", {
        "en": [("lots", "Please give me a number."), ("13", "Please give me a number from 1 to 12."),
               ("2.5", "Please give me a whole number.")],
        "de": [("viele", "Bitte nennen Sie mir eine Zahl."), ("13", "Bitte nennen Sie mir eine Zahl von 1 bis 12."),
               ("2,5", "Bitte nennen Sie mir eine ganze Zahl.")],
    }, {"en": [("we are four", "4")], "de": [("wir sind vier", "4")]}),
    "ask_date": (', { min = "2026-12-01", max = "2026-12-31"%s }', {
        "en": [("the day of the fish", "I did not understand the date.*"), ("24.11.2026", "That day is in the past.*"),
               ("tomorrow", "Please choose a day from Tuesday, 1 December to Thursday, 31 December.")],
        "de": [("am Fischtag", "Das Datum habe ich nicht verstanden.*"), ("gestern", "Dieser Tag liegt in der Vergangenheit.*"),
               ("morgen", "Bitte wählen Sie einen Tag von Dienstag, 1. Dezember bis Donnerstag, 31. Dezember.")],
    }, {"en": [("christmas eve", "2026-12-24"), ("24 December", "2026-12-24")], "de": [("Heiligabend", "2026-12-24"), ("3.12.", "2026-12-03")]}),
    "ask_time": (', { min = "17:00", max = "22:00"%s }', {
        "en": [("soon", "I did not understand the time.*"), ("9 am", "Please choose a time from 17:00 to 22:00.")],
        "de": [("bald", "Die Uhrzeit habe ich nicht verstanden.*"), ("9 Uhr", "Bitte wählen Sie eine Uhrzeit von 17:00 bis 22:00.")],
    }, {"en": [("7 pm", "19:00"), ("half past seven pm", "19:30")], "de": [("19 Uhr 30", "19:30"), ("halb acht abends", "19:30")]}),
    "ask_email": ("", {
        "en": [("ada at home", "That does not look like an e-mail address.*")],
        "de": [("ada bei uns", "Das sieht nicht wie eine E-Mail-Adresse aus.*")],
    }, {"en": [("ada@example.org", "ada@example.org")], "de": [("ada@example.org", "ada@example.org")]}),
    "ask_phone": ("", {
        "en": [("ring me", "That does not look like a phone number.*")],
        "de": [("ruf an", "Das sieht nicht wie eine Telefonnummer aus.*")],
    }, {"en": [("+49 30 23125 0", "+49 30 23125 0")], "de": [("030/231250", "030/231250")]}),
    "ask_file": (', { types = { "image/*" }%s }', {
        "en": [("hm", "Please send a file, or write “cancel”."),
               ("> a.pdf application/pdf", "A file of this kind will not do. Please send one of these: a picture.")],
        "de": [("hm", "Bitte senden Sie eine Datei oder schreiben Sie „abbrechen“."),
               ("> a.pdf application/pdf", "Eine solche Datei geht hier nicht. Bitte senden Sie: ein Bild.")],
    }, {"en": [("> b.png image/png", "b.png")], "de": [("> b.png image/png", "b.png")]}),
    "rating": ("", {
        "en": [("great", "Please give me a number from 1 to 5.")], "de": [("toll", "Bitte nennen Sie mir eine Zahl von 1 bis 5.")],
    }, {"en": [("4", "4"), ("= rating: rating = 5", "5")], "de": [("vier", "4")]}),
    "form": (None, {
        "en": [("hello", "Please fill in the form above, or write “cancel”.")],
        "de": [("hallo", "Bitte füllen Sie das Formular oben aus oder schreiben Sie „abbrechen“.")],
    }, {"en": [("= f: a = 1", "1")], "de": [("= f: a = 1", "1")]}),
}


def code(kind, rule=""):
    question = "t { en = 'Well?', de = 'Nun?' }"
    if kind == "form":
        return f"chat:form {{ name = 'f', title = {question}, fields = {{ {{ name = 'a', required = true }} }}{rule} }}.a"
    rest = QUESTIONS[kind][0]
    if "%s" in rest:
        rest = rest % rule
    elif rule:
        rest += ", {" + rule.lstrip(",") + " }"
    return f"chat:{kind}({question}{rest})" + (".name" if kind == "ask_file" else "")


def script():
    commands = ['local bot = require "bot"']
    for kind in QUESTIONS:
        name = kind.replace("_", "-")
        for suffix, rule in (("", ""), ("-slow", ', timeout = "3d"'), ("-say", ', timeout = "3d", on_timeout = { say = t { en = "Late.", de = "Spät." } }'),
                             ("-once", ", tries = 2")):
            commands.append(f'bot.command "{name}{suffix}" {{ title = "{name}{suffix}", run = function(chat)\n'
                            f'  local value = {code(kind, rule)}\n'
                            f"  chat:say(t {{ en = 'got %s', de = 'bekam %s' }}, tostring(value))\nend }}")
    # the question stands in a command that another one goes on with
    commands.append('bot.command "outer" { title = "Outer", run = function(chat)\n  local a = chat:ask "A?"\n  chat:go "inner"\n'
                    '  chat:say("outer %s %s", a, chat:get "b")\n  chat:ask "C?"\n  chat:say "end"\nend }')
    commands.append('bot.command "inner" { title = "Inner", hidden = true, run = function(chat)\n'
                    '  local b = chat:ask_number("B?", { timeout = "3d", on_timeout = { value = 0 } })\n  chat:set("b", b)\n'
                    '  chat:go "innermost"\nend }')
    commands.append('bot.command "innermost" { title = "Innermost", hidden = true, run = function(chat)\n'
                    '  chat:say("inner %s", chat:ask "D?")\nend }')
    return "\n\n".join(commands) + "\n"


def sends(answer):
    if answer.startswith("> "):
        return "visitor sends: " + answer[2:]
    if answer.startswith("= "):
        return "visitor fills " + answer[2:]
    return "visitor: " + answer


def begin(kind, language, suffix=""):
    return [f"visitor: /{kind.replace('_', '-')}{suffix}", "bot: " + ("Well?" if language == "en" else "Nun?")]


def plays():
    """name -> text"""
    found = {}
    for kind, (_, bad, good) in QUESTIONS.items():
        for language in ("en", "de"):
            head = ["clock 2026-11-25T12:00:00+01:00", f"locale {language}"]
            lines = [*head]
            for answer, value in good[language]:
                lines += begin(kind, language)
                for wrong, said in bad[language]:
                    lines += [sends(wrong), "bot: " + said, "restart server"]
                lines += [sends(answer), f"bot: {ANSWER[language]} {value}"]
            found[f"{kind}_{language}_answered"] = lines
            lines = [*head]
            for word in CANCEL[language]:
                lines += [*begin(kind, language), "restart server", "visitor: " + word, "bot: " + CANCELLED[language]]
            found[f"{kind}_{language}_cancelled"] = lines
            lines = [*head, *begin(kind, language, "-slow"), "wait 71 hours", "bot says nothing", "restart server", "wait 1 hour",
                     "bot: " + LATE[language], *begin(kind, language, "-say"), "wait 3 days", "bot: " + ("Late." if language == "en" else "Spät."),
                     *begin(kind, language, "-slow"), sends(good[language][0][0]), f"bot: {ANSWER[language]} {good[language][0][1]}", "wait 4 days",
                     "bot says nothing"]
            found[f"{kind}_{language}_late"] = lines
            if bad[language]:
                wrong, said = bad[language][0]
                found[f"{kind}_{language}_gave_up"] = [*head, *begin(kind, language, "-once"), sends(wrong), "bot: " + said, "restart server",
                                                       sends(wrong), "bot: " + GAVE_UP[language]]
    for name, between in {"restarted": "restart server", "idle": "wait 2 hours"}.items():
        found["nested_" + name] = ["visitor: /outer", "bot: A?", between, "visitor: a", "bot: B?", between, "visitor: x", "bot: Please give me a number.",
                                   between, "visitor: 7", "bot: D?", between, "visitor: d", "bot: inner d", "bot: outer a 7", "bot: C?", between,
                                   "visitor: c", "bot: end"]
    found["nested_late"] = ["visitor: /outer", "bot: A?", "visitor: a", "bot: B?", "wait 2 days", "restart server", "wait 1 day", "bot: D?", "restart server",
                            "visitor: d", "bot: inner d", "bot: outer a 0", "bot: C?", "visitor: cancel", "bot: All right*"]
    return found


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """name -> None, or what did not hold"""
    if databases.on_postgres():
        pytest.skip("plays have a store of their own")
    folder = tmp_path_factory.mktemp("questions")
    (folder / "scripts").mkdir()
    (folder / "scripts" / "questions.lua").write_text(script(), encoding="utf-8")
    for name, lines in plays().items():
        (folder / f"{name}.chat").write_text("\n".join(["with questions.lua", *lines]) + "\n", encoding="utf-8")
    done = run_cli("script", "test", folder, "--json", timeout=100)
    assert done.stdout, done.stderr
    return {play["name"]: play.get("error") for play in json.loads(done.stdout)["plays"]}


@pytest.mark.parametrize("name", plays())
def test_a_question(played, name):
    assert played[name] is None
