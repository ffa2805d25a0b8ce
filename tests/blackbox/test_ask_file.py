"""A dialog that asks for a file: uploads answer it, over kills and for the right visitor only; recordings replay."""
import asyncio

from chat import Chat, texts
from test_files import png, send, stored
from test_scripts import BOT, Shop, soon

import pytest

DAMAGE = BOT + '''
bot.command "damage" {
  title = "Damage",
  run = function(chat)
    local photo = chat:ask_file("A picture?", { types = { "image/*" }, max_mb = 1 })
    local bill = chat:ask_file(t { en = "The bill?", de = "Die Rechnung?" })
    chat:say("%s %s %dx%d %s %s", photo.name, photo.type, photo.width, photo.height, bill.type, bill.url)
  end,
}
'''


@pytest.fixture
def shop(own, tmp_path):
    (tmp_path / "shop").mkdir()
    return Shop(own(), tmp_path / "shop")


async def upload(shop, chat, data, **more):
    """The bot's answer to an upload."""
    status, _, answer = await asyncio.to_thread(send, shop.server, chat.ready, data, **more)
    assert status == 201, answer
    return await chat.answer(answer["seq"])


async def test_uploads_answer_a_dialog_over_kills(shop):
    server = shop.server
    await asyncio.to_thread(shop.publish, {"commands/damage.lua": DAMAGE})
    chat = await Chat(server).open()
    await soon(chat, "/damage", "A picture?")
    asked = [f for f in chat.seen if f["type"] == "message"][-1]["blocks"][0]
    assert asked["kind"] == "upload" and asked["accept"] == ["image/*"] and asked["max_mb"] == 1
    assert texts(await chat.answer((await chat.post("message", text="which?"))["seq"])).startswith("Please send a file")
    assert "a picture" in texts(await upload(shop, chat, b"%PDF-1.7\n" + b"x" * 500, name="no.pdf"))
    async with Chat(server) as other:  # their upload is no answer here
        assert "passed the file on" in texts(await upload(shop, other, png(5, 5)))
    server.kill()
    await asyncio.to_thread(server.start)
    chat = await Chat(server).open(**chat.resume())
    assert texts(await upload(shop, chat, png(80, 60), name="scratch.png", cid="up1")) == "The bill?"
    before = stored(server)
    status, _, again = await asyncio.to_thread(send, server, chat.ready, png(80, 60), name="scratch.png", cid="up1")
    assert status == 200 and stored(server) == before, again
    server.kill()
    await asyncio.to_thread(server.start)
    chat = await Chat(server).open(**chat.resume())
    said = texts(await upload(shop, chat, b"%PDF-1.7\n" + b"x" * 500, name="bill.pdf"))
    assert said.startswith("scratch.png image/png 80x60 application/pdf /v1/chat/files?bot=pk_demo&id=file_")
    assert server.get(said.split()[-1])[2].startswith(b"%PDF")
    await chat.socket.close()
    same = await asyncio.to_thread(shop.run, "rehearse")
    assert "2 the same, 0 would differ" in same.stdout, same.stdout


async def test_a_file_question_can_be_cancelled_in_german(shop):
    await asyncio.to_thread(shop.publish, {"commands/damage.lua": DAMAGE})
    async with await Chat(shop.server).open(locale="de-AT") as chat:
        await soon(chat, "/damage", "A picture?")
        assert texts(await chat.answer((await chat.post("message", text="hm"))["seq"])).startswith("Bitte senden Sie")
        assert texts(await upload(shop, chat, png(9, 9))) == "Die Rechnung?"
        assert "abgebrochen" in texts(await chat.answer((await chat.post("message", text="abbrechen"))["seq"]))
