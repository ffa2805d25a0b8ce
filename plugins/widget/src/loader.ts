// w.js: all that a page pays for before its visitor acts. It draws the
// launcher, takes the calls of the page's script, and imports the chat when
// somebody opens it. Before that it fetches, stores and connects nothing.
import css from "../style/loader.css";
import type { Chat, Config } from "./host";

declare const VERSION: string; // of the chat's files, set by build.sh

type Call = [string, ...unknown[]];
type Listener = (detail: unknown) => void;

const { documentElement: html, currentScript } = document;
const script = currentScript as HTMLScriptElement;
const base = new URL(`/w/${VERSION}/`, script.src).href;
const listeners: Record<string, Set<Listener>> = {};
const config: Config = {};
const early: Call[] = []; // what the chat is told once it is there
const host = document.createElement("azentiko-chat");
const panel = document.createElement("div");
const launcher = document.createElement("button");
const label = document.createElement("span");
const badge = document.createElement("b");
let chat: Promise<Chat> | undefined;
let opened = false;

const emit = (name: string, detail: unknown = {}): void => {
    // Each by itself: a listener that throws stops no other.
    listeners[name]?.forEach((listener) => queueMicrotask(() => listener(detail)));
    document.dispatchEvent(new CustomEvent(`azentiko:${name}`, { detail }));
};

const attach = (): void => { if (config.bot && !host.isConnected) html.append(host); };

/** Brings the launcher up to date with the settings. */
const dress = (): void => {
    const { bot, color, position, launcher: words = "" } = config;
    host.style.setProperty("--azentiko", color || "");
    for (const side of ["left", "right"]) host.classList.toggle(side, side === position);
    label.textContent = words;
    launcher.ariaLabel = words || config.label || "Chat";
    if (bot) attach();
};

const load = (): Promise<Chat> => chat ??= import(`${base}chat.js`).then(({ start }: { start: (h: object) => Promise<Chat> }) =>
    start({ base, config, panel, emit, close: () => show(false, true), unread: (n: number, words: string) => {
        badge.textContent = n ? String(Math.min(n, 99)) : "";
        launcher.ariaLabel = n ? words : label.textContent || config.label || "Chat";
    } })).then((ready) => {
    early.splice(0).forEach(([name, ...args]) => ready.run(name, args));
    return ready;
}).catch((error: unknown) => {
    chat = undefined; // the next click tries again
    host.classList.remove("busy");
    emit("error", { code: "load", title: String(error) });
    throw error;
});

const show = (open: boolean, focus?: boolean): void => {
    if (open === opened) return;
    opened = open;
    launcher.ariaExpanded = String(open);
    host.classList.toggle("busy", open);
    if (!open && !chat) return;
    load().then((ready) => {
        host.classList.remove("busy");
        host.classList.toggle("open", opened);
        ready.show(opened, focus);
        if (!opened && focus) launcher.focus();
        emit(opened ? "open" : "close");
    }).catch(() => {
        opened = false;
        launcher.ariaExpanded = "false";
    });
};

const tell = (call: Call): void => {
    if (chat) void chat.then((ready) => ready.run(call[0], call.slice(1)));
    else early.push(call);
};

const commands: Record<string, (...args: never[]) => unknown> = {
    boot(settings?: Config) {
        Object.assign(config, settings);
        dress();
        emit("ready");
    },
    update(settings: Config) {
        Object.assign(config, settings);
        dress();
        tell(["update"]);
    },
    open: () => show(true, true),
    close: () => show(false),
    toggle: () => show(!opened, true),
    show: () => host.classList.remove("off"),
    hide: () => host.classList.add("off"),
    shutdown() {
        if (chat) tell(["shutdown"]);
        chat = undefined;
        opened = false;
        host.remove();
        host.classList.remove("open");
        config.bot = "";
    },
    on(name: string, listener: Listener) {
        const set = listeners[name] ??= new Set();
        set.add(listener);
        return () => set.delete(listener);
    },
};

const api = (name: string, ...args: unknown[]): unknown => {
    const command = Object.hasOwn(commands, name) && commands[name];
    if (command) return command(...args as never[]);
    tell([name, ...args]);
    if (/^send/.test(name)) void load().catch(() => undefined); // the page speaks for the visitor
    return undefined;
};

const begin = (): void => {
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS(svg.namespaceURI, "path") as SVGPathElement;
    svg.setAttribute("viewBox", "0 0 24 24");
    path.setAttribute("d", "M12 4.5c4.7 0 8 2.9 8 6.7s-3.3 6.7-8 6.7q-1.3 0-2.5-.3L5.4 20v-4.2A6.3 6.3 0 0 1 4 11.2c0-3.8 3.3-6.7 8-6.7z");
    svg.append(path);
    launcher.append(svg, label, badge);
    launcher.ariaExpanded = "false";
    launcher.onclick = () => show(!opened, true);
    root.append(panel, launcher);

    const page = window as { azentiko?: { q?: Call[]; v?: string } };
    const queue = page.azentiko?.q ?? [];
    page.azentiko = Object.assign(api, { v: VERSION });
    // A page that swaps its document (Turbo, Astro) keeps the chat.
    new MutationObserver(attach).observe(html, { childList: true });
    Object.assign(config, script.dataset);
    [...queue].forEach((call) => api(...Array.from(call) as Call));
    if (config.bot) commands.boot!();
    // The visitor had it open on the page before, or wrote something that is not sent yet.
    if (config.noStorage === undefined) try {
        const key = `azentiko:${config.bot}`;
        if (sessionStorage[key]) show(true);
        else if (Object.keys(localStorage).some((k) => k.startsWith(`${key}:`))) void load();
    } catch { /* storage is off */ }
};

// A page may run the tag twice; one chat is enough.
if (!(window as { azentiko?: { v?: string } }).azentiko?.v) begin();
