// What every test gets: a mock server of its own where it asks for one, a
// Visitor that reads and writes like a person, and a page whose console
// errors and exceptions fail the test.
import { test as base, expect, type Locator, type Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { MockServer } from "./mock_server.mjs";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export type Form = "page" | "widget"; // how the chat is met

export class Visitor {
    readonly input: Locator;
    readonly log: Locator;
    readonly status: Locator;
    readonly launcher: Locator;

    constructor(readonly page: Page, readonly address: string, readonly form: Form) {
        this.input = page.locator("textarea.input");
        this.log = page.getByRole("log");
        this.launcher = page.locator("azentiko-chat button:has(b)");
        this.status = page.locator(".head .status");
    }

    async arrive(): Promise<void> {
        await this.page.goto(this.address);
        if (this.form === "widget") await this.launcher.click();
        await this.isOnline();
    }

    async isOnline(): Promise<void> { await expect(this.status).toHaveAttribute("data-look", "up", { timeout: 20_000 }); }

    async say(text: string): Promise<void> {
        await this.input.fill(text);
        await this.input.press("Enter");
    }

    /** Bubbles from one side, as text, in the order on the screen. */
    async heard(from: "bot" | "visitor"): Promise<string[]> {
        return this.log.locator(`.entry.${from} .bubble .text`).allInnerTexts();
    }

    bubble(from: "bot" | "visitor", text: string | RegExp): Locator {
        return this.log.locator(`.entry.${from} .bubble`).filter({ hasText: text });
    }

    /** Nothing is on its way any more. */
    async settled(): Promise<void> { await expect(this.log.locator(".pending")).toHaveCount(0); }

    storage(): Promise<string[]> { return this.page.evaluate(() => Object.keys(localStorage)); }

    /** Violations as "rule: selector", the page's own policy staying in force. */
    async axe(rules?: string[]): Promise<string[]> {
        await this.page.evaluate(axeSource);
        return this.page.evaluate(async (only) => {
            // Entries fade in; contrast is judged when they have.
            await Promise.all(document.getAnimations().filter((a) => a.effect?.getTiming().iterations === 1).map((a) => a.finished));
            const axe = (window as unknown as { axe: { run(options: object): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> } }).axe;
            const { violations } = await axe.run(only ? { runOnly: only } : {});
            return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.flat().join(" ")}`));
        }, rules);
    }
}

interface Fixtures {
    expectedErrors: RegExp | null; // console errors that belong to the fault under test
    form: Form;
    address: string; // of the page
    server: MockServer;
    visitor: Visitor;
}

export const test = base.extend<Fixtures>({
    expectedErrors: [null, { option: true }],
    server: async ({}, use) => {
        const server = await new MockServer().listen(0, process.env.WIDGET_DIST!);
        await use(server);
        await server.close();
    },
    form: ["page", { option: true }],
    address: async ({ server, form }, use) => {
        await use(form === "page" ? `${server.url}/chat/pk_demo` : `${server.url.replace("127.0.0.1", "localhost")}/host`);
    },
    visitor: async ({ page, address, form, expectedErrors }, use) => {
        const errors: string[] = [];
        page.on("pageerror", (error) => errors.push(String(error)));
        page.on("console", (message) => {
            const text = message.text();
            if (message.type() === "error" && !expectedErrors?.test(text)) errors.push(text);
        });
        await use(new Visitor(page, address, form));
        expect(errors).toEqual([]);
    },
});

export { expect };
export const CHANNEL_ERRORS = /WebSocket connection to|Failed to load resource|net::ERR_/;
