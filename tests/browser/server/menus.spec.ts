// The menu of commands on a website: it follows the page that the visitor is
// on, also where the website changes its address without loading anything.
import { expect, test as base } from "../fixtures";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { canMake, makeAccount, origin, publish } from "../account";

const test = base.extend({ server: async ({}, use) => { await use(undefined as never); } });
test.skip(!canMake, "AZENTIKO_DATA is not set: no account can be made");

const SCRIPT = `local bot = require "bot"
bot.command "basket" {
  title = "My basket", group = "Shop", help = "what is in it", words = { "basket" },
  say = "One thing is in it.", when = { pages = "/shop/*" },
}`;

for (const way of ["sockets", "an event stream"]) test(`commands come and go with the page, and each use is counted by its way: ${way}`, async ({ page, request }) => {
    if (way !== "sockets") await page.addInitScript(() => {
        Object.defineProperty(window, "WebSocket", { value: class { constructor() { throw new Error("blocked"); } } });
    });
    const account = await makeAccount(request, { bot: {} });
    await publish(request, account, { "commands/shop.lua": SCRIPT });
    const host = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" })
        .end(`<!DOCTYPE html><title>Shop</title><script src="${origin}/w.js" data-bot="${account.bot}"></script>`)).listen(0, "127.0.0.1");
    await once(host, "listening");
    await page.goto(`http://localhost:${(host.address() as AddressInfo).port}/`);
    await page.locator("azentiko-chat button:has(b)").click();
    await expect(page.locator(".head .status")).toHaveAttribute("data-look", "up", { timeout: 15_000 });
    const input = page.locator("textarea.input"), option = page.getByRole("option", { name: /My basket/ });
    const said = (text: string) => page.getByRole("log").locator(".entry.bot").filter({ hasText: text });
    await input.fill("/");
    await expect(page.getByRole("option").first()).toBeVisible();
    await expect(option).toHaveCount(0);

    await page.evaluate(() => history.pushState(null, "", "/shop/wine?bottle=3"));
    await expect(async () => {
        await input.fill("");
        await input.fill("/ba");
        await expect(option).toBeVisible({ timeout: 200 });
    }).toPass();
    await expect(page.getByRole("group", { name: "Shop" })).toBeVisible();
    await option.click();
    await expect(said("One thing is in it.")).toHaveCount(1);
    await input.fill("/basket");
    await input.press("Escape");
    await input.press("Enter");
    await expect(said("One thing is in it.")).toHaveCount(2);
    await page.evaluate(() => (window as unknown as { azentiko(...words: unknown[]): void }).azentiko("sendCommand", "basket"));
    await expect(said("One thing is in it.")).toHaveCount(3);

    await page.evaluate(() => history.pushState(null, "", "/imprint"));
    await page.evaluate(() => (window as unknown as { azentiko(...words: unknown[]): void }).azentiko("sendCommand", "basket"));
    await expect(said("“My basket” is not available here at the moment.")).toHaveCount(1);
    await input.fill("/ba");
    await expect(option).toHaveCount(0);

    const uses = await request.get(`${origin}/v1/bots/${account.id}/command_uses`, { headers: { authorization: `Bearer ${account.key}` } });
    expect((await uses.json() as { data: object[] }).data).toEqual([expect.objectContaining({ command: "basket", uses: 3, clicked: 1, typed: 1, page: 1, words: 0 })]);
    host.close();
});
