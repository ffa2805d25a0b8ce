import { expect, test } from "../fixtures";

const PAYLOADS = [
    "<script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "<svg onload=window.hacked=1>",
    "<svg><script>window.hacked=1</script></svg>",
    "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    "<body onload=window.hacked=1>",
    "<a href=\"javascript:window.hacked=1\">x</a>",
    "javascript:window.hacked=1",
    "JaVaScRiPt:window.hacked=1//https://example.com",
    "data:text/html,<script>window.hacked=1</script>",
    "vbscript:window.hacked=1",
    "https://example.com/\"onmouseover=\"window.hacked=1",
    "https://example.com/'><script>window.hacked=1</script>",
    "**<img src=x onerror=window.hacked=1>**",
    "<style>@import'javascript:window.hacked=1'</style>",
    "<math><mtext><style><img src=x onerror=window.hacked=1></style></mtext></math>",
    "<template><script>window.hacked=1</script></template>",
    "<base href='javascript:window.hacked=1//'>",
    "<form action=javascript:window.hacked=1><button>x</button></form>",
    "{{constructor.constructor('window.hacked=1')()}} ${window.hacked=1}",
];

test.use({ expectedErrors: /net::ERR_NAME_NOT_RESOLVED/ }); // pictures of the outside world

for (const [number, payload] of PAYLOADS.entries()) {
    test(`script injection ${number + 1} stays text: ${payload.slice(0, 40)}`, async ({ visitor, server }) => {
        const words = payload;
        server.bot.name = `Bot ${payload}`;
        server.bot.greeting = payload;
        server.bot.theme.accent = `#fff}${payload}`;
        server.bot.menu[0] = { name: "x", title: words, hint: words };
        await visitor.arrive();
        await visitor.say(words);
        await expect(visitor.bubble("visitor", words.replaceAll("**", ""))).toBeVisible();
        const link = { label: words, url: words };
        const card = { kind: "card", title: words, text: words, url: words, image: words, actions: [link, { label: words, value: words }] };
        server.say(server.only(), [
            { kind: "text", text: words }, card, { kind: "cards", text: words, cards: [card] },
            { kind: "choices", options: [{ label: words, value: words }] }, { kind: "menu", items: [{ name: "x", title: words }] },
            { kind: "image", url: words, alt: words }, { kind: "file", url: words, name: words }, { kind: "source", url: words, title: words },
            { kind: "form", form: words, title: words, fields: [{ name: words, type: "select", label: words, hint: words, options: [words] }] },
            { kind: "rating", text: words }, { kind: words, text: words },
        ]);
        await expect(visitor.log.locator(".entry.bot .source").last()).toBeAttached();
        const hrefs = await visitor.page.locator("a").evaluateAll((links) => links.map((a) => (a as HTMLAnchorElement).protocol));
        expect(hrefs.filter((p) => !["http:", "https:", "mailto:", "tel:"].includes(p))).toEqual([]);
        expect(await visitor.log.locator("script, iframe, svg script, style, base, object, embed, [onerror], [onload]").count()).toBe(0);
        for (const pick of await visitor.page.locator("a.pick, .file, .source a").all()) await pick.dispatchEvent("mouseover");
        expect(await visitor.page.evaluate(() => (window as unknown as { hacked?: number }).hacked)).toBeUndefined();
    });
}

test.describe("the policy", () => {
    test.use({ expectedErrors: /TrustedHTML/ });
    test("forbids inline script, inline style and strings as script", async ({ visitor }) => {
        await visitor.arrive();
        const outcome = await visitor.page.evaluate(() => {
            try {
                document.body.insertAdjacentHTML("beforeend", "<b>x</b>");
                return "inserted";
            } catch (error) {
                return (error as Error).name;
            }
        }).catch(() => "blocked");
        expect(outcome).toBe("TypeError");
        const response = await visitor.page.request.get(visitor.page.url());
        expect(response.headers()["content-security-policy"]).toContain("default-src 'none'");
        expect(await response.text()).not.toMatch(/<script>|<style|style=|onload=/);
    });
});
