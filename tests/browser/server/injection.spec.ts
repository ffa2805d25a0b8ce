// Forty texts that would like to be code, through every field that one person
// writes and another reads: the visitor's, the team's, the business's. Nothing
// of them runs anywhere, and no policy had to stop it.
import { expect, test as base } from "../fixtures";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import type { APIRequestContext, BrowserContext, Locator, Page } from "@playwright/test";
import { canMake, makeAccount, origin, publish, type Account } from "../account";
import { PAYLOADS } from "../payloads";

const test = base.extend({ server: async ({}, use) => { await use(undefined as never); } });
test.skip(!canMake, "AZENTIKO_DATA is not set: no account can be made");

const ALL = PAYLOADS.join("\n");
const EIGHTS = [0, 8, 16, 24, 32].map((from) => PAYLOADS.slice(from, from + 8).join("\n")); // a message each
const NAME = PAYLOADS[8]!; // of the bot and the business
const PERSON = PAYLOADS[12]!;

const SCRIPT = `local bot = require "bot"
local all = { ${PAYLOADS.map((p) => `[===[${p}]===]`).join(", ")} }
local items, fields, more = {}, {}, {}
for i, p in ipairs(all) do
  bot.command("evil-" .. i) { title = p, group = p, help = p, words = { p }, say = p }
  items[i] = { label = p, say = p }
  local list = i <= 20 and fields or more
  list[#list + 1] = { name = "f" .. i, label = p, placeholder = p, type = i % 2 == 0 and "choice" or "text", options = { { value = p, label = p } } }
end
bot.menu "evil" { text = all[1], items = items }
bot.command "evil" { title = "Evil", show = "evil" }
bot.command "blocks" {
  title = "Blocks",
  run = function(chat)
    for _, p in ipairs(all) do
      chat:block { kind = "card", title = p, text = p, url = p, image = { url = p, alt = p }, actions = { { label = p, value = p }, { label = p, url = p } } }
      chat:block { kind = "choices", text = p, options = { { label = p, value = p } } }
      chat:block { kind = "image", url = p, alt = p, text = p }
      chat:block { kind = "file", url = p, name = p, thumb = p }
      chat:block { kind = "source", url = p, title = p, text = p }
      chat:block { kind = "rating", text = p, form = p }
      chat:block { kind = p, text = p }
    end
  end,
}
for n, list in ipairs { fields, more } do
  bot.command("form-" .. n) {
    title = "Form",
    run = function(chat) chat:form { name = "odd", title = all[n], submit = all[n + 2], fields = list } end,
  }
end
`;

/** Of an account of which every text is hostile. */
const hostileDataset = () => ({
    business: { name: NAME, type: NAME, description: ALL.slice(0, 1900) },
    bot: { name: NAME, slug: `evil-${Date.now()}`, greeting: ALL.slice(0, 490) },
    owner: { name: PERSON, role: NAME, about: ALL.slice(0, 900) },
    faqs: PAYLOADS.map((p, i) => ({ question: `what is number${i}`, answer: p })),
    texts: [{ title: NAME, text: ALL }],
    custom: PAYLOADS.map((p) => ({ name: p.slice(0, 100), value: p })),
    services: PAYLOADS.map((p, i) => ({ id: `s${i}`, name: p.slice(0, 120), description: p })),
});

/** Pages of the context tell of scripts that ran and of what a policy stopped. */
async function watch(context: BrowserContext): Promise<() => Promise<unknown[]>> {
    await context.addInitScript(() => {
        const own = window as unknown as { __stopped: string[] };
        own.__stopped = [];
        document.addEventListener("securitypolicyviolation", (event) => own.__stopped.push(`${event.effectiveDirective} ${event.blockedURI}`));
    });
    const dialogs: string[] = [];
    context.on("page", (page) => page.on("dialog", (dialog) => { dialogs.push(dialog.message()); void dialog.dismiss(); }));
    return async () => {
        const found: unknown[] = [...dialogs];
        for (const page of context.pages()) for (const frame of page.frames()) {
            const { pwned, stopped } = await frame.evaluate(() => {
                const own = window as unknown as { __pwned?: unknown; __stopped?: string[] };
                return { pwned: own.__pwned, stopped: own.__stopped ?? [] };
            });
            if (pwned !== undefined) found.push(`ran in ${page.url()}`);
            found.push(...stopped);
        }
        return found;
    };
}

