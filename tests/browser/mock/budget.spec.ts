import { expect, test } from "@playwright/test";
import { statSync } from "node:fs";
import { join } from "node:path";

test("script and style together are at most 20 KB compressed", () => {
    const size = (name: string): number => statSync(join(process.env.PAGE_DIST!, name)).size;
    const total = size("page.js.gz") + size("page.css.gz");
    console.log(`page.js ${size("page.js.gz")} B, page.css ${size("page.css.gz")} B, together ${total} B gzip`);
    expect(total).toBeLessThanOrEqual(20_000);
});
