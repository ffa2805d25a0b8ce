// What the eye judges: pictures of the main states, compared with those in
// looks/ that somebody has looked at. The comparison is tolerant, for fonts
// differ a little between machines. UPDATE: --update-snapshots, then look.
import { expect, test } from "../fixtures";
import { fillPage } from "./fill_page";

const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 800 };
const LOOKS = [
    { form: "widget", locale: "en-GB", viewport: desktop, colorScheme: "light" },
    { form: "widget", locale: "de-DE", viewport: desktop, colorScheme: "dark" },
    { form: "widget", locale: "ar", viewport: phone, colorScheme: "light" },
    { form: "page", locale: "en-GB", viewport: desktop, colorScheme: "light" },
    { form: "page", locale: "ar", viewport: desktop, colorScheme: "dark" },
    { form: "page", locale: "de-DE", viewport: phone, colorScheme: "dark" },
] as const;

for (const look of LOOKS) {
    const name = `${look.form}-${look.locale.slice(0, 2)}-${look.viewport === phone ? "phone" : "desktop"}-${look.colorScheme}`;
    test.describe(name, () => {
        test.use(look);
        test("looks as it did when somebody looked", async ({ visitor, server }) => {
            server.now = "2026-03-03T10:30:00Z";
            await visitor.page.clock.setFixedTime(new Date("2026-03-03T10:30:00Z"));
            const shot = (state: string): Promise<void> => expect(visitor.page).toHaveScreenshot(`${name}-${state}.png`);
            await visitor.page.goto(visitor.address);
            if (look.form === "widget") {
                await shot("closed");
                await visitor.launcher.click();
            }
            await visitor.isOnline();
            await visitor.page.mouse.move(5, 5);
            await shot("start");
            await fillPage(visitor, server);
            await visitor.page.mouse.move(5, 5);
            await shot("end");
            for (const [state, selector] of [["cards", ".row"], ["form", "form.form"]] as const) {
                await visitor.page.locator(selector).first().evaluate((e) => e.scrollIntoView({ block: "center", behavior: "instant" }));
                await shot(state);
            }
            if (look.locale === "de-DE") return;
            await visitor.input.fill("/");
            await shot("commands");
            await visitor.input.fill("");
            await visitor.page.locator(".head button[aria-expanded]").click();
            await shot("menu");
        });
    });
}
