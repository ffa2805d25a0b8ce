// Files of visitors in the browser against the real server: chosen, dropped,
// pasted, cancelled and refused.
import { deflateSync, crc32 } from "node:zlib";
import { expect } from "../fixtures";
import { origin, test } from "./line";

test.skip(!origin, "AZENTIKO_URL is not set: no server to test");

/** A PNG of one colour. */
function png(side: number): Buffer {
    const chunk = (name: string, data: Buffer): Buffer => {
        const body = Buffer.concat([Buffer.from(name), data]);
        const out = Buffer.alloc(body.length + 8);
        out.writeUInt32BE(data.length);
        body.copy(out, 4);
        out.writeUInt32BE(crc32(body), body.length + 4);
        return out;
    };
    const head = Buffer.alloc(13);
    head.writeUInt32BE(side, 0);
    head.writeUInt32BE(side, 4);
    head.set([8, 2, 0, 0, 0], 8);
    const rows = Buffer.alloc(side * (side * 3 + 1), 120);
    for (let y = 0; y < side; y += 1) rows[y * (side * 3 + 1)] = 0;
    return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}
const chooser = ".composer input[type=file]";

test("a picture is sent, shown small, and opens in full; it is there after a reload", async ({ visitor }) => {
    await visitor.arrive();
    await visitor.page.locator(chooser).setInputFiles({ name: "gärten & so.png", mimeType: "image/png", buffer: png(600) });
    const image = visitor.log.locator(".entry.visitor img");
    await expect(image).toHaveAttribute("alt", "gärten & so.png");
    await expect(image).toHaveAttribute("src", /thumb=1/);
    await expect.poll(() => image.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(320);
    await expect(visitor.page.locator(".notice progress")).toHaveCount(0);
    await expect(visitor.log.locator(".entry.visitor")).toHaveCount(1);
    await visitor.page.reload();
    await expect(image).toBeVisible();
    expect(await visitor.axe()).toEqual([]);
});

test.describe("what is refused", () => {
    test.use({ expectedErrors: /Failed to load resource.*41[35]/ });
    test("is said in words, and leaves no message", async ({ visitor }) => {
        await visitor.arrive();
        const notice = visitor.page.getByRole("alert").filter({ hasText: "too large or of a kind" });
        await visitor.page.locator(chooser).setInputFiles({ name: "page.html", mimeType: "text/html", buffer: Buffer.from("<html><script>1</script></html>") });
        await expect(notice).toBeVisible();
        // Too large is seen before a byte is sent.
        let sent = 0;
        visitor.page.on("request", () => { sent += 1; });
        await visitor.page.evaluate(() => {
            const input = document.querySelector("#chat")!.shadowRoot!.querySelector<HTMLInputElement>("input[type=file]")!;
            const files = new DataTransfer();
            files.items.add(new File([new Uint8Array(40e6)], "big.png", { type: "image/png" }));
            input.files = files.files;
            input.dispatchEvent(new Event("change"));
        });
        await expect(notice).toBeVisible();
        expect(sent).toBe(0);
        await expect(visitor.log.locator(".entry")).toHaveCount(0);
    });
});

test("a file is dropped, another is pasted", async ({ visitor }) => {
    await visitor.arrive();
    const give = (event: string, name: string): Promise<void> => visitor.page.evaluate(([kind, title]) => {
        const root = document.querySelector("#chat")!.shadowRoot!;
        const data = new DataTransfer();
        data.items.add(new File(["some words"], title!, { type: "text/plain" }));
        if (kind === "drop") root.querySelector(".dock")!.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        else root.querySelector("textarea.input")!.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }, [event, name]);
    await give("drop", "dropped.txt");
    await expect(visitor.log.getByRole("link", { name: /dropped\.txt/ })).toBeVisible();
    await give("paste", "pasted.txt");
    await expect(visitor.log.getByRole("link", { name: /pasted\.txt/ })).toBeVisible();
    const href = await visitor.log.getByRole("link", { name: /pasted\.txt/ }).getAttribute("href");
    const file = await visitor.page.request.get(href!);
    expect(await file.text()).toBe("some words");
    expect(file.headers()["content-disposition"]).toMatch(/^attachment/);
});

test("on a slow line one sees how far it is; a cancelled file leaves nothing", async ({ visitor, line }) => {
    await visitor.arrive();
    line.narrow = true;
    await visitor.page.locator(chooser).setInputFiles({ name: "long.txt", mimeType: "text/plain", buffer: Buffer.alloc(9_500_000, "long words ") });
    const bar = visitor.page.getByRole("progressbar", { name: "long.txt" });
    await expect.poll(() => bar.evaluate((node: HTMLProgressElement) => node.value)).toBeGreaterThan(0.01);
    await visitor.page.getByRole("button", { name: "Discard" }).click();
    await expect(bar).toHaveCount(0);
    await visitor.say("after it");
    await expect(visitor.log.locator(".visitor .foot")).toContainText("Read");
    await expect(visitor.log.getByText("long.txt")).toHaveCount(0);
});
