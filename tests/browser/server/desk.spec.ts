// The team's desk on the real server: a visitor asks for a person, the person
// answers and hands back. DESK_KEY is an API key with the scope "handovers:write".
import { expect, test as base, type Visitor } from "../fixtures";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";

const origin = process.env.AZENTIKO_URL?.replace(/\/$/, "");
const key = process.env.DESK_KEY;
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const test = base.extend({
    server: async ({}, use) => { await use(undefined as never); },
    address: async ({}, use) => { await use(`${origin}/chat/pk_demo`); },
});

test.skip(!origin || !key, "AZENTIKO_URL and DESK_KEY are not set: no server to test");

async function axe(page: Page): Promise<string[]> {
    await page.evaluate(axeSource);
    return page.evaluate(async () => {
        const run = (window as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> } }).axe;
        return (await run.run()).violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")}`));
    });
}

async function signIn(page: Page, secret: string): Promise<void> {
    await page.goto(`${origin}/desk`);
    await page.getByLabel("API key").fill(secret);
    await page.keyboard.press("Enter");
}

// The conversation of this test's visitor, among those of tests beside it.
async function openChatOf(page: Page, visitor: Visitor): Promise<void> {
    const id = await visitor.page.evaluate(() => JSON.stringify(localStorage).match(/conv_\w{26}/)![0]);
    await page.locator(`.entry[data-id="${id}"]`).click();
    await expect(page.getByRole("log")).toContainText("I want to talk to a person");
}

test("a wrong key stays outside and is told why", async ({ page }) => {
    await signIn(page, "azk_wrong");
    await expect(page.getByRole("alert")).toContainText("key");
    expect(await axe(page)).toEqual([]);
});

for (const [look, size, colorScheme] of [["phone", { width: 390, height: 844 }, "dark"], ["desktop", { width: 1280, height: 800 }, "light"]] as const) {
    test(`a person takes a chat, answers and hands back (${look})`, async ({ visitor, browser }) => {
        const desk = await browser.newPage({ viewport: size, colorScheme });
        await visitor.arrive();
        await visitor.say("I want to talk to a person");
        await expect(visitor.log.locator(".entry.bot")).not.toHaveCount(0);

        await signIn(desk, key!);
        await openChatOf(desk, visitor);
        expect(await axe(desk)).toEqual([]);
        await desk.getByRole("button", { name: "Take this chat" }).click();
        await expect(visitor.bubble("bot", /has joined the chat/)).toBeVisible();

        await desk.getByLabel("Your answer").fill("Hello! <b>How</b> can I help?");
        await desk.keyboard.press("Enter");
        await expect(visitor.log.getByText("Hello! <b>How</b> can I help?")).toBeVisible();
        await visitor.say("Do you have a table by the window?");
        await expect(desk.getByRole("log")).toContainText("a table by the window?");
        await visitor.page.locator(".composer input[type=file]").setInputFiles({ name: "plan.txt", mimeType: "text/plain", buffer: Buffer.from("a plan") });
        const href = await desk.getByRole("log").getByRole("link", { name: "plan.txt" }).getAttribute("href");
        expect(await (await desk.request.get(href!)).text()).toBe("a plan");

        await desk.getByLabel("Note for the team").click();
        await desk.getByLabel("Your note").fill("likes the window");
        await desk.getByRole("button", { name: "Save note" }).click();
        await expect(desk.getByRole("log")).toContainText("likes the window");
        await expect(desk.getByLabel("Your answer")).toBeVisible(); // the next thing said is for the visitor again
        expect(await axe(desk)).toEqual([]);
        const widths = await desk.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        expect(widths[0]).toBeLessThanOrEqual(widths[1]!);

        await desk.getByRole("button", { name: "Hand back" }).click();
        await expect(visitor.bubble("bot", /talking to the assistant/)).toBeVisible();
        await expect(visitor.log).not.toContainText("likes the window");
        await desk.close();
    });
}
