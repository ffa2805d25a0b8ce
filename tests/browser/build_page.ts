// Builds the page into a temporary folder, so that the tests never see an old one.
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export default function buildPage(): void {
    const dist = mkdtempSync(join(tmpdir(), "azentiko-page-"));
    const script = fileURLToPath(new URL("../../plugins/page/build.sh", import.meta.url));
    execFileSync(script, [dist, process.env.ESBUILD || "esbuild"], { stdio: "inherit" });
    process.env.PAGE_DIST = dist; // the workers inherit it
}
