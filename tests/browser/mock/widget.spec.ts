// The widget on somebody's website, whose policy allows script and connections
// of the chat's server and nothing else.
import { CHANNEL_ERRORS, expect, test } from "../fixtures";

test.use({ form: "widget" });

declare global {
    interface Window { azentiko(...args: unknown[]): unknown; seen: unknown[]; shifts: number }
}
const strict = "?strict=1";

test("before it is opened: one request, nothing stored, no socket, no shift, no long task", async ({ visitor, server, context }) => {
    server.hostScript = `window.shifts = 0;
        new PerformanceObserver((l) => l.getEntries().forEach((e) => { shifts += e.value; })).observe({ type: "layout-shift", buffered: true });`;
    const cdp = await context.newCDPSession(visitor.page);
    await cdp.send("Profiler.enable");
    await cdp.send("Profiler.setSamplingInterval", { interval: 100 });
    const scripts: number[] = []; // ms that w.js ran in each visit; the machine may be busy, so the best counts
    for (let visit = 1; visit <= 3; visit += 1) {
        await cdp.send("Profiler.start");
        await visitor.page.goto(visitor.address + strict);
        await expect(visitor.launcher).toBeVisible();
        await visitor.page.waitForLoadState("networkidle");
        const { profile } = await cdp.send("Profiler.stop");
        const own = new Set(profile.nodes.filter((n) => n.callFrame.url.endsWith("/w.js")).map((n) => n.id));
        scripts.push(profile.samples!.reduce((ms, id, i) => ms + (own.has(id) ? profile.timeDeltas![i]! / 1000 : 0), 0));
        expect(server.requests).toEqual(Array(visit).fill("/w.js"));
    }
    console.log(`script before opening: ${scripts.map((ms) => ms.toFixed(1)).join(", ")} ms in all`);
    expect(Math.min(...scripts)).toBeLessThan(10);
    expect(server.upgrades).toBe(0);
    expect(await context.cookies()).toEqual([]);
    expect(await visitor.page.evaluate(() => [localStorage.length, sessionStorage.length, window.shifts])).toEqual([0, 0, 0]);
});

test("opens by keyboard, closes with Escape, the focus comes back", async ({ visitor, server }) => {
    await visitor.page.goto(visitor.address + strict);
    await visitor.launcher.focus();
    await visitor.page.keyboard.press("Enter");
    await visitor.isOnline();
    await expect(visitor.input).toBeFocused();
    await expect(visitor.page.getByRole("dialog", { name: "Café Lindenhof" })).toBeVisible();
    await expect(visitor.launcher).toHaveAttribute("aria-expanded", "true");
    await visitor.page.keyboard.press("Escape");
    await expect(visitor.input).toBeHidden();
    await expect(visitor.launcher).toBeFocused();
    expect(server.signals.filter((s) => s.type === "event").map((s) => s.name)).toEqual(["widget.opened"]);
});

test("calls made before it has loaded, and the events of the page's script", async ({ visitor, server }) => {
    server.hostScript = `window.seen = [];
        window.azentiko=window.azentiko||function(){(azentiko.q=azentiko.q||[]).push(arguments)};
        for (const name of ["ready", "open", "close", "message", "command", "lead", "unread"]) {
            azentiko("on", name, (d) => seen.push([name, d.from || d.count || d.name || d.form || ""]));
            document.addEventListener("azentiko:" + name, (e) => seen.push("dom:" + name));
        }
        azentiko("sendMessage", "hello from the page");`;
    await visitor.page.goto(visitor.address + strict);
    const seen = (): Promise<unknown[]> => visitor.page.evaluate(() => window.seen.filter((s) => typeof s !== "string"));
    // Said while it is closed: the answer is unread.
    await expect.poll(seen).toEqual([["ready", ""], ["message", "visitor"], ["message", "bot"], ["unread", 1]]);
    await expect(visitor.page.locator("azentiko-chat b")).toHaveText("1");
    await expect(visitor.launcher).toHaveAccessibleName("Unread messages: 1");
    await visitor.page.evaluate(() => window.azentiko("open"));
    await expect(visitor.bubble("bot", "You said: hello from the page")).toBeVisible();
    await expect(visitor.page.locator("azentiko-chat b")).toHaveText("");
    await visitor.page.evaluate(() => window.azentiko("sendCommand", "hours"));
    await expect(visitor.bubble("bot", "Today we are open")).toBeVisible();
    expect(server.acts.map((a) => a.type)).toEqual(["message", "command"]);
    await visitor.page.evaluate(() => window.azentiko("close"));
    await expect(visitor.input).toBeHidden();
    expect((await seen()).map((s) => (s as string[])[0])).toEqual(
        ["ready", "message", "message", "unread", "unread", "open", "command", "message", "close"]);
    expect(await visitor.page.evaluate(() => window.seen.includes("dom:open") && window.seen.includes("dom:command"))).toBe(true);
    // on() gives back its own undo.
    const undone = await visitor.page.evaluate(() => {
        let count = 0;
        const undo = window.azentiko("on", "open", () => { count += 1; }) as () => void;
        undo();
        window.azentiko("toggle");
        return new Promise((resolve) => setTimeout(() => resolve(count), 300));
    });
    expect(undone).toBe(0);
});

