// The page on the real server with its demo business. AZENTIKO_URL is its
// origin, such as http://127.0.0.1:8080.
import { expect, test as base } from "../fixtures";

const origin = process.env.AZENTIKO_URL?.replace(/\/$/, "");
const test = base.extend({
    server: async ({}, use) => { await use(undefined as never); },
    address: async ({}, use) => { await use(`${origin}/chat/pk_demo`); },
});

test.skip(!origin, "AZENTIKO_URL is not set: no server to test");

test("first chat, and its history after a reload", async ({ visitor }) => {
    await visitor.arrive();
    expect(await visitor.storage()).toEqual([]);
    await visitor.say("What are your opening hours?");
    await expect(visitor.log.locator(".visitor .foot")).toContainText("Read");
    await expect(visitor.log.locator(".entry.bot")).not.toHaveCount(0);
    await visitor.page.waitForTimeout(300);
    const before = await visitor.log.locator(".entry").count();
    const words = await visitor.heard("visitor");
    await visitor.page.reload();
    await visitor.isOnline();
    await expect(visitor.log.locator(".entry")).toHaveCount(before);
    expect(await visitor.heard("visitor")).toEqual(words);
});

test("the command menu offers the bot's commands by keyboard", async ({ visitor }) => {
    await visitor.arrive();
    await visitor.input.focus();
    await visitor.page.keyboard.type("/");
    await expect(visitor.page.getByRole("option").first()).toBeVisible();
    await visitor.page.keyboard.press("ArrowDown");
    await visitor.page.keyboard.press("Enter");
    await expect(visitor.log.locator(".entry.bot")).not.toHaveCount(0);
    await expect(visitor.log.locator(".pending, .failed")).toHaveCount(0);
});

test("five lost connections lose and double nothing", async ({ visitor, context }) => {
    await visitor.arrive();
    for (let i = 0; i < 5; i += 1) {
        await context.setOffline(true);
        await visitor.say(`line ${i}`);
        await context.setOffline(false);
        await expect(visitor.log.locator(".pending")).toHaveCount(0, { timeout: 20_000 });
    }
    await visitor.page.reload();
    await visitor.isOnline();
    await expect(visitor.bubble("visitor", "line 4")).toBeVisible();
    expect(await visitor.heard("visitor")).toEqual([0, 1, 2, 3, 4].map((i) => `line ${i}`));
});

test.describe("where sockets are blocked", () => {
    test.use({ expectedErrors: /WebSocket/ });
    test("the chat works by events and POST", async ({ visitor }) => {
        await visitor.page.addInitScript(() => {
            Object.defineProperty(window, "WebSocket", { value: class { constructor() { throw new Error("blocked"); } } });
        });
        await visitor.arrive();
        await visitor.say("hello");
        await expect(visitor.log.locator(".visitor .foot")).toContainText("Read");
        await expect(visitor.log.locator(".entry.bot")).not.toHaveCount(0);
    });
});

for (const colorScheme of ["light", "dark"] as const) {
    test.describe(colorScheme, () => {
        test.use({ colorScheme, viewport: { width: 390, height: 844 } });
        test("axe finds nothing on a phone", async ({ visitor }) => {
            await visitor.arrive();
            expect(await visitor.axe()).toEqual([]);
            await visitor.say("menu");
            await expect(visitor.log.locator(".entry.bot")).not.toHaveCount(0);
            expect(await visitor.axe()).toEqual([]);
        });
    });
}

test("the page comes compressed, cached and under its policy", async ({ request }) => {
    const page = await request.get(`${origin}/chat/pk_demo`);
    expect(page.headers()["content-security-policy"]).toContain("require-trusted-types-for 'script'");
    const script = /src="(\/w\/[^"]+\/page\.js)"/.exec(await page.text())![1]!;
    const asset = await request.get(origin + script, { headers: { "accept-encoding": "br" } });
    expect(asset.headers()["content-encoding"]).toBe("br");
    expect(asset.headers()["cache-control"]).toContain("immutable");
});
