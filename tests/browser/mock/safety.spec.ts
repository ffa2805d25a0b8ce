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
    "<IMG SRC=`javascript:window.hacked=1`>",
    "<img src='x' onerror='&#119;indow.hacked=1'>",
    "<details open ontoggle=window.hacked=1>",
    "<video><source onerror=window.hacked=1></video>",
    "<input autofocus onfocus=window.hacked=1>",
    "<marquee onstart=window.hacked=1>",
    "<object data='javascript:window.hacked=1'></object>",
    "<embed src='data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22 onload=%22parent.hacked=1%22/>'>",
    "<meta http-equiv=refresh content='0;url=javascript:window.hacked=1'>",
    "<link rel=import href='data:text/html,<script>parent.hacked=1</script>'>",
    "java\tscript:window.hacked=1",
    "\u0001javascript:window.hacked=1",
    "data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+",
    "blob:https://example.com/window.hacked=1",
    "//example.com/%0ajavascript:window.hacked=1",
    "https://user:pass@example.com/#<script>window.hacked=1</script>",
    "</textarea><script>window.hacked=1</script>",
    "</title></style></script><script>window.hacked=1</script>",
    "<a href=&#106;avascript:window.hacked=1>x</a>",
    "<slot name=x></slot><azentiko-chat onclick=window.hacked=1>\u202e",
];

test.use({ expectedErrors: /net::ERR_NAME_NOT_RESOLVED/ }); // pictures of the outside world

// Four at a time: what a page opens for is the same for all of them.
for (let at = 0; at < PAYLOADS.length; at += 4) {
    test(`script injections ${at + 1} to ${at + 4} stay text`, async ({ visitor, server }) => {
        const [first] = PAYLOADS.slice(at);
        server.bot.name = `Bot ${first}`;
        server.bot.greeting = first!;
        server.bot.theme.accent = `#fff}${first}`;
        server.bot.theme.powered_by = first;
        server.bot.menu = PAYLOADS.slice(at, at + 4).map((words, i) => ({ name: `x${i}`, title: words, hint: words, group: words }));
        await visitor.arrive();
        for (const words of PAYLOADS.slice(at, at + 4)) {
            const heard = await visitor.log.locator(".entry.bot").count();
            await visitor.say(words);
            await expect(visitor.log.locator(".entry.bot")).toHaveCount(heard + 1);
            await expect(visitor.log.locator(".entry.visitor .bubble").last()).toHaveText(words.replaceAll("**", "").trim());
            const link = { label: words, url: words };
            const card = { kind: "card", title: words, text: words, url: words, image: words, actions: [link, { label: words, value: words }] };
            server.say(server.only(), [
                { kind: "text", text: words }, card, { kind: "cards", text: words, cards: [card] },
                { kind: "choices", options: [{ label: words, value: words }] }, { kind: "menu", items: [{ name: "x", title: words }] },
                { kind: "image", url: words, thumb: words, alt: words }, { kind: "file", url: words, name: words, thumb: words }, { kind: "source", url: words, title: words },
                { kind: "form", form: words, title: words, fields: [{ name: words, type: words, label: words, hint: words, error: words }, { name: words, type: "select", label: words, options: [words] }] },
                { kind: "rating", text: words }, { kind: words, text: words },
            ]);
            await expect(visitor.log.locator(".entry.bot").nth(heard + 1).locator(".source")).toBeAttached();
        }
        await visitor.input.fill("/");
        const hrefs = await visitor.page.locator("a").evaluateAll((links) => links.map((a) => (a as HTMLAnchorElement).protocol));
        expect(hrefs.filter((p) => !["http:", "https:", "mailto:", "tel:"].includes(p))).toEqual([]);
        expect(await visitor.page.locator("#chat").locator("script, iframe, svg script, style, base, object, embed, meta, video, [onerror], [onload], [onfocus], [ontoggle]").count()).toBe(0);
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