test("says who the website's server says it is, on every connection until reset", async ({ visitor, server }) => {
    server.hostScript = `window.azentiko=window.azentiko||function(){(azentiko.q=azentiko.q||[]).push(arguments)};
        azentiko("identify", 4711, { hash: "ab", expires: 1900000000, name: "Ada" });`;
    await visitor.arrive();
    const last = (): unknown => server.hellos.at(-1)!.identity;
    await expect.poll(last).toEqual({ user: "4711", hash: "ab", expires: 1900000000, traits: { name: "Ada" } });
    await visitor.page.evaluate(() => { window.azentiko("identify", "b", { hash: "cd" }); });
    await expect.poll(last).toEqual({ user: "b", hash: "cd", traits: {} });
    await visitor.isOnline();
    const count = server.hellos.length;
    server.dropAll();
    await expect.poll(() => server.hellos.length).toBe(count + 1);
    expect(last()).toEqual({ user: "b", hash: "cd", traits: {} });
    await visitor.page.evaluate(() => { window.azentiko("reset"); });
    await expect.poll(last).toBeUndefined();
});

test("hide, show, update, setLocale, shutdown and boot", async ({ visitor }) => {
    await visitor.arrive();
    const call = (...args: unknown[]): Promise<void> => visitor.page.evaluate((a) => { window.azentiko(...a); }, args);
    await visitor.say("kept");
    await expect(visitor.bubble("bot", "You said: kept")).toBeVisible();
    await call("setLocale", "de");
    await expect(visitor.input).toHaveAttribute("placeholder", "Nachricht schreiben…");
    await expect(visitor.bubble("bot", "You said: kept")).toBeVisible();
    await call("update", { position: "left", theme: "dark", color: "#aa0000", launcher: "Fragen?" });
    await expect(visitor.launcher).toHaveText("Fragen?");
    expect((await visitor.launcher.boundingBox())!.x).toBeLessThan(100);
    expect(await visitor.page.locator(".sheet").evaluate((e) => getComputedStyle(e).backgroundColor)).toBe("rgb(22, 26, 32)");
    await call("hide");
    await expect(visitor.launcher).toBeHidden();
    await call("show");
    await expect(visitor.launcher).toBeVisible();
    await call("shutdown");
    await expect(visitor.page.locator("azentiko-chat")).toHaveCount(0);
    expect(await visitor.storage()).toEqual([]);
    await call("boot", { bot: "pk_demo" });
    await visitor.launcher.click();
    await visitor.isOnline();
    expect(await visitor.heard("visitor")).toEqual([]);
});

