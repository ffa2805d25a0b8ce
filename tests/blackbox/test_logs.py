"""The log: JSON lines that name things, and hold nothing that hurts."""
import json
import re

from chat import Chat


async def test_lines_are_json_and_hold_no_address_token_or_text(server):
    async with Chat(server) as chat:
        await chat.say("my secret is swordfish")
        token = chat.ready["visitor"]
        await chat.raw("{")
        await chat.expect("error")
    server.get("/nothing")
    with server.connect() as raw:
        raw.sendall(b"nonsense\r\n\r\n")
        raw.recv(4096)
    lines = list(server.lines)
    plain = [line for line in lines if not line.startswith("{")]
    assert len(plain) <= 1, "besides the URL everything is JSON"
    for line in lines:
        if line in plain:
            continue
        entry = json.loads(line)
        assert entry["level"] in ("debug", "info", "warn", "error")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", entry["ts"])
        assert entry["msg"]
        assert token not in line and "swordfish" not in line
        assert not re.search(r"\b127\.0\.0\.1\b(?!:)", line), "addresses are cut before they are written"
