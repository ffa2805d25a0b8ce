"""The same conversation where sockets are blocked: POST, and an event stream."""
import http.client
import json
import urllib.parse

import pytest
from chat import texts


class Stream:
    """GET /v1/chat/events, read event by event."""

    def __init__(self, server, last=None, origin="own", **query):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        headers = {"Accept": "text/event-stream"}
        if origin:
            headers["Origin"] = f"http://localhost:{server.port}" if origin == "own" else origin
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        self.connection.request("GET", "/v1/chat/events?" + urllib.parse.urlencode({"bot": "pk_demo", **query}),
                                headers=headers)
        self.response = self.connection.getresponse()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.connection.close()

    def event(self):
        """(id or None, frame) of the next event; comments are passed over."""
        number, data = None, []
        for line in self.response:
            name, _, value = line.decode().rstrip("\r\n").partition(":")
            if name == "id":
                number = int(value)
            elif name == "data":
                data.append(value.removeprefix(" "))
            elif not name and data:
                return number, json.loads("\n".join(data))
        raise AssertionError("the stream ended")

    def expect(self, type_, **fields):
        while True:
            number, frame = self.event()
            if frame["type"] == type_ and all(frame.get(k) == v for k, v in fields.items()):
                return number, frame


def post(server, ready, frame, **headers):
    query = urllib.parse.urlencode({"bot": "pk_demo", "conversation": ready["conversation"]})
    return server.request("POST", "/v1/chat/messages?" + query, body=frame,
                          headers={"Origin": f"http://localhost:{server.port}",
                                   "Authorization": f"Bearer {ready['visitor']}",
                                   **{k.replace("_", "-"): v for k, v in headers.items()}})


def test_stream_headers(server):
    with Stream(server) as stream:
        assert stream.response.status == 200
        assert stream.response.headers["Content-Type"].startswith("text/event-stream")
        assert stream.response.headers["Cache-Control"] == "no-store"
        assert stream.expect("ready")[1]["conversation"].startswith("conv_")


def test_post_is_answered_on_the_stream(server):
    with Stream(server) as stream:
        _, ready = stream.expect("ready")
        status, _, body = post(server, ready, {"type": "message", "text": "/hours"}, Idempotency_Key="one")
        assert status == 200, body
        ack = json.loads(body)
        assert ack == {"type": "ack", "cid": "one", "seq": ack["seq"]}
        number, answer = stream.expect("message", re=ack["seq"])
        assert number == answer["seq"] == ack["seq"] + 1
        assert texts(answer)


def test_repeated_post_has_one_effect(server):
    with Stream(server) as stream:
        _, ready = stream.expect("ready")
        answers = [post(server, ready, {"type": "message", "cid": "same", "text": "/hours"}) for _ in range(3)]
        assert [status for status, _, _ in answers] == [200] * 3
        assert len({body for _, _, body in answers}) == 1
        last = json.loads(post(server, ready, {"type": "message", "cid": "next", "text": "/hours"})[2])
        assert last["seq"] == json.loads(answers[0][2])["seq"] + 2


def test_last_event_id_brings_what_was_missed(server):
    with Stream(server) as stream:
        _, ready = stream.expect("ready")
        post(server, ready, {"type": "message", "cid": "a", "text": "/hours"})
        last, _ = stream.expect("message", **{"from": "bot"})
    post(server, ready, {"type": "message", "cid": "b", "text": "/hours"})
    with Stream(server, last=last, visitor=ready["visitor"], conversation=ready["conversation"]) as stream:
        _, again = stream.expect("ready")
        assert again["resumed"] is True and again["conversation"] == ready["conversation"]
        assert [stream.expect("message")[0] for _ in range(2)] == [last + 1, last + 2]


@pytest.mark.parametrize("frame,status", [
    ({"type": "message", "cid": "a"}, 422), ({"type": "nonsense", "cid": "a"}, 422),
    ({"type": "message", "cid": "c" * 65, "text": "x"}, 422), ([], 422), ({"type": "message", "text": "x"}, 422),
])
def test_bad_post_is_a_problem(server, frame, status):
    with Stream(server) as stream:
        _, ready = stream.expect("ready")
        got, headers, body = post(server, ready, frame)
        assert got == status, body
        assert headers["Content-Type"].startswith("application/problem+json")
        assert json.loads(body)["code"]


def test_post_of_a_stranger(server):
    with Stream(server) as stream:
        _, ready = stream.expect("ready")
        post(server, ready, {"type": "message", "cid": "mine", "text": "/hours"})
    with Stream(server) as other:
        _, stranger = other.expect("ready")
    theft = {"visitor": stranger["visitor"], "conversation": ready["conversation"]}
    foreign = post(server, theft, {"type": "message", "cid": "x", "text": "/hours"})
    forged = post(server, {**ready, "visitor": ready["visitor"][:-2] + "AA"},
                  {"type": "message", "cid": "x", "text": "/hours"})
    assert (foreign[0], forged[0]) == (404, 401)


def test_foreign_origin_gets_no_stream(server):
    status, _, _ = server.get("/v1/chat/events?bot=pk_demo", Origin="https://evil.example")
    assert status == 403
