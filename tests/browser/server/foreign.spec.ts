// The widget on a website of another origin, against the real server, under the
// strictest policy that docs/widget.md promises to work with.
import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test as base } from "../fixtures";

const origin = process.env.AZENTIKO_URL?.replace(/\/$/, "") ?? "";
const socket = origin.replace("http", "ws");

interface Site { at(host: string, options?: { tag?: string; before?: string }): string }
const test = base.extend<{ site: Site }>({
    server: async ({}, use) => { await use(undefined as never); },
    address: async ({}, use) => { await use(""); },
    site: async ({}, use) => {
        let page = "";
        let script = "";
        const http: Server = createServer((request, response) => {
            const self = `http://${request.headers.host}`;
            if (request.url === "/site.js") return response.writeHead(200, { "content-type": "text/javascript" }).end(script);
            response.writeHead(request.url === "/favicon.ico" ? 204 : 200, {
                "content-type": "text/html; charset=utf-8",
                "content-security-policy": `default-src 'none'; script-src ${origin} ${self}; connect-src ${origin} ${socket}; require-trusted-types-for 'script'; trusted-types 'none'`,
            }).end(page);
        });
        await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
        await use({
            at(host, { tag = `<script async src="${origin}/w.js" data-bot="pk_demo"></script>`, before = "" } = {}) {
                page = `<!doctype html><html lang="en"><title>A shop</title><script src="/site.js"></script>${tag}<body><main><h1>A shop</h1></main></body></html>`;
                script = before;
                return `http://${host}:${(http.address() as AddressInfo).port}/`;
            },
        });
        http.closeAllConnections();
        await new Promise((resolve) => http.close(resolve));
    },
    form: "widget",
});

test.skip(!origin, "AZENTIKO_URL is not set: no server to test");

test("chats across origins under a policy that allows the chat's server alone", async ({ visitor, site, context }) => {
    const requests: string[] = [];
    visitor.page.on("request", (request) => requests.push(new URL(request.url()).pathname));
    await visitor.page.goto(site.at("localhost"));
    await expect(visitor.launcher).toBeVisible();
    await visitor.page.waitForLoadState("networkidle");
    expect(requests.filter((path) => path.startsWith("/w"))).toEqual(["/w.js"]);
    expect(await visitor.page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
    await visitor.launcher.click();
    await visitor.isOnline();
    await visitor.say("What are your opening hours?");
    await expect(visitor.log.locator(".visitor .foot")).toContainText("Read");
    await expect(visitor.log.locator(".entry.bot")).not.toHaveCount(0);
    expect(await context.cookies()).toEqual([]);
    expect(await visitor.axe()).toEqual([]);
    // A site of one page goes on: another address, another body, the same chat.
    await visitor.page.evaluate(() => {
        history.pushState({}, "", "/other");
        document.body.replaceWith(document.createElement("body"));
    });
    await visitor.say("Thank you");
    await expect(visitor.log.locator(".visitor .foot").last()).toContainText("Read");
    await visitor.page.reload();
    await expect(visitor.bubble("visitor", "Thank you")).toBeVisible({ timeout: 10_000 });
});

test.describe("a domain that is not allowed", () => {
    test.use({ expectedErrors: /WebSocket|403|Failed to load/ });
    test("shows nothing, and the console says why", async ({ visitor, site }) => {
        const said: string[] = [];
        visitor.page.on("console", (message) => said.push(message.text()));
        await visitor.page.goto(site.at("denied.localhost"));
        await visitor.launcher.click();
        await expect(visitor.launcher).toBeHidden({ timeout: 15_000 });
        await expect(visitor.input).toBeHidden();
        expect(said.join("\n")).toContain("This bot is not allowed on this website.");
        expect(await visitor.page.evaluate(() => localStorage.length)).toBe(0);
    });
});

test("two tags make one chat; calls before it has loaded wait for it", async ({ visitor, site }) => {
    const tag = `<script async src="${origin}/w.js" data-bot="pk_demo"></script>`;
    await visitor.page.goto(site.at("localhost", {
        tag: tag + tag,
        before: `window.azentiko=window.azentiko||function(){(azentiko.q=azentiko.q||[]).push(arguments)};
            window.seen = []; azentiko("on", "message", (d) => seen.push(d.from)); azentiko("sendMessage", "hello from the page");`,
    }));
    await expect(visitor.page.locator("azentiko-chat")).toHaveCount(1);
    await expect.poll(() => visitor.page.evaluate(() => window.seen.slice(0, 2)), { timeout: 10_000 }).toEqual(["visitor", "bot"]);
    await expect(visitor.page.locator("azentiko-chat b")).toHaveText(/[1-9]/);
});

test("noStorage: nothing is kept, the chat works all the same", async ({ visitor, site }) => {
    await visitor.page.goto(site.at("localhost", { tag: `<script async src="${origin}/w.js" data-bot="pk_demo" data-no-storage></script>` }));
    await visitor.launcher.click();
    await visitor.isOnline();
    await visitor.say("hello");
    await expect(visitor.log.locator(".visitor .foot")).toContainText("Read");
    expect(await visitor.page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
});

test.describe("a fixed version", () => {
    test.use({ expectedErrors: /integrity|digest/i });
    test("runs with its hash, and not with another", async ({ visitor, site, request }) => {
        const source = await (await request.get(`${origin}/w.js`)).text();
        const version = /\/w\/([\w.-]+)\//.exec(source)![1]!;
        const fixed = `${origin}/w/${version}/w.js`;
        const bytes = await (await request.get(fixed)).body();
        const hash = createHash("sha384").update(bytes).digest("base64");
        const tag = (sum: string): string => `<script async src="${fixed}" integrity="sha384-${sum}" crossorigin="anonymous" data-bot="pk_demo"></script>`;
        await visitor.page.goto(site.at("localhost", { tag: tag(createHash("sha384").update("another").digest("base64")) }));
        await visitor.page.waitForLoadState("networkidle");
        await expect(visitor.page.locator("azentiko-chat")).toHaveCount(0);
        await visitor.page.goto(site.at("localhost", { tag: tag(hash) }));
        await visitor.launcher.click();
        await visitor.isOnline();
    });
});
