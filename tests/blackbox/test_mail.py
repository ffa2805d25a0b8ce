"""Notices, summaries and transcripts by the real server: to whom they go, what
they look like, what happens when the mail server or we fall over. Who gets
notices is known at once where it was set before the first event of a process,
else after three seconds."""
import asyncio
import itertools
import random
import re
import time

import pytest
from api import Client, accounts, create_account, create_key, demo_dataset
from chat import Chat, texts
from smtp_sink import Hostile, Sink, certificate

PUBLIC = "http://mail.test.example"
FROM = ("--mail-from", "Velo Nord <notices@example.org>", "--smtp-tls", "optional", "--public-url", PUBLIC)
QUICK = ("--test-outbound-loopback", "--test-webhook-scale", "1000", "--smtp-timeout-ms", "1500")


_phones = itertools.count(1234567)  # another one each time: the same contact would join the lead that is there


@pytest.fixture
def sink():
    one = Sink()
    yield one
    one.close()


def options(url, *more):
    return ["--smtp-url", url, *FROM, *QUICK, *more]


def client_of(server, account=None):
    return Client(server, create_key(server, account or accounts(server)[0])["secret"])


def add(client, email, at_once=(), daily=(), **more):
    answer = client.post("/v1/notices", {"email": email, "at_once": list(at_once), "daily": list(daily), **more})
    assert answer.status == 201, answer
    return answer.body


async def leave(server, name, bot="pk_demo", form="lead"):
    """A lead, callback or ticket of a visitor."""
    async with Chat(server, bot=bot) as chat:
        fields = {"name": name, "email": f"{name.lower()}@visitor.example", "phone": f"+49 30 {next(_phones)}",
                  "subject": f"{name}'s subject", "message": f"Hello <b>{name}</b>\nsecond line"}
        await chat.post("form", form=form, fields=fields)
        return chat.ready["conversation"]


def log(client, **query):
    return client.all("/v1/mails", **query)


def wait_for(holds, timeout=15):
    end = time.monotonic() + timeout
    while not (found := holds()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)
    return found


def path_of(mail_or_url):
    url = mail_or_url if isinstance(mail_or_url, str) else re.fullmatch(r"<(.*)>", mail_or_url["List-Unsubscribe"])[1]
    assert url.startswith(PUBLIC)
    return url[len(PUBLIC):]


