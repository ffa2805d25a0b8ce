import { expect, test } from "../fixtures";

test("the first chat: greeting, message, answer", async ({ visitor }) => {
    await visitor.arrive();
    await expect(visitor.page.getByRole("heading", { level: 1 })).toHaveText("Café Lindenhof");
    await expect(visitor.page.locator(".intro")).toContainText("Hello! Ask about our opening hours");
    await visitor.say("Good morning");
    await expect(visitor.bubble("visitor", "Good morning")).toBeVisible();
    await expect(visitor.bubble("bot", "You said: Good morning")).toBeVisible();
    await expect(visitor.log.locator(".visitor .foot")).toContainText("Read");
    await expect(visitor.input).toHaveValue("");
});

test("history is back after a reload, in order and once", async ({ visitor }) => {
    await visitor.arrive();
    for (const word of ["one", "two", "three"]) {
        await visitor.say(word);
        await expect(visitor.bubble("bot", `You said: ${word}`)).toBeVisible();
    }
    await visitor.page.reload();
    await expect(visitor.bubble("bot", "You said: three")).toBeVisible();
    expect(await visitor.heard("visitor")).toEqual(["one", "two", "three"]);
    expect(await visitor.heard("bot")).toEqual(["You said: one", "You said: two", "You said: three"]);
});

test("nothing is stored before the first message, identity after it", async ({ visitor, context }) => {
    await visitor.arrive();
    await visitor.input.fill("half a thought");
    expect(await visitor.storage()).toEqual([]);
    expect(await context.cookies()).toEqual([]);
    await visitor.say("hello");
    await expect(visitor.bubble("bot", "You said: hello")).toBeVisible();
    expect(await visitor.storage()).toEqual(["azentiko:pk_demo"]);
});

test("hello tells page, locale, time zone and screen", async ({ visitor, server }) => {
    await visitor.arrive();
    const [hello] = server.hellos;
    expect(hello).toMatchObject({ type: "hello", locale: "en-GB", tz: "Europe/Berlin", screen: "1280x900" });
    expect(hello.page.url).toBe(`${server.url}/chat/pk_demo`);
    expect(hello.visitor).toBeUndefined();
});

test("Shift+Enter makes a line, Enter while an input method composes does not send", async ({ visitor, server }) => {
    await visitor.arrive();
    await visitor.input.fill("first");
    await visitor.input.press("Shift+Enter");
    await visitor.input.pressSequentially("second");
    await visitor.input.evaluate((node) => node.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true })));
    expect(server.acts).toHaveLength(0);
    await visitor.input.press("Enter");
    await expect.poll(() => server.acts.map((a) => a.text)).toEqual(["first\nsecond"]);
});

test("a text over 4000 characters is counted and not sent", async ({ visitor, server }) => {
    await visitor.arrive();
    await visitor.input.fill("x".repeat(3900));
    await expect(visitor.page.locator(".counter")).toHaveText("100 characters left");
    await visitor.input.fill("😀".repeat(4001));
    await expect(visitor.page.locator(".counter")).toHaveText("1 characters too long");
    await visitor.input.press("Enter");
    expect(server.acts).toHaveLength(0);
    await visitor.input.fill("😀".repeat(4000));
    await visitor.input.press("Enter");
    await expect.poll(() => server.acts.length).toBe(1);
});

test("typing is shown until the answer comes; reading is reported", async ({ visitor, server }) => {
    server.faults.replyDelay = 700;
    await visitor.arrive();
    await visitor.say("think");
    await expect(visitor.page.locator(".typing")).toBeVisible();
    await expect(visitor.bubble("bot", "You said: think")).toBeVisible();
    await expect(visitor.page.locator(".typing")).toHaveCount(0);
    await expect.poll(() => server.only().read).toBe(2);
});

test("a streamed answer grows and is replaced by the message", async ({ visitor, server }) => {
    server.faults.replyDelay = 1500;
    await visitor.arrive();
    await visitor.say("stream");
    await expect(visitor.page.locator(".typing")).toBeVisible();
    const [session] = server.only().sessions;
    session.send({ type: "delta", re: 1, text: "You said: " });
    session.send({ type: "delta", re: 1, text: "str" });
    await expect(visitor.page.locator(".entry[aria-hidden] .bubble")).toHaveText("You said: str");
    await expect(visitor.bubble("bot", "You said: stream")).toBeVisible();
    await expect(visitor.page.locator(".entry[aria-hidden] .bubble")).toHaveCount(0);
});

test("a second tab sees what the first one says", async ({ visitor, context, address }) => {
    await visitor.arrive();
    await visitor.say("from tab one");
    await expect(visitor.bubble("bot", "You said: from tab one")).toBeVisible();
    const other = await context.newPage();
    await other.goto(address);
    await expect(other.getByText("You said: from tab one")).toBeVisible();
    await visitor.say("live");
    await expect(other.locator(".entry.visitor", { hasText: "live" })).toHaveCount(1);
    await expect(other.getByText("You said: live")).toBeVisible();
});

test("an unknown address says so", async ({ page, server }) => {
    await page.goto(`${server.url}/chat/pk_nobody`);
    await expect(page.getByText("There is no chat at this address.")).toBeVisible();
});

test("days have headings, old messages their date", async ({ visitor, server }) => {
    await visitor.arrive();
    await visitor.say("today's");
    await expect(visitor.bubble("bot", "You said: today's")).toBeVisible();
    server.only().messages[0].at = "2024-03-05T09:30:00Z";
    await visitor.page.reload();
    await expect(visitor.page.locator(".day:visible")).toHaveText(["5 March 2024", "today"]);
    await expect(visitor.page.locator("time").first()).toHaveText("10:30");
});
