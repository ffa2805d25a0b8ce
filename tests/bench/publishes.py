"""A publish to a tenant with many open conversations: what it takes, and what visitors notice."""
import asyncio
import os
import time

from measure import Bench, chat_headers, load, metric
from api import Client, accounts, create_key
from chat import Chat, texts

OPEN, CROWD = int(os.environ.get("OPEN", "10000")), 1000
ORDER = '{"type":"message","cid":"{id}-{n}","text":"order"}'
ACK = '"cid":"{id}-{n}"'
ROUNDS = 5


def files(version):
    return {"commands/order.lua": f'''local bot = require "bot"
bot.command "order" {{ title = "Order", words = {{ "order" }}, run = function(chat)
  local what = chat:ask "{version}: what?"
  chat:say("{version}: %s", what)
end }}
bot.command "which" {{ title = "Which", say = "{version}" }}
'''}


class Shop:
    def __init__(self, server):
        self.client = Client(server, create_key(server, accounts(server)[0])["secret"])
        self.bot = self.client.ok("/v1/bots")["data"][0]["id"]

    def publish(self, version):
        answer = self.client.post(f"/v1/bots/{self.bot}/scripts/publish", {"files": files(version)})
        assert answer.status == 200 and answer.body["ok"], answer

    def open_dialogs(self):
        return sum(v["open_dialogs"] for v in self.client.ok(f"/v1/bots/{self.bot}/scripts/versions")["versions"])


async def which(chat):
    ack = await chat.post("message", text="which")
    return texts(await chat.answer(ack["seq"]))


async def publish_beside(server, shop, version):
    """(ms of the request, ms from its answer until a new version is heard, slowest answer meanwhile) of one publish."""
    waits, over = [], asyncio.Event()
    async with Chat(server) as chat, Chat(server) as prober:
        await which(chat)

        async def talk():
            while not over.is_set():
                start = time.monotonic()
                await which(chat)
                waits.append(time.monotonic() - start)
                chat.seen.clear()
                await asyncio.sleep(0.001)

        talking = asyncio.create_task(talk())
        await asyncio.sleep(0.3)
        quiet = max(waits)
        waits.clear()
        start = time.monotonic()
        await asyncio.to_thread(shop.publish, version)
        answered = time.monotonic()
        while await which(prober) != version:
            prober.seen.clear()
        reached = time.monotonic()
        await asyncio.sleep(0.1)
        over.set()
        await talking
    return (answered - start) * 1000, (reached - answered) * 1000, max(waits) * 1000, quiet * 1000


def rounds(server, shop, name):
    found = [asyncio.run(publish_beside(server, shop, f"{name} {n}")) for n in range(ROUNDS)]
    return [sorted(column)[ROUNDS // 2] for column in zip(*found)]


def part_publish(table):
    """The same publish with no and with OPEN (10,000) open dialogs, live in memory and in the store."""
    with Bench("--idle-seconds", "3600", "--tenant-memory-mb", "256") as server:
        shop = Shop(server)
        shop.publish("first")
        asyncio.run(publish_beside(server, shop, "warm"))
        alone = rounds(server, shop, "alone")
        url = f"ws://127.0.0.1:{server.port}/v1/test/chat?bot=pk_demo&durable=1"
        for _ in range(0, OPEN, CROWD):  # a few at a time: who comes with ten thousand others is told to come again
            load("idle", url, server.pid, "-c", CROWD, "--touch", "--settle", 0.2, *chat_headers(server), "-m", ORDER, "-e", ACK)
        time.sleep(2.5)  # the server's figures are a second old
        live, dialogs = metric(server, "azentiko_actors_live"), shop.open_dialogs()
        crowded = rounds(server, shop, "crowded")
        table.add(f"publish with {dialogs:,} open dialogs ({live:,.0f} live conversations)",
                  f"request {crowded[0]:.0f} ms, of which checks and plays take most ({alone[0]:.0f} ms with none open); heard "
                  f"{crowded[1]:.1f} ms after its answer ({alone[1]:.1f}); slowest answer meanwhile {crowded[2]:.1f} ms ({alone[2]:.1f})",
                  "100 ms", crowded[0] + crowded[1] <= 100)