/** No element or address is there that only markup could have made. */
async function isText(where: Page | Locator): Promise<void> {
    const marks = "script:not([src]), iframe, object, embed, svg script, svg animate, svg use, math, base, [ontoggle], [onbegin], [onstart], marquee, template, video, audio, image, meta[http-equiv], [onerror], [onload], [onfocus]";
    expect(await where.locator(marks).count()).toBe(0);
    const addresses = await where.locator("a").evaluateAll((links) => links.map((a) => (a as HTMLAnchorElement).protocol));
    expect(addresses.filter((p) => !["http:", "https:", "mailto:", "tel:", "blob:"].includes(p))).toEqual([]);
}

async function api(request: APIRequestContext, account: Account, path: string, body: object): Promise<void> {
    const answer = await request.post(origin + path, {
        headers: { authorization: `Bearer ${account.key}`, "idempotency-key": crypto.randomUUID() }, data: body,
    });
    expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
}

async function identity(page: Page): Promise<{ visitor: string; conversation: string }> {
    const stored = await page.evaluate(() => JSON.stringify(localStorage).replaceAll("\\", ""));
    return { visitor: /vis_\w+\.[\w-]+/.exec(stored)![0], conversation: /conv_\w{26}/.exec(stored)![0] };
}

test("forty payloads through every field run nowhere", async ({ context, request }) => {
    test.setTimeout(120_000);
    const dataset = hostileDataset();
    const account = await makeAccount(request, dataset, PERSON);
    await publish(request, account, { "commands/evil.lua": SCRIPT });
    const found = await watch(context);
    const page = await context.newPage();

    // The full page, under an address that wants to be more.
    const hostile = encodeURIComponent(ALL).slice(0, 1500);
    await page.goto(`${origin}/chat/${dataset.bot.slug}?q=${hostile}#${hostile}`);
    await expect(page.locator(".head .status")).toHaveAttribute("data-look", "up");
    await expect(page).toHaveTitle(NAME);
    const input = page.locator("textarea.input"), log = page.getByRole("log");
    const last = async (): Promise<void> => { await expect(log.locator(".pending")).toHaveCount(0); };
    await input.fill("/");
    await expect(page.getByRole("option").nth(40)).toBeAttached();
    await isText(page);

    // What the visitor writes.
    for (const words of EIGHTS) {
        await input.fill(words);
        await input.press("Enter");
    }
    await last();
    const who = await identity(page);
    const post = (frame: object) => request.post(`${origin}/v1/chat/messages?bot=${account.bot}&conversation=${who.conversation}`, {
        headers: { authorization: `Bearer ${who.visitor}`, origin }, data: { cid: crypto.randomUUID(), ...frame },
    });
    await Promise.all(PAYLOADS.map(async (payload, i) => {
        const contact = { name: payload, email: `p${i}@example.org`, phone: `+49 30 55500${100 + i}`, message: payload, about: payload, subject: payload };
        for (const form of ["lead", "callback", "ticket"]) expect((await post({ type: "form", form, fields: contact })).status()).toBe(200);
        const file = await request.post(`${origin}/v1/chat/files?bot=${account.bot}&conversation=${who.conversation}`, {
            headers: { authorization: `Bearer ${who.visitor}`, origin, "idempotency-key": crypto.randomUUID(), "x-file-name": encodeURIComponent(`${payload}.txt`) },
            data: Buffer.from(`words ${i}`),
        });
        expect(file.status()).toBe(201);
        expect((await post({ type: "choice", value: payload })).status()).toBe(200);
        expect((await post({ type: "command", name: payload.slice(0, 190), args: { text: payload } })).status()).toBe(200);
        await post({ type: "message", text: payload });
        await post({ type: "message", text: `what is number${i}` });
    }));
    // What the business's scripts and data say.
    for (const name of ["evil", "blocks", "services", "who", "help", "form-1"]) await post({ type: "command", name, args: {} });
    await post({ type: "message", text: "cancel" });
    await post({ type: "command", name: "form-2", args: {} });
    await post({ type: "message", text: "cancel" });
    await post({ type: "event", name: "widget.opened", data: { url: ALL.slice(0, 400), title: ALL.slice(0, 400), referrer: ALL.slice(0, 400) } });
    await page.reload();
    await expect(page.locator(".head .status")).toHaveAttribute("data-look", "up");
    await expect(log.locator(".entry")).not.toHaveCount(0);
    await isText(page);
    for (const link of (await log.locator("a").all()).slice(0, 60)) await link.dispatchEvent("mouseover");

    // What the team writes, and what it sees.
    await Promise.all(PAYLOADS.map(async (payload) => {
        await api(request, account, "/v1/canned_replies", { title: payload.slice(0, 80), text: payload });
        await api(request, account, `/v1/conversations/${who.conversation}/notes`, { text: payload });
    }));
    const desk = await context.newPage();
    await desk.goto(`${origin}/desk`);
    await desk.getByLabel("API key").fill(account.key);
    await desk.keyboard.press("Enter");
    await post({ type: "command", name: "human", args: {} });
    await desk.locator(`.entry[data-id="${who.conversation}"]`).click();
    await desk.getByRole("button", { name: "Take this chat" }).click();
    const answer = desk.getByLabel("Your answer");
    for (const words of EIGHTS) {
        await answer.fill(words);
        await answer.press("Enter");
    }
    await expect(desk.getByLabel("Insert a saved reply").locator("option")).toHaveCount(41);
    await expect(desk.getByRole("log")).toContainText(PAYLOADS[39]!);
    await expect(log.locator(".entry.human")).toHaveCount(EIGHTS.length);
    await expect(log).toContainText(`${PERSON} has joined the chat`);
    await isText(desk);
    await isText(page);
    await desk.getByRole("button", { name: "Close chat" }).click();
    await expect(log.locator("..").getByRole("group", { name: /How was/ }).first()).toBeVisible();

    // The transcript is what it says it is: text.
    await page.getByRole("button", { name: "More" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save the conversation" }).click()]);
    expect(download.suggestedFilename()).toMatch(/\.txt$/);
    const saved = await download.path();
    expect(readFileSync(saved, "utf8")).toContain(PAYLOADS[0]);
    const reader = await context.newPage();
    await reader.goto(`file://${saved}`);
    expect(await found()).toEqual([]);
});

test("a website whose own words are as bad gives the chat nothing to run", async ({ context }) => {
    const hostile = encodeURIComponent(ALL).slice(0, 1500);
    const found = await watch(context);
    const website = await context.newPage();
    const attribute = (value: string): string => value.replaceAll("&", "&amp;").replaceAll("\"", "&quot;");
    const host = createServer((_, response) => response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(
        `<!DOCTYPE html><title>${ALL.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</title><p>A shop</p>`
            + `<script src="${origin}/w.js" data-bot="pk_demo" data-launcher="${attribute(NAME)}" data-label="${attribute(NAME)}"`
            + ` data-greeting="${attribute(NAME)}" data-color="${attribute(`red;${NAME}`)}" data-avatar="${attribute(PAYLOADS[35]!)}"></script>`)).listen(0, "127.0.0.1");
    await once(host, "listening");
    const shop = `http://localhost:${(host.address() as AddressInfo).port}/`;
    await website.goto(`${shop}?q=${hostile}#${hostile}`, { referer: `${shop}r?q=${hostile}` });
    await website.locator("azentiko-chat button:has(b)").click({ timeout: 10_000 });
    await expect(website.locator(".head .status")).toHaveAttribute("data-look", "up");
    await website.locator("textarea.input").fill(PAYLOADS[0]!);
    await website.locator("textarea.input").press("Enter");
    await expect(website.getByRole("log").locator(".entry")).not.toHaveCount(0);
    await isText(website.locator("azentiko-chat"));
    expect(await found()).toEqual([]);
    host.close();
});
