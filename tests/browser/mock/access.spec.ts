// axe in every look and both languages, with one of each block on the page.
import { expect, test } from "../fixtures";

const looks = [
    { name: "phone", viewport: { width: 390, height: 844 } },
    { name: "desktop", viewport: { width: 1280, height: 900 } },
];

for (const { name, viewport } of looks) {
    for (const colorScheme of ["light", "dark"] as const) {
        for (const locale of ["en-GB", "de-DE"]) {
            test.describe(`${name} ${colorScheme} ${locale}`, () => {
                test.use({ viewport, colorScheme, locale });
                test("axe finds nothing", async ({ visitor, server }) => {
                    await visitor.arrive();
                    expect(await visitor.axe()).toEqual([]);
                    for (const block of ["choices", "menu", "card", "cards", "image", "file", "source", "rating", "rich", "form"]) {
                        await visitor.say(block);
                    }
                    await expect(visitor.page.locator("form.form")).toBeVisible();
                    await visitor.page.locator("form.form .primary").click();
                    await visitor.page.locator(".star").nth(2).click();
                    server.faults.error = { code: "odd", title: "No." };
                    await visitor.say("refused");
                    await expect(visitor.log.locator(".problem")).toBeVisible();
                    server.faults.error = { code: "rate_limited", retry_after_ms: 60000 };
                    await visitor.say("waiting");
                    await visitor.input.fill("/");
                    await expect(visitor.page.getByRole("listbox")).toBeVisible();
                    expect(await visitor.axe()).toEqual([]);
                    const widths = await visitor.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
                    expect(widths[0]).toBeLessThanOrEqual(widths[1]!);
                });
            });
        }
    }
}

for (const accent of ["#ffe600", "#ffffff", "#000000", "#e11d48", "#8fd3ff"]) {
    test(`accent ${accent} stays readable`, async ({ visitor, server }) => {
        server.bot.theme.accent = accent;
        await visitor.arrive();
        await visitor.say("choices");
        await visitor.page.getByRole("button", { name: "Tomorrow" }).click();
        await visitor.say("rich");
        await expect(visitor.bubble("bot", "Some bold words")).toBeVisible();
        expect(await visitor.axe()).toEqual([]);
        await visitor.page.emulateMedia({ colorScheme: "dark" });
        expect(await visitor.axe()).toEqual([]);
    });
}

test("400 % zoom: nothing is cut off sideways, the text box stays in reach", async ({ visitor }) => {
    await visitor.page.setViewportSize({ width: 320, height: 256 });
    await visitor.arrive();
    await visitor.say("hours");
    await expect(visitor.bubble("bot", "Today we are open")).toBeVisible();
    expect(await visitor.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await expect(visitor.input).toBeInViewport();
});

test("by keyboard alone: starter, quick reply, form, with the focus in sight", async ({ visitor, server }) => {
    await visitor.arrive();
    await expect(visitor.input).toBeFocused();
    await visitor.page.keyboard.type("choices");
    await visitor.page.keyboard.press("Enter");
    await expect(visitor.page.getByRole("button", { name: "Tomorrow" })).toBeVisible();
    for (let i = 0; i < 12; i += 1) {
        await visitor.page.keyboard.press("Shift+Tab");
        if (await visitor.page.getByRole("button", { name: "Tomorrow" }).evaluate((b) => b === document.activeElement)) break;
    }
    await visitor.page.keyboard.press("Enter");
    await expect.poll(() => server.acts.at(-1)).toMatchObject({ type: "choice", value: "tomorrow" });
});

test("right to left mirrors the page", async ({ visitor }) => {
    await visitor.arrive();
    await visitor.say("choices");
    await expect(visitor.page.getByRole("button", { name: "Tomorrow" })).toBeVisible();
    await visitor.page.evaluate(() => { document.documentElement.dir = "rtl"; });
    const boxes = await Promise.all([visitor.bubble("visitor", "choices"), visitor.bubble("bot", "When would")].map((b) => b.boundingBox()));
    expect(boxes[0]!.x).toBeLessThan(boxes[1]!.x);
    expect(await visitor.axe()).toEqual([]);
});
