import { CHANNEL_ERRORS, expect, test } from "../fixtures";

test.use({ expectedErrors: CHANNEL_ERRORS });

test("200 dropped connections lose nothing and double nothing", async ({ visitor, server }) => {
    test.setTimeout(180_000);
    await visitor.page.addInitScript(() => { Math.random = () => 0; }); // shortest waits
    await visitor.arrive();
    await visitor.say("start");
    await expect(visitor.bubble("bot", "You said: start")).toBeVisible();
    const conversation = server.only();
    for (let i = 0; i < 200; i += 1) {
        await expect.poll(() => conversation.sessions.size, { intervals: [5], timeout: 15_000 }).toBe(1);
        server.dropAll();
        server.say(conversation, [{ kind: "text", text: `n${i}` }]); // said while nobody is there
    }
    await expect(visitor.bubble("bot", "n199")).toBeVisible({ timeout: 20_000 });
    expect(await visitor.heard("bot")).toEqual(["You said: start", ...Array.from({ length: 200 }, (_, i) => `n${i}`)]);
    expect(server.upgrades).toBeGreaterThanOrEqual(200);
    expect(server.hellos.at(-1)!.after).toBeGreaterThan(190);
});

test("acts whose acks are lost are sent again under the same CID, with one effect", async ({ visitor, server }) => {
    await visitor.arrive();
    server.faults.loseAck = 3;
    await visitor.say("a");
    await visitor.say("b");
    await expect(visitor.bubble("bot", "You said: b")).toBeVisible({ timeout: 15_000 });
    await expect(visitor.log.locator(".visitor .foot").last()).toContainText("Read", { timeout: 15_000 });
    expect(await visitor.heard("visitor")).toEqual(["a", "b"]);
    expect(server.acts.length).toBeGreaterThan(2);
    expect(new Set(server.acts.map((act) => act.cid)).size).toBe(2);
    expect(server.only().messages).toHaveLength(4);
});

test("what could not be sent survives a reload and is sent once", async ({ visitor, server }) => {
    await visitor.arrive();
    await visitor.say("before");
    await expect(visitor.bubble("bot", "You said: before")).toBeVisible();
    server.faults.down = true;
    server.dropAll();
    await visitor.say("kept one");
    await visitor.say("kept two");
    await expect(visitor.log.locator(".pending .foot").last()).toContainText("Not sent yet");
    await visitor.page.reload();
    await expect(visitor.bubble("visitor", "kept two")).toBeVisible();
    server.faults.down = false;
    server.faults.loseAck = 1;
    await expect(visitor.bubble("bot", "You said: kept two")).toBeVisible({ timeout: 20_000 });
    await expect(visitor.log.locator(".pending")).toHaveCount(0, { timeout: 15_000 });
    expect(await visitor.heard("visitor")).toEqual(["before", "kept one", "kept two"]);
    await visitor.page.reload();
    await expect(visitor.bubble("bot", "You said: kept two")).toBeVisible({ timeout: 15_000 });
    expect(await visitor.heard("visitor")).toEqual(["before", "kept one", "kept two"]);
    expect(server.only().messages.filter((m: { from: string }) => m.from === "visitor")).toHaveLength(3);
    expect(await visitor.storage()).toEqual(["azentiko:pk_demo"]);
});

test("doubled frames and echoes of own messages show once", async ({ visitor, server }) => {
    server.faults.doubled = true;
    for (const echo of ["plain", "cid"] as const) {
        server.faults.echo = echo;
        await visitor.arrive();
        await visitor.say(echo);
        await expect(visitor.bubble("bot", `You said: ${echo}`)).toHaveCount(1);
        await expect(visitor.bubble("visitor", echo)).toHaveCount(1);
        await expect(visitor.log.locator(".pending")).toHaveCount(0);
    }
    expect(await visitor.heard("visitor")).toEqual(["plain", "cid"]);
});

test("a withheld message is noticed and fetched", async ({ visitor, server }) => {
    await visitor.arrive();
    await visitor.say("first");
    await expect(visitor.bubble("bot", "You said: first")).toBeVisible();
    server.faults.withhold.add(3);
    server.say(server.only(), [{ kind: "text", text: "missing" }]);
    server.say(server.only(), [{ kind: "text", text: "here" }]);
    await expect(visitor.bubble("bot", "here")).toBeVisible();
    await expect(visitor.bubble("bot", "missing")).toBeVisible({ timeout: 8000 });
    expect(await visitor.heard("bot")).toEqual(["You said: first", "missing", "here"]);
});

