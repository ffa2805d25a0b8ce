"""The visitor channel's edges: who may connect, what is refused and how."""
import asyncio
import json
import os
import socket

import pytest
import websockets
import websockets.exceptions
from chat import Chat


async def refused(chat):
    """The HTTP status with which the upgrade is refused."""
    with pytest.raises(websockets.exceptions.InvalidStatusCode) as error:
        await chat.connect()
    return error.value.status_code


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost.evil.example", "null",
                                    "http://localhost@evil.example", "http://notlocalhost"])
async def test_foreign_origin_is_refused(server, origin):
    assert await refused(Chat(server, origin=origin)) == 403


async def test_unknown_bot_is_refused(server):
    assert await refused(Chat(server, bot="pk_nobody")) == 404


async def test_subprotocol_is_agreed(server):
    async with Chat(server) as chat:
        assert chat.socket.subprotocol == "azentiko.v1"


async def test_five_bad_frames_in_a_row_close_with_1008(server):
    async with Chat(server) as chat:
        for bad in ("{", "[]", '"text"', '{"type":"nonsense"}'):
            await chat.raw(bad)
            assert (await chat.expect("error"))["code"]
        await chat.raw("not json")
        assert await chat.closed() == 1008


async def test_a_good_frame_forgives_bad_ones(server):
    async with Chat(server) as chat:
        for _ in range(3):
            for _ in range(4):
                await chat.raw("{")
                await chat.expect("error")
            await chat.send("ping")
            await chat.expect("pong")


@pytest.mark.parametrize("bad", [
    '{"type":"message"}', '{"type":"message","cid":"a"}', '{"type":"message","cid":1,"text":"x"}',
    '{"type":"message","cid":"' + "c" * 65 + '","text":"x"}', '{"type":"message","cid":"","text":"x"}',
    '{"type":"message","cid":"a","text":{}}', '{"type":"message","cid":"a","text":null}',
    '{"type":"choice","cid":"a"}', '{"type":"form","cid":"a","form":"lead"}', '{"type":1}', '{}',
    '{"type":"message","type":"message","cid":"a","text":"x"}', "[" * 100 + "]" * 100,
])
async def test_malformed_frame_gets_an_error_and_the_chat_goes_on(server, bad):
    async with Chat(server) as chat:
        await chat.raw(bad)
        error = await chat.expect("error")
        assert error["code"] and error["title"]
        await chat.say("/hours")


async def test_frame_of_64_kib_is_read_and_one_more_byte_closes_with_1009(server):
    async with Chat(server) as chat:
        frame = json.dumps({"type": "ping", "pad": ""})
        await chat.raw(frame[:-2] + "x" * (65536 - len(frame)) + frame[-2:])
        await chat.next()
        await chat.raw("x" * 65537)
        assert await chat.closed() == 1009


async def test_binary_frame_is_refused(server):
    async with Chat(server) as chat:
        await chat.socket.send(b"{}")
        frame = None
        try:
            frame = await chat.next()
        except websockets.ConnectionClosed:
            assert chat.socket.close_code == 1003
        assert frame is None or frame["type"] == "error"


async def test_bad_utf8_closes_with_1007(server):
    async with Chat(server) as chat:
        await chat.socket.ensure_open()
        chat.socket.transport.write(b"\x81\x84" + b"\0\0\0\0" + b"\xff\xfe\xfd\xfc")
        assert await chat.closed() == 1007


async def test_unmasked_frame_closes_with_1002(server):
    async with Chat(server) as chat:
        chat.socket.transport.write(b"\x81\x02{}")
        assert await chat.closed() == 1002


async def test_frames_before_hello_are_refused(server):
    chat = await Chat(server).connect()
    await chat.send("message", cid="early", text="hello")
    assert (await chat.expect("error"))["code"]
    await chat.send("hello")
    await chat.expect("ready")
    await chat.socket.close()


async def test_message_in_fragments_is_one_message(server):
    async with Chat(server) as chat:
        text = json.dumps({"type": "message", "cid": "parts", "text": "hello there"})

        async def parts():
            for at in range(0, len(text), 7):
                yield text[at:at + 7]

        await chat.socket.send(parts())
        await chat.expect("ack", cid="parts")


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 1 << 20, 16 << 20])
@pytest.mark.parametrize("kind", [str, bytes])
async def test_echo_returns_what_it_got(server, kind, size):
    url = f"ws://127.0.0.1:{server.port}/v1/test/echo"
    async with websockets.connect(url, max_size=None, ping_interval=None, compression=None) as socket:
        data = os.urandom(size) if kind is bytes else "é" * (size // 2) + "x" * (size % 2)
        await socket.send(data)
        assert await asyncio.wait_for(socket.recv(), 20) == data


async def test_a_reader_that_stops_is_dropped_and_others_go_on(server):
    """At most a megabyte waits for one reader; then its connection ends."""
    async with Chat(server) as busy:
        await busy.say("/hours")
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        narrow.connect(("127.0.0.1", server.port))
        slow = Chat(server, sock=narrow)
        await slow.open(**busy.resume())
        slow.socket.transport.pause_reading()
        before = server.resident_bytes()
        for _ in range(1500):
            await busy.post("message", text="x" * 3900)
        if os.environ.get("BUILD", "gcc") == "gcc":  # a sanitizer keeps freed memory
            assert server.resident_bytes() - before < 16 << 20
        await busy.post("message", text="still here")
        slow.socket.transport.resume_reading()
        with pytest.raises(websockets.ConnectionClosed):
            for _ in range(3000):
                await slow.next()
