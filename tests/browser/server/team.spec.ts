// Two people and three visitors at the same time: who waits, who has whom, to
// the queue and on, back to the bot.
import { expect, test as base } from "../fixtures";
import type { BrowserContext, Page } from "@playwright/test";
import { canMake, makeAccount, origin } from "../account";

const test = base.extend({ server: async ({}, use) => { await use(undefined as never); } });
test.skip(!canMake, "AZENTIKO_DATA is not set: no account can be made");

const ALWAYS = Object.fromEntries(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map((day) => [day, [["00:00", "24:00"]]]));

class Guest {
    constructor(readonly page: Page, readonly id: string) {}
    static async arrive(context: BrowserContext, bot: string): Promise<Guest> {
        const page = await context.newPage();
        await page.goto(`${origin}/chat/${bot}`);
        await expect(page.locator(".head .status")).toHaveAttribute("data-look", "up");
        const guest = new Guest(page, "");
        await guest.say("I want to talk to a person");
        await expect(guest.heard("I have told the team.")).toHaveCount(1);
        return new Guest(page, await page.evaluate(() => /conv_\w{26}/.exec(JSON.stringify(localStorage))![0]));
    }
    async say(text: string): Promise<void> {
        await this.page.locator("textarea.input").fill(text);
        await this.page.locator("textarea.input").press("Enter");
    }
    heard(text: string | RegExp) { return this.page.getByRole("log").locator(".entry.bot, .entry.human").filter({ hasText: text }); }
}

async function desk(context: BrowserContext, key: string): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${origin}/desk`);
    await page.getByLabel("API key").fill(key);
    await page.keyboard.press("Enter");
    return page;
}
const group = (page: Page, title: string) => page.locator(".group").filter({ has: page.getByRole("heading", { name: title }) });
const entry = (page: Page, title: string, guest: Guest) => group(page, title).locator(`[data-id="${guest.id}"]`);
async function answer(page: Page, text: string): Promise<void> {
    await page.getByLabel("Your answer").fill(text);
    await page.keyboard.press("Enter");
}

test("two people share three visitors", async ({ browser, request }) => {
    test.setTimeout(90_000);
    const account = await makeAccount(request, { bot: {}, hours: { timezone: "Europe/Berlin", weekly: ALWAYS } });
    const second = await request.post(`${origin}/v1/keys`, {
        headers: { authorization: `Bearer ${account.key}` }, data: { name: "Ben", scopes: ["handovers:read", "handovers:write"] },
    });
    const contexts = await Promise.all(Array.from({ length: 5 }, () => browser.newContext()));
    const guests = await Promise.all(contexts.slice(0, 3).map((context) => Guest.arrive(context, account.bot)));
    const [ada, bea, cid] = guests as [Guest, Guest, Guest];
    const anna = await desk(contexts[3]!, account.key), ben = await desk(contexts[4]!, (await second.json() as { secret: string }).secret);
    for (const page of [anna, ben]) await expect(group(page, "Waiting").locator(".entry")).toHaveCount(3);

    await entry(anna, "Waiting", ada).click();
    await anna.getByRole("button", { name: "Take this chat" }).click();
    await expect(ada.heard("Anna has joined the chat.")).toHaveCount(1);
    await expect(entry(anna, "Mine", ada)).toBeVisible();
    await expect(entry(ben, "With others", ada)).toBeVisible();
    await entry(ben, "Waiting", bea).click();
    await ben.getByRole("button", { name: "Take this chat" }).click();
    await expect(bea.heard("Ben has joined the chat.")).toHaveCount(1);

    // Each hears only their own, and a colleague's chat is taken over only on purpose.
    await answer(anna, "Hello Ada");
    await answer(ben, "Hello Bea");
    await expect(ada.heard("Hello Ada")).toHaveCount(1);
    await expect(bea.heard("Hello Bea")).toHaveCount(1);
    await expect(ada.heard("Hello Bea")).toHaveCount(0);
    await entry(ben, "With others", ada).click();
    await expect(ben.getByRole("button", { name: "Take over from Anna" })).toBeVisible();
    await expect(ben.getByLabel("Your answer")).toHaveCount(0);

    // Who waits is still answered by the bot; who has a person is not.
    await cid.say("/help");
    await expect(cid.heard("Ask me anything")).toHaveCount(1);
    await ada.say("/help");
    await expect(anna.getByRole("log")).toContainText("Help");
    await expect(ada.heard("Ask me anything")).toHaveCount(0);

    // To the queue, and on with a colleague.
    await anna.getByRole("button", { name: "To the queue" }).click();
    await expect(entry(ben, "Waiting", ada)).toBeVisible();
    await entry(ben, "Waiting", ada).click();
    await ben.getByRole("button", { name: "Take this chat" }).click();
    await expect(ada.heard("Ben has joined the chat.")).toHaveCount(1);
    await expect(group(ben, "Mine").locator(".entry")).toHaveCount(2);
    await expect(group(anna, "Waiting").locator(".entry")).toHaveCount(1);

    // Back to the bot; closed; and nobody is left but the one who waits.
    await ben.getByRole("button", { name: "Hand back" }).click();
    await expect(ada.heard("You are talking to the assistant again.")).toHaveCount(1);
    await ada.say("/help");
    await expect(ada.heard("Ask me anything")).toHaveCount(1);
    await entry(ben, "Mine", bea).click();
    await ben.getByRole("button", { name: "Close chat" }).click();
    await expect(bea.page.getByRole("group", { name: /How was/ })).toBeVisible();
    await expect(group(ben, "Mine").locator(".entry")).toHaveCount(0);
    for (const page of [anna, ben]) await expect(entry(page, "Waiting", cid)).toBeVisible();
    await Promise.all(contexts.map((context) => context.close()));
});
