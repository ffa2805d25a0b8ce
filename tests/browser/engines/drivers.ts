// The other engines as Debian has them, spoken to without anything in between:
// Firefox by WebDriver BiDi on its own port, WebKitGTK by its WebDriver. Just
// enough of both to open a page and to run a script in it.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";

export interface Engine {
    goto(url: string): Promise<void>;
    /** The value of an expression, which may be a promise, as JSON carries it. */
    run<T>(expression: string): Promise<T>;
    close(): Promise<void>;
}

const START_MS = 40_000;
const has = (command: string): boolean => spawnSync("which", [command]).status === 0;

/** The first match in what the process says. */
function spoken(child: ChildProcess, pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
        let text = "";
        const timer = setTimeout(() => reject(new Error(`not started: ${text}`)), START_MS);
        for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (data) => {
            text += String(data);
            const found = pattern.exec(text);
            if (!found) return;
            clearTimeout(timer);
            resolve(found[1]!);
        });
    });
}
const ended = async (child: ChildProcess): Promise<void> => {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill();
    await gone;
};

async function firefox(): Promise<Engine> {
    const profile = mkdtempSync(join(tmpdir(), "firefox-"));
    const child = spawn("firefox-esr", ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0", "about:blank"],
        { env: { ...process.env, HOME: profile, MOZ_DISABLE_AUTO_SAFE_MODE: "1" } });
    const address = await spoken(child, /BiDi listening on (ws:\S+)/);
    const socket = new WebSocket(`${address}/session`);
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    const waiting = new Map<number, (answer: { result?: unknown; message?: string }) => void>();
    socket.on("message", (data) => {
        const answer = JSON.parse(String(data)) as { id: number; result?: unknown; message?: string };
        waiting.get(answer.id)?.(answer);
        waiting.delete(answer.id);
    });
    let serial = 0;
    const ask = async (method: string, params: object): Promise<never> => {
        const id = serial += 1;
        const answered = new Promise<{ result?: unknown; message?: string }>((resolve) => waiting.set(id, resolve));
        socket.send(JSON.stringify({ id, method, params }));
        const { result, message } = await answered;
        if (!result) throw new Error(`${method}: ${message}`);
        return result as never;
    };
    await ask("session.new", { capabilities: {} });
    const { contexts: [{ context }] } = await ask("browsingContext.getTree", {}) as { contexts: [{ context: string }] };
    return {
        goto: async (url) => { await ask("browsingContext.navigate", { context, url, wait: "complete" }); },
        async run(expression) {
            const answer = await ask("script.evaluate", {
                expression: `(async () => JSON.stringify(await (${expression})) ?? "null")()`, target: { context }, awaitPromise: true,
            }) as { type: string; result: { value: string }; exceptionDetails?: { text: string } };
            if (answer.type !== "success") throw new Error(answer.exceptionDetails?.text);
            return JSON.parse(answer.result.value);
        },
        async close() {
            socket.close();
            await ended(child);
            rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
        },
    };
}

const LIBRARIES = "/usr/lib/x86_64-linux-gnu";
const miniBrowser = (): string | undefined => readdirSync(LIBRARIES).filter((name) => name.startsWith("webkit2gtk-4"))
    .map((name) => join(LIBRARIES, name, "MiniBrowser")).find((path) => spawnSync("test", ["-x", path]).status === 0);

async function webkit(): Promise<Engine> {
    const screen = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"]);
    const display = await spoken(screen, /(\d+)\n/);
    const port = 20_000 + (process.pid % 20_000);
    const base = `http://127.0.0.1:${port}`;
    const home = mkdtempSync(join(tmpdir(), "webkit-"));
    const child = spawn("WebKitWebDriver", [`--port=${port}`, "--host=127.0.0.1"],
        { env: { ...process.env, DISPLAY: `:${display}`, HOME: home, XDG_CACHE_HOME: home, XDG_DATA_HOME: home, WEBKIT_DISABLE_COMPOSITING_MODE: "1" }, stdio: "ignore" });
    const ask = async (path: string, body?: object, method = "POST"): Promise<never> => {
        const response = await fetch(base + path, { method, ...body && { body: JSON.stringify(body) } });
        const { value } = await response.json() as { value: { message?: string } };
        if (!response.ok) throw new Error(`${path}: ${value.message}`);
        return value as never;
    };
    for (const begun = Date.now(); ;) {
        if (await fetch(`${base}/status`).then(() => true, () => false)) break;
        if (Date.now() - begun > START_MS) throw new Error("WebKitWebDriver does not answer");
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { sessionId } = await ask("/session", {
        capabilities: { alwaysMatch: { "webkitgtk:browserOptions": { binary: miniBrowser(), args: ["--automation"] } } },
    }) as { sessionId: string };
    return {
        goto: async (url) => { await ask(`/session/${sessionId}/url`, { url }); },
        run: async (expression) => JSON.parse(await ask(`/session/${sessionId}/execute/async`, {
            script: `const done = arguments[0]; (async () => JSON.stringify(await (${expression})) ?? "null")().then(done, (e) => done(JSON.stringify(String(e))));`, args: [],
        }) as string),
        async close() {
            await ask(`/session/${sessionId}`, undefined, "DELETE").catch(() => undefined);
            await ended(child);
            await ended(screen);
            rmSync(home, { recursive: true, force: true, maxRetries: 5 });
        },
    };
}

/** name -> how to start it; without one that is not installed. */
export const ENGINES: Record<string, () => Promise<Engine>> = {
    ...has("firefox-esr") && { "Firefox ESR": firefox },
    ...has("WebKitWebDriver") && has("Xvfb") && { WebKitGTK: webkit },
};