async def test_a_lead_a_ticket_and_a_wish_for_a_person_are_mailed(own, sink):
    server = own(*options(sink.url()))
    client = client_of(server)
    assert client.ok("/v1/account")["mail"] == "on"
    add(client, "Team@Example.org", ["lead", "callback", "ticket", "ticket_message", "handover"], language="de")
    await leave(server, "Ada")
    async with Chat(server) as chat:
        await chat.post("form", form="ticket", fields={"name": "Grace", "email": "grace@visitor.example", "subject": "Licht ü", "message": "Hm"})
        number = client.ok("/v1/tickets")["data"][0]["number"]
        await chat.say(f"/ticket {number} It still flickers")
        await chat.post("message", text="I want to talk to a human")
    mails = await asyncio.to_thread(sink.wait, lambda m: len(m) >= 4)
    assert {m.recipients[0] for m in mails} == {"team@example.org"} and len(mails) == 4
    by_subject = {m["Subject"]: m for m in mails}
    lead = by_subject["Neuer Kontakt: Ada"]
    assert lead["Reply-To"] == "ada@visitor.example" and lead["Auto-Submitted"] == "auto-generated"
    assert "Hello <b>Ada</b>" in lead.text and "&lt;b&gt;Ada&lt;/b&gt;" in lead.html and "<b>Ada" not in lead.html
    assert lead["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and f"Ticket {number}: Licht ü" in by_subject
    assert "It still flickers" in by_subject[f"Ticket {number}, neue Nachricht: Licht ü"].text
    assert any("wartet jemand" in s for s in by_subject)
    for mail in mails:
        assert max(map(len, mail.data.split(b"\r\n"))) <= 998 and all(byte < 128 for byte in mail.data)
    rows = wait_for(lambda: (r := log(client)) and all(x["state"] == "sent" for x in r) and r)
    assert len(rows) == 4 and {r["status"] for r in rows} == {250}


async def test_nobody_gets_the_notices_of_another_client(own, sink, tmp_path):
    server = own(*options(sink.url()))
    dataset = demo_dataset()
    dataset["bot"].pop("slug", None)
    dataset["business"]["name"] = dataset["bot"]["name"] = "Other Ltd"
    account, public_key = create_account(server, tmp_path, dataset)
    mine, other = client_of(server), client_of(server, account)
    ours = add(mine, "mine@example.org", ["lead"])
    add(other, "other@example.org", ["lead"])
    for i in range(3):
        await leave(server, f"Mine{i}")
        await leave(server, f"Other{i}", bot=public_key)
    mails = await asyncio.to_thread(sink.wait, lambda m: len(m) >= 6)
    for mail in mails:
        whose = mail.recipients[0].split("@")[0]
        assert whose in mail["Subject"].lower() and ("Other Ltd" in mail.text) == (whose == "other")
    path = f"/v1/notices/{ours['id']}"
    assert other.get(path).status == 404 and other.call("DELETE", path).status == 404
    assert other.call("PATCH", path, {"state": "off"}).status == 404 and other.post(path + "/test", None).status == 404
    assert {m["address"] for m in log(other)} == {"other@example.org"}
    # a link of one account, rewritten to the other, opens nothing
    link = path_of([m for m in mails if m.recipients == ["mine@example.org"]][0])
    assert server.request("POST", re.sub(r"tnt_\w+", account, link))[0] == 404
    assert mine.ok(path)["at_once"] == ["lead"]


async def test_the_unsubscribe_link_needs_no_login_and_works_once_pressed(own, sink):
    server = own(*options(sink.url()))
    client = client_of(server)
    recipient = add(client, "team@example.org", ["lead", "handover"])
    await leave(server, "Ada")
    link = path_of((await asyncio.to_thread(sink.wait, lambda m: len(m) == 1))[0])
    status, headers, body = server.request("GET", link)
    assert status == 200 and b"<form method=\"post\"" in body and "default-src 'none'" in headers["Content-Security-Policy"]
    assert client.ok(f"/v1/notices/{recipient['id']}")["at_once"] == ["lead", "handover"]
    one_click = {"Content-Type": "application/x-www-form-urlencoded"}
    assert server.request("POST", link, b"List-Unsubscribe=One-Click", one_click)[0] == 200
    left = client.ok(f"/v1/notices/{recipient['id']}")
    assert left["at_once"] == ["handover"] and left["stopped"][0]["kind"] == "lead"
    for change in ((".lead.", ".handover."), (link[-4:], "AAAA"), ("t=", "x="), ("rcp_", "rcp_0")):
        assert server.request("POST", link.replace(*change))[0] in (400, 404), change


async def test_without_an_smtp_server_it_says_so_and_nothing_piles_up(own):
    server = own()
    assert server.wait_line("mail is off")
    client = client_of(server)
    assert client.ok("/v1/account")["mail"] == "off"
    recipient = add(client, "team@example.org", ["lead"])
    assert client.post(f"/v1/notices/{recipient['id']}/test", None).body["state"] == "off"
    await leave(server, "Ada")
    rows = await asyncio.to_thread(wait_for, lambda: (r := log(client)) and len(r) == 2 and r)
    assert {r["state"] for r in rows} == {"off"} and {r["error"] for r in rows} == {"mail is off"}
    async with Chat(server) as chat:
        await chat.say("/transcript")
        ack = await chat.post("message", text="ada@visitor.example")
        assert "cannot send mail" in texts(await chat.answer(ack["seq"]))


async def test_a_transcript_goes_only_to_who_presses_the_button(own, sink):
    server = own(*options(sink.url()))
    client = client_of(server)
    async with Chat(server) as chat:
        await chat.say("When are you open? Buy at spam.example!")
        await chat.say("/transcript")
        ack = await chat.post("message", text="Ada@visitor.example")
        assert "ada@visitor.example" in texts(await chat.answer(ack["seq"])).lower()
        confirm = (await asyncio.to_thread(sink.wait, lambda m: len(m) == 1))[0]
        assert confirm.recipients == ["ada@visitor.example"] and "spam" not in confirm.data.decode().lower()
        button = re.search(r'href="([^"]*/v1/mail/transcript[^"]*)"', confirm.html)[1].replace("&amp;", "&")
        assert server.request("GET", path_of(button))[0] == 200
        await asyncio.sleep(0.3)
        assert len(sink.mails) == 1
        assert server.request("POST", path_of(button))[0] == 200 and server.request("POST", path_of(button))[0] == 200
        mails = await asyncio.to_thread(sink.wait, lambda m: len(m) == 2)
        assert "spam.example" in mails[1].text and [p.get_filename() for p in mails[1].message.iter_attachments()] == ["chat.txt"]
        # the bounds: one address twice a day
        for expected in ("sent", "often"):
            await chat.say("/transcript")
            ack = await chat.post("message", text="ada@visitor.example")
            said = texts(await chat.answer(ack["seq"]))
            assert ("too often" in said) == (expected == "often"), said
        mails = await asyncio.to_thread(sink.wait, lambda m: len(m) == 3)
        # its owner wants no more of them
        assert server.request("POST", path_of(mails[2]))[0] == 200
        await chat.send("forget")
        await chat.expect("forgotten")
    assert not [m for m in log(client) if m["kind"] in ("confirm", "transcript")]


@pytest.mark.parametrize("reply,state", [("550 5.1.1 no such user", "failed"), ("554 5.7.1 no", "failed")])
async def test_a_refusal_for_good_is_recorded_and_told(own, sink, reply, state):
    sink.answers["rcpt" if "1.1" in reply else "data"] = lambda _: reply
    server = own(*options(sink.url()))
    client = client_of(server)
    recipient = add(client, "gone@example.org", ["lead"])
    for i in range(4):
        await leave(server, f"Ada{i}")
        await asyncio.to_thread(wait_for, lambda n=i: len([r for r in log(client) if r["state"] == state]) > min(n, 2))
    found = client.ok(f"/v1/notices/{recipient['id']}")
    assert found["state"] == "off" and reply[4:] in found["reason"]
    assert len([r for r in log(client) if r["state"] == "failed"]) == 3


async def test_a_busy_moment_is_tried_again_and_sent_once(own, sink):
    replies = iter(["450 4.7.1 greylisted", "451 4.3.0 try later"])
    sink.answers["rcpt"] = lambda _: next(replies, None)
    server = own(*options(sink.url()))
    client = client_of(server)
    add(client, "team@example.org", ["lead"])
    await leave(server, "Ada")
    await asyncio.to_thread(sink.wait, lambda m: len(m) == 1)
    row = await asyncio.to_thread(wait_for, lambda: [r for r in log(client) if r["state"] == "sent"])
    assert row[0]["attempts"] == 3
    await asyncio.sleep(0.5)
    assert len(sink.mails) == 1


@pytest.mark.parametrize("way", ["hang", "drip", "drops_after_data", "hangs_after_data", "full"])
async def test_a_mail_server_that_misbehaves_holds_nobody_up(own, way):
    bad = Hostile(way)
    server = own(*options(bad.url()))
    client = client_of(server)
    add(client, "team@example.org", ["lead"])
    await leave(server, "Ada")
    await asyncio.to_thread(wait_for, lambda: bad.hits > 0)
    slowest = 0
    async with Chat(server) as chat:
        for _ in range(20):
            begun = time.monotonic()
            await chat.say("/hours")
            slowest = max(slowest, time.monotonic() - begun)
    assert slowest < 1.0  # the mail server takes 1.5 s of a thread's time, none of a loop's
    row = await asyncio.to_thread(wait_for, lambda: (r := log(client)) and r[0]["error"] and r)
    assert row[0]["state"] == "waiting" and row[0]["status"] == {"full": 421, "drops_after_data": 354, "hangs_after_data": 354}.get(way)
    begun = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - begun < 6
    bad.close()


async def test_killed_while_it_sends_it_loses_nothing(own, sink):
    async def slowly(_):
        await asyncio.sleep(0.05)

    sink.answers["data"] = slowly
    server = own(*options(sink.url()))
    client = client_of(server)
    add(client, "team@example.org", ["lead"])
    names = [f"Ada{i}" for i in range(12)]
    for name in names:
        await leave(server, name)
    for _ in range(1 if server.database else 3):
        mark = len(sink.mails)
        await asyncio.to_thread(wait_for, lambda n=mark: len(sink.mails) > n or len(sink.mails) >= 12, 40)
        await asyncio.sleep(random.random() * 0.05)
        server.kill()
        server.start()
    # On PostgreSQL other nodes may live: what the dead one had under a lease waits for its end (18 s here).
    mails = await asyncio.to_thread(sink.wait, lambda m: {x["Subject"] for x in m} >= {f"New contact: {n}" for n in names}, 50)
    ids = {}
    for mail in mails:
        ids.setdefault(mail["Message-ID"], set()).add(mail.data)
    assert len(ids) == 12 and all(len(bodies) == 1 for bodies in ids.values())  # a double is the same message


async def test_secrets_stay_secret(own, tmp_path):
    cert = certificate(tmp_path)
    one = Sink(tls=cert, login=("velo", "canary-4711"))
    server = own("--smtp-url", one.url(), *FROM[:2], "--public-url", PUBLIC, "--outbound-ca", str(cert[0]),
                 env={"AZENTIKO_SMTP_USER": "velo", "AZENTIKO_SMTP_PASSWORD": "canary-4711"})
    client = client_of(server)
    recipient = add(client, "team@example.org")
    assert client.post(f"/v1/notices/{recipient['id']}/test", None).status == 202
    mail = (await asyncio.to_thread(one.wait, lambda m: len(m) == 1))[0]
    assert mail.secure and one.logins[-1][1] and "canary" not in mail.data.decode()
    assert not [line for line in server.lines if "canary" in line]
    one.close()


def test_recipients_by_api(server):
    client = client_of(server)
    one = add(client, "a@example.org", ["lead"], ["ticket"], hour=17, language="fr")
    path = f"/v1/notices/{one['id']}"
    assert client.ok(path) == one and one["state"] == "on" and one["stopped"] == []
    assert client.call("PATCH", path, {"at_once": [], "hour": 6}).body["hour"] == 6
    for body, pointer in (({"email": "A@example.org"}, "/email"), ({"email": "nobody"}, "/email"), ({"email": "ü@example.org"}, "/email"),
                          ({"email": "b@example.org", "at_once": ["leads"]}, "/at_once/0"), ({"email": "b@example.org", "hour": 24}, "/hour"),
                          ({"email": "b@example.org", "language": "xx"}, "/language")):
        answer = client.post("/v1/notices", body)
        assert answer.status == 422 and answer.body["errors"][0]["pointer"] == pointer, answer
    for i in range(19):
        add(client, f"x{i}@example.org")
    assert [client.post(path + "/test", None).status for _ in range(2)] == [202, 202]
    assert client.post("/v1/notices", {"email": "y@example.org"}).status == 422
    assert client.call("DELETE", path).status == 204 and client.get(path).status == 404
