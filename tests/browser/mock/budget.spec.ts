// What the widget weighs, as zopfli makes it, which is what the server sends. A change that costs more fails here.
import { expect, test } from "@playwright/test";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const LOADER = 2048;
const ALL = 16_250; // with identify, consent and menus that follow the page

test("the loader is at most 2 KB, everything together with one language at most 15.9 KB", () => {
    const dist = process.env.WIDGET_DIST!;
    const size = (name: string): number => statSync(join(dist, `${name}.gz`)).size;
    const languages = readdirSync(dist).filter((name) => /^[a-z]{2}\.js$/.test(name)).map(size);
    const all = size("w.js") + size("chat.js") + Math.max(...languages);
    console.log(`w.js ${size("w.js")} B, chat.js ${size("chat.js")} B, largest language ${Math.max(...languages)} B, together ${all} B gzip`);
    expect(size("w.js")).toBeLessThanOrEqual(LOADER);
    expect(all).toBeLessThanOrEqual(ALL);
});
