// axe in every look: the widget and the full page in three languages, each on
// a phone and a desktop, light and dark, with one of each block on the page.
// What the eye must judge is in looks.spec.ts.
import { expect, test } from "../fixtures";
import { fillPage } from "./fill_page";

for (const form of ["page", "widget"] as const) {
    for (const locale of ["en-GB", "de-DE", "ar"]) {
        test.describe(`${form} ${locale}`, () => {
            test.use({ form, locale });
            test("axe finds nothing on phone and desktop, light and dark", async ({ visitor, server }) => {
                await visitor.arrive();
                expect(await visitor.axe()).toEqual([]);
                await fillPage(visitor, server);
                await visitor.input.fill("/");
                await expect(visitor.page.getByRole("listbox")).toBeVisible();
                for (const viewport of [{ width: 1280, height: 900 }, { width: 390, height: 844 }]) {
                    await visitor.page.setViewportSize(viewport);
                    for (const colorScheme of ["light", "dark"] as const) {
                        await visitor.page.emulateMedia({ colorScheme });
                        expect(await visitor.axe()).toEqual([]);
                    }
                    const widths = await visitor.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
                    expect(widths[0]).toBeLessThanOrEqual(widths[1]!);
                }
            });
        });
    }
}

test("any accent stays readable, light and dark", async ({ visitor, server }) => {
    await visitor.arrive();
    await visitor.say("choices");
    await visitor.page.getByRole("button", { name: "Tomorrow" }).click();
    await visitor.say("rich");
    await expect(visitor.bubble("bot", "Some bold words")).toBeVisible();
    for (const accent of ["#ffe600", "#ffffff", "#000000", "#e11d48", "#8fd3ff", "#00ff00"]) {
        server.bot.theme.accent = accent;
        server.dropAll();
        await visitor.say(accent); // so that the next drop is not taken for a lasting one
        await expect(visitor.bubble("bot", accent)).toBeVisible({ timeout: 10_000 });
        await expect.poll(() => visitor.page.locator("#chat").evaluate((e) => (e as HTMLElement).style.getPropertyValue("--azentiko"))).toBe(accent);
        await visitor.isOnline();
        for (const colorScheme of ["light", "dark"] as const) {
            await visitor.page.emulateMedia({ colorScheme });
            expect(await visitor.axe(["color-contrast"])).toEqual([]);
        }
    }
});

for (const form of ["page", "widget"] as const) {
    test.describe(form, () => {
        test.use({ form, viewport: { width: 320, height: 256 } });
        test("400 % zoom: nothing is cut off sideways, the text box stays in reach", async ({ visitor }) => {
            await visitor.arrive();
            await visitor.say("hours");
            await expect(visitor.bubble("bot", "Today we are open")).toBeVisible();
            expect(await visitor.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
            await expect(visitor.input).toBeInViewport();
        });
    });
}

test("by keyboard alone: starter, quick reply, form, with the focus in sight", async ({ visitor, server }) => {
    await visitor.arrive();
    await expect(visitor.input).toBeFocused();
    await visitor.page.keyboard.type("choices");
    await visitor.page.keyboard.press("Enter");
    const tomorrow = visitor.page.getByRole("button", { name: "Tomorrow" });
    await expect(tomorrow).toBeVisible();
    for (let i = 0; i < 12; i += 1) {
        await visitor.page.keyboard.press("Shift+Tab");
        if (await tomorrow.evaluate((b) => b === (b.getRootNode() as ShadowRoot).activeElement)) break;
    }
    await visitor.page.keyboard.press("Enter");
    await expect.poll(() => server.acts.at(-1)).toMatchObject({ type: "choice", value: "tomorrow" });
});

test.describe("right to left", () => {
    test.use({ locale: "ar", form: "widget" });
    test("the chat is mirrored, its arrows too", async ({ visitor }) => {
        await visitor.arrive();
        await visitor.say("choices");
        await expect(visitor.bubble("bot", "When would")).toBeVisible();
        const boxes = await Promise.all([visitor.bubble("visitor", "choices"), visitor.bubble("bot", "When would")].map((b) => b.boundingBox()));
        expect(boxes[0]!.x).toBeLessThan(boxes[1]!.x);
        expect(await visitor.page.locator(".send svg").evaluate((svg) => getComputedStyle(svg).scale)).toBe("-1 1");
    });
});

test("reduced motion: nothing moves; forced colours: bubbles and buttons keep an outline", async ({ visitor, server }) => {
    await visitor.page.emulateMedia({ reducedMotion: "reduce", forcedColors: "active" });
    server.faults.replyDelay = 600;
    await visitor.arrive();
    await visitor.say("think");
    await expect(visitor.page.locator(".typing")).toBeVisible();
    expect(await visitor.page.evaluate(() => document.getAnimations().filter((a) => a.playState === "running").length)).toBe(0);
    await expect(visitor.bubble("bot", "You said: think")).toBeVisible();
    for (const selector of [".entry.visitor .bubble", ".send", ".avatar"]) {
        expect(await visitor.page.locator(selector).first().evaluate((e) => getComputedStyle(e).borderStyle)).toBe("solid");
    }
    expect(await visitor.axe()).toEqual([]);
});