test("noStorage keeps nothing, and the chat works all the same", async ({ visitor }) => {
    await visitor.page.goto(`${visitor.address}?data-no-storage`);
    await visitor.launcher.click();
    await visitor.isOnline();
    await visitor.say("secret");
    await expect(visitor.bubble("bot", "You said: secret")).toBeVisible();
    expect(await visitor.page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
});

test("stays open on the next page, survives a page that swaps its body", async ({ visitor }) => {
    await visitor.arrive();
    await visitor.say("first page");
    await expect(visitor.bubble("bot", "You said: first page")).toBeVisible();
    await visitor.page.evaluate(() => window.azentiko("close"));
    await visitor.launcher.click();
    await visitor.page.evaluate(() => {
        const body = document.createElement("body");
        body.append("another page");
        document.body.replaceWith(body);
        history.pushState({}, "", "?next");
    });
    await visitor.say("same life");
    await expect(visitor.bubble("bot", "You said: same life")).toBeVisible();
    await visitor.page.goto(visitor.address);
    await expect(visitor.bubble("bot", "You said: same life")).toBeVisible({ timeout: 10_000 });
});

test.describe("a line that was down", () => {
test.use({ expectedErrors: CHANNEL_ERRORS });
test("what could not be sent is sent from the next page, though it stays closed", async ({ visitor, server }) => {
    await visitor.arrive();
    await visitor.say("before");
    await expect(visitor.bubble("bot", "You said: before")).toBeVisible();
    server.faults.down = true;
    server.dropAll();
    await visitor.say("kept");
    await expect(visitor.log.locator(".pending .foot")).toContainText("Not sent yet");
    await visitor.page.evaluate(() => sessionStorage.clear());
    server.faults.down = false;
    await visitor.page.goto(visitor.address);
    await expect.poll(() => server.only().messages.filter((m: { from: string }) => m.from === "visitor").length, { timeout: 15_000 }).toBe(2);
    await expect(visitor.input).toBeHidden();
});
});

test.describe("a phone", () => {
    test.use({ viewport: { width: 390, height: 844 } });
    test("the chat fills it, and the page behind is out of reach", async ({ visitor }) => {
        await visitor.arrive();
        expect(await visitor.page.locator(".sheet").boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
        await expect(visitor.launcher).toBeHidden();
        expect(await visitor.page.evaluate(() => document.body.inert)).toBe(true);
        await visitor.page.getByRole("button", { name: "Close" }).click();
        await expect(visitor.launcher).toBeVisible();
        expect(await visitor.page.evaluate(() => document.body.inert)).toBe(false);
    });
});

test("ends, is rated, begins again; the whole is forgotten when asked for", async ({ visitor, server }) => {
    await visitor.arrive();
    await visitor.say("hello");
    await expect(visitor.bubble("bot", "You said: hello")).toBeVisible();
    const menu = async (name: string): Promise<void> => {
        await visitor.page.getByRole("button", { name: "More" }).click();
        await visitor.page.getByRole("button", { name }).click();
    };
    await menu("End the conversation");
    await expect(visitor.status).toContainText("This conversation has ended");
    await visitor.page.getByRole("button", { name: "5 of 5 stars" }).click();
    await expect(visitor.page.getByText("Thank you!")).toBeVisible();
    expect(server.acts.at(-1)).toMatchObject({ type: "form", form: "rating", fields: { rating: 5 } });
    await visitor.page.getByRole("button", { name: "New conversation" }).click();
    await visitor.say("afresh");
    await expect(visitor.bubble("bot", "You said: afresh")).toBeVisible();
    expect(await visitor.heard("visitor")).toEqual(["afresh"]);
    const download = visitor.page.waitForEvent("download");
    await menu("Save the conversation");
    expect((await download).suggestedFilename()).toBe("Café Lindenhof.txt");
    await visitor.page.getByRole("button", { name: "More" }).click();
    await visitor.page.getByRole("button", { name: "Forget me" }).click();
    await visitor.page.getByRole("button", { name: "Delete everything" }).click();
    await expect(visitor.log.locator(".entry")).toHaveCount(0);
    expect(await visitor.storage()).toEqual([]);
});

test("who made the chat is named where the bot says so, and a click is counted", async ({ visitor, server, context }) => {
    server.bot.theme.powered_by = "https://example.com/chat";
    await visitor.arrive();
    const link = visitor.page.getByRole("link", { name: "Powered by aZentiKo" });
    await expect(link).toHaveAttribute("href", "https://example.com/chat");
    await context.route("https://example.com/**", (route) => route.fulfill({ body: "" }));
    await link.click();
    await expect.poll(() => server.signals.map((s) => s.name)).toContain("widget.powered_by_clicked");
});
