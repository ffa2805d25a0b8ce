"""Where webhooks and scripts may not go: addresses of the inside in every dress, names that lead there, redirects.
Listeners on loopback hear nothing."""
import socket
import threading
import time

from api import Client, accounts, create_key
from chat import Chat, texts

INSIDE4 = ["0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.1.2.3", "169.254.169.254",
           "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1",
           "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"]
INSIDE6 = ["::", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::7f00:1",
           "64:ff9b::10.0.0.1", "64:ff9b:1::1", "100::1", "2001::7f00:1", "2001:0:53aa:64c:0:fbff:80ff:fffe", "2001:20::1", "2001:db8::1",
           "2002:7f00:1::", "2002:a9fe:a9fe::1", "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1"]
DRESSED = ["2130706433", "0x7f000001", "0x7F.1", "017700000001", "0177.0.0.1", "127.1", "127.0.1", "127.0.0.1.", "127.0.0.01", "0x7f.0.0.1",
           "127.000.000.001", "1.1", "3232235521", "169.254.43518", "0xa9fea9fe", "localhost", "LOCALHOST", "localhost.", "a.localhost",
           "localhost.localdomain", "printer.local", "db.internal", "metadata.google.internal", "metadata.google.internal.", "router.home.arpa",
           "x.onion", "user:pw@example.com", "user@127.0.0.1", "example.com@127.0.0.1", "127.0.0.1%2f@example.com", "127.0.0.1%00.example.com",
           "%31%32%37.0.0.1", "127%2e0.0.1", "\u2460\u2461\u2466.0.0.1", "127\u30020\u30020\u30021", "exa\u00admple.com", "example.com\\@127.0.0.1",
           "127.0.0.1\\.example.com", "[127.0.0.1]", "[::1%25lo]", "[::1", "[::1]x", "", ".", "..", "a..b", "example.com:22", "example.com:25",
           "example.com:0", "example.com:65536", "example.com:-1", "example.com:443:443", "example.com:4 43"]
SCHEMES = ["http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "dict://example.com:11211/", "javascript:1",
           "//example.com/", "https:example.com", "https:/example.com", "https:\\\\example.com", "jar:https://example.com!/", "unix:///tmp/x",
           " https://example.com/", "https://example.com/\r\nX: y", "https://exa mple.com/", "nonsense", ""]
REFUSED = ([f"https://{a}/" for a in INSIDE4] + [f"https://[{a}]/" for a in INSIDE6] + [f"https://{a}/" for a in DRESSED] + SCHEMES
           + [f"https://{a}:8443/latest/meta-data/" for a in INSIDE4[2:8]])

FETCH = '''
local bot = require "bot"
local http = require "http"
bot.command "fetch" {
  title = "Fetch",
  run = function(chat, args)
    local said = {}
    for i, url in ipairs(args.urls) do
      local ok, answer, why, code = pcall(http.get, url, { timeout = "2s" })
      said[i] = ok and answer and "REACHED " .. url .. " " .. answer.status or "refused: " .. tostring(why or answer)
    end
    chat:say(table.concat(said, "; "))
  end,
}
'''


class Canary:
    """A listener on a loopback address; .hits."""

    def __init__(self, address="127.0.0.1", port=0):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.hits, self.socket = 0, socket.create_server((address, port), family=family)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.hits += 1
            connection.close()


def client_of(server):
    return Client(server, create_key(server, accounts(server)[0])["secret"])


async def fetch(chat, urls):
    ack = await chat.post("command", name="fetch", args={"urls": urls})
    return texts(await chat.answer(ack["seq"])).split("; ")


def test_no_webhook_can_be_made_for_the_inside(server):
    client = client_of(server)
    let_through = []
    for url in REFUSED:
        answer = client.post("/v1/webhooks", {"url": url, "events": ["*"]})
        if answer.status != 422 or answer.body["errors"][0]["pointer"] != "/url":
            let_through.append((url, answer))
    assert let_through == []
    assert client.ok("/v1/webhooks")["data"] == []


async def test_no_script_can_call_the_inside(scripted):
    scripted.edit("commands/fetch.lua", FETCH)
    scripted.kill()
    scripted.start()
    async with Chat(scripted) as chat:
        for at in range(0, len(REFUSED), 10):
            said = await fetch(chat, REFUSED[at:at + 10])
            assert len(said) == len(REFUSED[at:at + 10]) and all(line.startswith("refused") for line in said), said


def test_own_public_addresses_are_the_inside_too(own):
    server = own("--public-address", "8.8.8.8, 2606:4700::1111")
    client = client_of(server)
    for url, status in (("https://8.8.8.8/", 422), ("https://[2606:4700::1111]/", 422), ("https://[::ffff:8.8.8.8]/", 422), ("https://8.8.4.4/", 201)):
        assert client.post("/v1/webhooks", {"url": url, "events": ["*"]}).status == status, url


async def test_names_that_lead_inside(scripted):
    """The text of the address is fine; what it resolves to is not, also where there are several."""
    canaries = [Canary(), Canary("127.1.2.3")]
    port = canaries[0].port
    canaries.append(Canary("::1", port))
    leads = {f"n{i}.example": f"n{i}.example:{port}:{address}" for i, address in enumerate(
        ["127.0.0.1", "[::1]", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254", "[64:ff9b::7f00:1]", "[fd00:ec2::254]",
         "198.51.100.7,127.0.0.1"])}
    scripted.edit("commands/fetch.lua", FETCH)
    scripted.kill()
    scripted.options += ["--outbound-http", "--outbound-ports", f"{port},443", "--test-webhook-scale", "1000", "--test-outbound-names", " ".join(leads.values())]
    scripted.start()
    client = client_of(scripted)
    urls = [f"http://{name}:{port}/in" for name in leads]
    endpoints = [client.post("/v1/webhooks", {"url": url, "events": ["*"]}).body for url in urls]
    for endpoint in endpoints:
        assert client.call("POST", f"/v1/webhooks/{endpoint['id']}/test").status == 202
    async with Chat(scripted) as chat:
        said = await fetch(chat, urls)
        assert all(line.startswith("refused") for line in said), said
    end = time.monotonic() + 10
    for endpoint in endpoints:
        path = f"/v1/webhooks/{endpoint['id']}/deliveries"
        while not (tried := [row for row in client.ok(path)["data"] if row["attempts"]]) and time.monotonic() < end:
            time.sleep(0.05)
        log = client.ok(f"{path}/{tried[0]['event']}")["log"][0]
        assert log["status"] is None and log["error"] == "this address may not be called", log
    assert [canary.hits for canary in canaries] == [0] * len(canaries)
