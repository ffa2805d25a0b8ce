// Files that would be documents or scripts if a browser took them for such:
// stored where they pass for something harmless, then asked for in every way
// that a page has. Nothing of them runs.
import { expect, test as base } from "../fixtures";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const origin = process.env.AZENTIKO_URL?.replace(/\/$/, "") ?? "";
const test = base.extend({
    server: async ({}, use) => { await use(undefined as never); },
    address: async ({}, use) => { await use(`${origin}/chat/pk_demo`); },
});
test.skip(!origin, "AZENTIKO_URL is not set: no server to test");

const CODE = "top.__pwned=1";
const gif = Buffer.from(`GIF89a/*\0\x01\0\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b*/=1;${CODE}//`, "latin1");
const FILES: Record<string, Buffer> = { // by the name that its sender gives it
    "page.html": Buffer.from(`${" ".repeat(5000)}<html><script>${CODE}</script></html>`), // markup behind where is looked
    "picture.svg": Buffer.from(`${" ".repeat(5000)}<svg xmlns="http://www.w3.org/2000/svg" onload="${CODE}"><script>${CODE}</script></svg>`),
    "script.js": Buffer.from(`${CODE}`),
    "polyglot.gif": gif, // a picture's first bytes, a script's assignment
    "form.pdf": Buffer.from(`%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert\\(1\\);${CODE})>>>>endobj\n<script>${CODE}</script>`),
    "words.txt": Buffer.from(`+ADw-script+AD4-${CODE}+ADw-/script+AD4-`), // UTF-7
};
const PLAIN: [string, Buffer][] = [
    ["page.html", Buffer.from(`<!DOCTYPE html><script>${CODE}</script>`)],
    ["picture.svg", Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" onload="${CODE}"/>`)],
    ["page.xhtml", Buffer.from(`<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>${CODE}</script></html>`)],
];

test("what passes for a file runs in no way that a page has", async ({ visitor, request, context }) => {
    await visitor.arrive();
    await visitor.say("hello");
    await visitor.settled();
    const stored = await visitor.page.evaluate(() => JSON.stringify(localStorage).replaceAll("\\", ""));
    const token = /vis_\w+\.[\w-]+/.exec(stored)![0], conversation = /conv_\w{26}/.exec(stored)![0];
    const send = (name: string, data: Buffer) => request.post(`${origin}/v1/chat/files?bot=pk_demo&conversation=${conversation}`, {
        headers: { authorization: `Bearer ${token}`, origin, "idempotency-key": crypto.randomUUID(), "x-file-name": name }, data,
    });
    for (const [name, data] of PLAIN) expect((await send(name, data)).status(), name).toBe(415);
    const addresses: string[] = [];
    for (const [name, data] of Object.entries(FILES)) {
        const answer = await send(name, data);
        if (answer.status() === 422) continue; // not even a picture
        expect(answer.status(), `${name}: ${await answer.text()}`).toBe(201);
        const address = origin + (await answer.json() as { blocks: { url: string }[] }).blocks[0]!.url;
        const headers = (await request.get(address)).headers();
        expect(headers["content-disposition"]).toContain("attachment");
        expect(headers["x-content-type-options"]).toBe("nosniff");
        expect(headers["content-security-policy"]).toContain("sandbox");
        expect(headers["content-type"]).toMatch(/^(text\/plain|image\/gif|application\/pdf)/);
        addresses.push(address);
    }
    expect(addresses.length).toBeGreaterThanOrEqual(5);

    // Opened by its address it is saved, not shown.
    for (const address of addresses) {
        const tab = await context.newPage();
        const [download] = await Promise.all([tab.waitForEvent("download"), tab.goto(address).catch(() => undefined)]);
        expect(download.suggestedFilename()).not.toBe("");
        await tab.close();
    }
    // A website without any policy of its own tries to use it.
    const list = addresses.map((a) => a.replaceAll("&", "&amp;"));
    const body = list.map((a) => `<script src="${a}"></script><img src="${a}"><iframe src="${a}"></iframe><object data="${a}"></object>`
        + `<embed src="${a}"><link rel="stylesheet" href="${a}"><script type="module" src="${a}"></script>`).join("");
    const host = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end(`<!DOCTYPE html>${body}`)).listen(0, "127.0.0.1");
    await once(host, "listening");
    const site = await context.newPage();
    await site.goto(`http://127.0.0.1:${(host.address() as AddressInfo).port}/`, { waitUntil: "domcontentloaded" });
    await site.waitForTimeout(500);
    for (const page of context.pages()) for (const frame of page.frames()) {
        expect(await frame.evaluate(() => (window as unknown as { __pwned?: number }).__pwned).catch(() => undefined)).toBeUndefined();
    }
    host.close();
});
