"""A visitor chats: answers, acknowledgements, resuming, nothing twice."""
import asyncio

from chat import Chat, texts


def seqs(chat):
    return [f["seq"] for f in chat.seen if f["type"] == "message"]


async def test_first_chat(server):
    async with Chat(server) as chat:
        assert chat.ready["resumed"] is False
        assert chat.ready["conversation"].startswith("conv_")
        assert chat.ready["bot"]["name"]
        ack = await chat.post("message", text="What are your opening hours?", cid="first")
        answer = await chat.answer(ack["seq"])
        assert answer["from"] == "bot"
        assert answer["seq"] > ack["seq"]
        assert texts(answer)
        assert answer["at"].endswith("Z")


async def test_seq_grows_by_one_own_messages_included(server):
    async with Chat(server) as chat:
        start = chat.ready["seq"]
        acks = [await chat.say(f"/hours {n}") for n in range(5)]
        numbers = sorted([a["seq"] for a in acks] + [n for n in seqs(chat) if n > start])
        assert sorted(set(numbers)) == list(range(start + 1, max(numbers) + 1))


async def test_menu_is_shown_and_a_choice_is_answered(server):
    async with Chat(server) as chat:
        ack = await chat.post("command", name="menu", args={})
        menu = await chat.answer(ack["seq"])
        shown = [b for b in menu["blocks"] if b["kind"] in ("menu", "choices")]
        assert shown, menu
        options = shown[0].get("items") or shown[0].get("options") or shown[0].get("choices")
        ack = await chat.post("choice", value=options[0]["value"])
        assert (await chat.answer(ack["seq"]))["from"] == "bot"


async def test_command_by_name_and_by_slash_agree(server):
    async with Chat(server) as chat:
        one = await chat.answer((await chat.post("command", name="hours", args={}))["seq"])
        two = await chat.answer((await chat.post("message", text="/hours"))["seq"])
        assert texts(one) == texts(two)


async def test_nonsense_is_answered_politely(server):
    async with Chat(server) as chat:
        for text in ("qwrtpsdf ghjk", "{}[]"):
            answer = await chat.answer((await chat.post("message", text=text))["seq"])
            assert answer["blocks"]


async def test_resume_after_seq_sends_only_what_was_missed(server):
    first = Chat(server)
    await first.open()
    await first.say("/hours")
    place = first.resume()
    await first.socket.close()

    away = await Chat(server).open(**{**place, "after": place["after"]})
    ack = await away.say("/services")
    await away.socket.close()

    back = await Chat(server).open(**place)
    assert back.ready["resumed"] is True
    assert back.ready["conversation"] == place["conversation"]
    missed = []
    while not missed or missed[-1]["seq"] < back.ready["seq"]:
        missed.append(await back.expect("message"))
    numbers = [m["seq"] for m in missed]
    assert numbers == list(range(place["after"] + 1, back.ready["seq"] + 1))
    own = [m for m in missed if m["from"] == "visitor"]
    assert [m["seq"] for m in own] == [ack["seq"]]
    await back.socket.close()


async def test_all_of_the_history_comes_after_zero(server):
    async with Chat(server) as chat:
        for n in range(4):
            await chat.say(f"/hours {n}")
        place = {**chat.resume(), "after": 0}
    async with await Chat(server).open(**place) as back:
        numbers = [(await back.expect("message"))["seq"] for _ in range(back.ready["seq"])]
        assert numbers == list(range(1, back.ready["seq"] + 1))


async def test_repeated_cid_gets_the_same_ack_and_no_second_effect(server):
    async with Chat(server) as chat:
        first = await chat.say("/hours", cid="same")
        last = max(seqs(chat))
        again = await chat.post("message", text="hello", cid="same")
        assert again["seq"] == first["seq"]
        after = await chat.say("next")
        assert after["seq"] == last + 1


async def test_repeated_cid_on_a_new_connection(server):
    async with Chat(server) as chat:
        first = await chat.say("/hours", cid="same")
        place = chat.resume()
    async with await Chat(server).open(**place) as back:
        again = await back.post("message", text="hello", cid="same")
        assert again["seq"] == first["seq"]


async def test_two_windows_of_one_visitor_see_the_same(server):
    async with Chat(server) as one:
        await one.say("/hours")
        async with await Chat(server).open(**one.resume()) as two:
            ack = await one.say("are you open on Sunday?")
            seen = await two.expect("message", seq=ack["seq"])
            assert seen["from"] == "visitor"
            await two.expect("message", re=ack["seq"])


async def test_messages_sent_without_waiting_keep_their_order(server):
    async with Chat(server) as chat:
        for n in range(30):
            await chat.send("message", cid=f"burst{n}", text=f"/hours {n}")
        acks = [(await chat.expect("ack")) for _ in range(30)]
        assert [a["cid"] for a in acks] == [f"burst{n}" for n in range(30)]
        assert [a["seq"] for a in acks] == sorted(a["seq"] for a in acks)


async def test_ping_is_answered_and_signals_are_not(server):
    async with Chat(server) as chat:
        for signal in ({"type_": "typing"}, {"type_": "read", "seq": 1},
                       {"type_": "event", "name": "widget.opened", "data": {}}):
            await chat.send(**signal)
        await chat.send("ping")
        assert (await chat.expect("pong"))["type"] == "pong"
        assert [f["type"] for f in chat.seen if f["type"] in ("ack", "error")] == []


async def test_a_strangers_token_opens_nothing(server):
    async with Chat(server) as owner:
        await owner.say("this is private")
        async with Chat(server) as stranger:
            theft = {"visitor": stranger.ready["visitor"], "conversation": owner.ready["conversation"], "after": 0}
        for hello in (theft, {"conversation": owner.ready["conversation"], "after": 0},
                      {**theft, "visitor": "vis_00000000000000000000000000.AAAA"}):
            chat = await Chat(server).connect()
            await chat.send("hello", **hello)
            await chat.send("ping")
            try:
                while True:
                    frame = await chat.next(timeout=1)
                    assert frame.get("conversation") != owner.ready["conversation"]
                    assert "this is private" not in str(frame)
            except (asyncio.TimeoutError, Exception) as end:
                assert not isinstance(end, AssertionError)
            await chat.socket.close()


async def test_many_visitors_at_once(server):
    async def visit(n):
        async with Chat(server) as chat:
            await chat.say(f"/hours {n}")
            await chat.say("hours")
            return chat.ready["conversation"]

    conversations = await asyncio.gather(*(visit(n) for n in range(50)))
    assert len(set(conversations)) == 50
