// Projects: `mock` runs the page against mock_server.mjs, with faults; `server`
// runs it against a real server at AZENTIKO_URL; both in Debian's Chromium.
// `engines` is the widget in Debian's Firefox and WebKitGTK. Nothing is downloaded.
import { defineConfig } from "@playwright/test";

export default defineConfig({
    globalSetup: "./build_widget.ts",
    outputDir: "test-results",
    fullyParallel: true,
    workers: 2,
    timeout: 30_000,
    expect: { timeout: 5_000, toHaveScreenshot: { maxDiffPixelRatio: 0.02, threshold: 0.3, scale: "css", animations: "disabled", caret: "hide" } },
    snapshotPathTemplate: "looks/{arg}{ext}",
    forbidOnly: true,
    reporter: [["list"], ["./totals.ts"]],
    use: {
        locale: "en-GB",
        timezoneId: "Europe/Berlin",
        viewport: { width: 1280, height: 900 },
        trace: "retain-on-failure",
        launchOptions: {
            executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
            args: [
                "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--no-first-run",
            ],
        },
    },
    projects: ["mock", "server", "engines"].map((name) => ({ name, testDir: name })),
});
