// The widget in the other engines: opened, talked to, a form, a reload, a broken line.
import { expect, test as base } from "../fixtures";
import { ENGINES, type Engine } from "./drivers";

const CHAT = `document.querySelector("azentiko-chat").shadowRoot`;
const ROOT = `${CHAT}.querySelector("div").shadowRoot`;
const test = base.extend<{ engineName: string; engine: Engine }>({
    engineName: ["", { option: true }],
    form: "widget",
    engine: async ({ engineName }, use) => {
        const engine = await ENGINES[engineName]!();
        await use(engine);
        await engine.close();
    },
});

test("Debian's Firefox and WebKitGTK are there", () => {
    expect(Object.keys(ENGINES)).toEqual(["Firefox ESR", "WebKitGTK"]);
});

for (const engineName of Object.keys(ENGINES)) {
    test.describe(engineName, () => {
        test.use({ engineName });
        test("opens, chats, sends a form, is there again after a reload and a broken line", async ({ engine, server, address }) => {
            test.setTimeout(120_000);
            const soon = <T>(expression: string): ReturnType<typeof expect.poll<T>> => expect.poll(() => engine.run<T>(expression).catch(() => null as T), { timeout: 20_000 });
            const heard = (from: string): string => `[...${ROOT}.querySelectorAll(".entry.${from} .bubble .text")].map((b) => b.innerText.trim())`;
            const say = (text: string): Promise<unknown> => engine.run(`(() => {
                const input = ${ROOT}.querySelector("textarea.input");
                input.value = ${JSON.stringify(text)};
                input.dispatchEvent(new Event("input"));
                input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
            })()`);
            const online = async (): Promise<void> => await soon(`${ROOT}.querySelector(".status").dataset.look`).toBe("up");

            await engine.goto(`${address}?strict=1`);
            await soon(`${CHAT}.querySelectorAll("button").length`).toBe(1);
            expect(server.requests).toEqual(["/w.js"]);
            expect(await engine.run("localStorage.length + sessionStorage.length + document.cookie.length")).toBe(0);
            await engine.run(`${CHAT}.querySelector("button:has(b)").click()`);
            await online();
            expect(await engine.run(`${ROOT}.activeElement?.className`)).toMatch(/input|sheet/); // the text box, or where no mouse is the dialog
            await say("hello");
            await soon(heard("bot")).toEqual(["You said: hello"]);

            await say("form");
            await soon(`!!${ROOT}.querySelector("form.form")`).toBe(true);
            await engine.run(`${ROOT}.querySelector("form.form .primary").click()`);
            expect(await engine.run(`[...${ROOT}.querySelectorAll(".field .error")].filter((e) => e.textContent).length`)).toBe(5);
            await engine.run(`(() => {
                const fill = { name: "Ada", email: "ada@example.com", people: "4", day: "2030-05-04" };
                for (const [name, value] of Object.entries(fill)) ${ROOT}.querySelector('[name=' + name + ']').value = value;
                ${ROOT}.querySelector("[name=consent]").checked = true;
                ${ROOT}.querySelector("form.form .primary").click();
            })()`);
            await soon(`${ROOT}.querySelector(".done")?.textContent`).toBe("✓ Sent");
            expect(server.acts.at(-1)).toMatchObject({ form: "lead", fields: { name: "Ada", email: "ada@example.com", people: 4, day: "2030-05-04", consent: true } });

            await engine.goto(`${address}?strict=1`);
            await soon(`${heard("bot")}.length`).toBe(3);
            await online();
            server.dropAll();
            await say("again");
            await soon(`${heard("bot")}.at(-1)`).toBe("You said: again");
            expect(await engine.run(`${heard("visitor")}.length`)).toBe(4);
            expect(server.only().messages).toHaveLength(8);
        });
    });
}
