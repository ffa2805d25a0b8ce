"""What a visitor submits is there once: sent twice, by two windows, around a kill -9, by many at the same moment."""
import asyncio
import random

from api import Client, accounts, create_key
from chat import Chat

FORMS = ("lead", "callback", "ticket")


def client_of(server):
    return Client(server, create_key(server, accounts(server)[0])["secret"])


def fields(number):
    return {"name": f"N{number}", "email": f"n{number}@example.org", "phone": f"+49 30 88{number:06}", "subject": "s", "message": "m"}


async def deliver(chat, form, cid, number):
    """Sends it until it is acknowledged, as the chat's own page does; its seq."""
    for _ in range(10):
        await chat.send("form", cid=cid, form=form, fields=fields(number))
        while True:
            frame = await chat.next(10)
            if frame["type"] == "ack" and frame["cid"] == cid:
                return frame["seq"]
            if frame["type"] == "error" and frame.get("cid") == cid:
                assert frame["retry_after_ms"], frame
                await asyncio.sleep(frame["retry_after_ms"] / 1000)
                break
    raise AssertionError(f"{form} {cid} was never taken")


async def test_two_windows_that_send_the_same_are_one(server):
    client = client_of(server)
    async with await Chat(server).open() as one:
        await one.say("hello")
        async with await Chat(server).open(**one.resume()) as two:
            for number, form in enumerate(FORMS):
                seqs = await asyncio.gather(*(deliver(window, form, f"both-{form}", number) for window in (one, two)))
                assert seqs[0] == seqs[1]
        conversation = one.ready["conversation"]
    for form in FORMS:
        assert len([f for f in client.all(f"/v1/{form}s") if f["conversation"] == conversation]) == 1, form


async def test_a_kill_between_makes_neither_two_nor_none(own):
    server = own()
    chat = await Chat(server).open()
    await chat.say("hello")
    conversation = chat.ready["conversation"]
    chance = random.Random(7)
    for number in range(2):
        for form in FORMS:
            await chat.send("form", cid=f"{form}-{number}", form=form, fields=fields(number))
        await asyncio.sleep(chance.random() / 100)
        server.kill()
        server.start()
        chat = await Chat(server).open(**{**chat.resume(), "after": 0})
        for form in FORMS:
            await deliver(chat, form, f"{form}-{number}", number)
    client = client_of(server)
    for form in FORMS:
        found = [f for f in client.all(f"/v1/{form}s") if f["conversation"] == conversation]
        assert sorted(f["name"] for f in found) == ["N0", "N1"], form
        assert all([e["kind"] for e in client.all(f"/v1/{form}s/{f['id']}/history")] == ["created"] for f in found)
    numbers = [t["number"] for t in client.all("/v1/tickets")]
    assert len(set(numbers)) == len(numbers)


async def test_tickets_of_the_same_moment_have_numbers_of_their_own(server):
    client = client_of(server)
    before = {t["number"] for t in client.all("/v1/tickets")}
    chats = await asyncio.gather(*(Chat(server).open() for _ in range(8)))
    await asyncio.gather(*(deliver(chat, "ticket", "one", 100 + i) for i, chat in enumerate(chats)))
    numbers = [t["number"] for t in client.all("/v1/tickets") if t["number"] not in before]
    assert len(numbers) == 8 == len(set(numbers))
    for chat in chats:
        await chat.socket.close()