test("slow acks: the message waits in sight, order is kept", async ({ visitor, server }) => {
    server.faults.ackDelay = 2500;
    await visitor.arrive();
    for (const word of ["1", "2", "3"]) await visitor.say(word);
    await expect(visitor.log.locator(".pending")).toHaveCount(3);
    await expect(visitor.log.locator(".pending")).toHaveCount(0, { timeout: 8000 });
    expect(server.acts.map((a) => a.text)).toEqual(["1", "2", "3"]);
});

test("rate limited: said in words, sent later by itself, once", async ({ visitor, server }) => {
    await visitor.arrive();
    server.faults.error = { code: "rate_limited", title: "Too many", retry_after_ms: 1000 };
    await visitor.say("quick");
    await expect(visitor.page.getByRole("alert").filter({ hasText: "a little fast" })).toBeVisible();
    await expect(visitor.bubble("bot", "You said: quick")).toBeVisible();
    expect(await visitor.heard("visitor")).toEqual(["quick"]);
});

test("a refused message says why and can be sent again or discarded", async ({ visitor, server }) => {
    await visitor.arrive();
    server.faults.error = { code: "too_odd", title: "That is too odd." };
    await visitor.say("odd");
    await expect(visitor.log.getByText("That is too odd.")).toBeVisible();
    await visitor.page.getByRole("button", { name: "Send again" }).click();
    await expect(visitor.bubble("bot", "You said: odd")).toBeVisible();
    server.faults.error = { code: "too_odd", title: "No." };
    await visitor.say("worse");
    await visitor.page.getByRole("button", { name: "Discard" }).click();
    expect(await visitor.heard("visitor")).toEqual(["odd"]);
});

test("bye: comes back after the time it was given", async ({ visitor, server }) => {
    await visitor.arrive();
    await visitor.say("hi");
    await expect(visitor.bubble("bot", "You said: hi")).toBeVisible();
    const upgrades = server.upgrades;
    for (const session of server.only().sessions) session.send({ type: "bye", reason: "drain", reconnect_ms: 400 });
    await expect.poll(() => server.upgrades).toBe(upgrades + 1);
    await visitor.say("again");
    await expect(visitor.bubble("bot", "You said: again")).toBeVisible();
});

test("the connection's trouble is visible, and its end", async ({ visitor, server }) => {
    await visitor.arrive();
    server.faults.down = true;
    server.dropAll();
    await expect(visitor.status).toHaveAttribute("data-look", "down");
    await expect(visitor.status).toContainText("Connection lost");
    server.faults.down = false;
    await visitor.isOnline();
    await expect(visitor.status).toContainText("Online");
});

test("without sockets the chat works by events and POST", async ({ visitor, server }) => {
    server.faults.blockSockets = true;
    await visitor.arrive();
    await visitor.say("no sockets");
    await expect(visitor.bubble("bot", "You said: no sockets")).toBeVisible();
    server.say(server.only(), [{ kind: "text", text: "unasked" }]);
    await expect(visitor.bubble("bot", "unasked")).toBeVisible();
    server.dropAll();
    await visitor.say("after a drop");
    await expect(visitor.bubble("bot", "You said: after a drop")).toBeVisible({ timeout: 15_000 });
    await visitor.page.reload();
    await expect(visitor.bubble("bot", "You said: after a drop")).toBeVisible({ timeout: 15_000 });
    expect(await visitor.heard("visitor")).toEqual(["no sockets", "after a drop"]);
    expect(server.upgrades).toBe(0);
});

test("a visitor whom the server forgot starts anew", async ({ visitor, server }) => {
    await visitor.arrive();
    await visitor.say("old");
    await expect(visitor.bubble("bot", "You said: old")).toBeVisible();
    server.conversations.clear();
    await visitor.page.reload();
    await visitor.isOnline();
    await visitor.say("new");
    await expect(visitor.bubble("bot", "You said: new")).toBeVisible();
    expect(await visitor.heard("visitor")).toEqual(["new"]);
});
