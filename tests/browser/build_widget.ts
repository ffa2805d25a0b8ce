// Builds the widget into a temporary folder, so that the tests never see an old one.
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export default function buildWidget(): void {
    const dist = mkdtempSync(join(tmpdir(), "azentiko-widget-"));
    const script = fileURLToPath(new URL("../../plugins/widget/build.sh", import.meta.url));
    execFileSync(script, [dist, process.env.ESBUILD || "esbuild", "test"], { stdio: "inherit" });
    process.env.WIDGET_DIST = dist; // the workers inherit it
}
