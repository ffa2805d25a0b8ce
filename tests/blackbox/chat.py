"""A visitor on the chat channel: one WebSocket, frames as dictionaries."""
import asyncio
import itertools
import json
import urllib.parse

import websockets

_numbers = itertools.count(1)


class Chat:
    """Reads frames one after the other. What expect() passed over is kept in
    `seen`, so a test may look at the whole conversation afterwards."""

    def __init__(self, server, bot="pk_demo", origin=None, protocol="azentiko.v1", sock=None, headers=None):
        self.url = f"ws://127.0.0.1:{server.port}/v1/chat?" + urllib.parse.urlencode({"bot": bot})
        self.origin = origin or f"http://localhost:{server.port}"
        self.protocols = [protocol] if protocol else None
        self.headers = headers
        self.sock = sock  # a TCP connection of the test's own making
        self.socket = self.ready = None
        self.seen = []

    async def open(self, **hello):
        """Connects, says hello, waits for ready. resume(of) is the short way back."""
        await self.connect()
        await self.send("hello", **hello)
        self.ready = await self.expect("ready")
        return self

    async def connect(self):
        self.socket = await websockets.connect(self.url, origin=self.origin, subprotocols=self.protocols,
                                               max_size=None, ping_interval=None, compression=None, sock=self.sock,
                                               extra_headers=self.headers)
        return self

    async def __aenter__(self):
        return self if self.socket else await self.open()

    async def __aexit__(self, *error):
        await self.socket.close()

    async def send(self, type_, **fields):
        await self.socket.send(json.dumps({"type": type_, **fields}))

    async def raw(self, text):
        await self.socket.send(text)

    async def next(self, timeout=5):
        text = await asyncio.wait_for(self.socket.recv(), timeout)
        assert text.startswith('{"type":"'), text  # the protocol's promise
        frame = json.loads(text)
        self.seen.append(frame)
        return frame

    async def expect(self, type_, timeout=5, **fields):
        """The next frame of this type whose fields have these values."""
        skipped = []
        while True:
            try:
                frame = await self.next(timeout)
            except asyncio.TimeoutError:
                raise AssertionError(f"no {type_} {fields} within {timeout} s; saw {skipped}") from None
            if frame["type"] == type_ and all(frame.get(k) == v for k, v in fields.items()):
                return frame
            skipped.append(frame)

    async def say(self, text, cid=None):
        """Says it; returns its ack once the bot's answer is there too."""
        ack = await self.post("message", text=text, cid=cid)
        await self.answer(ack["seq"])
        return ack

    async def post(self, type_, cid=None, **fields):
        """One frame with a CID, and its ack. Answers that came first wait in `seen`."""
        cid = cid or f"c{next(_numbers)}"
        await self.send(type_, cid=cid, **fields)
        return await self.expect("ack", cid=cid)

    async def answer(self, seq):
        """The bot's message for the visitor's message seq."""
        for frame in self.seen:
            if frame["type"] == "message" and frame.get("re") == seq:
                return frame
        return await self.expect("message", re=seq)

    def resume(self):
        """hello's fields to come back to this conversation after what was seen."""
        last = max([f["seq"] for f in self.seen if f["type"] in ("message", "ack")] + [0])
        return {"visitor": self.ready["visitor"], "conversation": self.ready["conversation"], "after": last}

    async def closed(self, timeout=5):
        """The close code, once the server has closed."""
        try:
            while True:
                await self.next(timeout)
        except websockets.ConnectionClosed:
            return self.socket.close_code


def texts(frame):
    """The texts of a message's blocks, as one string."""
    return "\n".join(block.get("text", "") for block in frame["blocks"])
