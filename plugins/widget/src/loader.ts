// w.js: all that a page pays for before its visitor acts. It draws the
// launcher, takes the calls of the page's script, and imports the chat when
// somebody opens it. Before that it fetches, stores and connects nothing.
import css from "../style/loader.css";
import type { Chat, Config } from "./host";

declare const VERSION: string; // of the chat's files, set by build.sh

type Call = [string, ...unknown[]];

const page = window as { azentiko?: { q?: Call[]; v?: string } };
const html = document.documentElement;
const script = document.currentScript as HTMLScriptElement;
const base = new URL(`/w/${VERSION}/`, script.src).href;
const make = (tag: string): HTMLElement => document.createElement(tag);
const config: Config = {};
const early: Call[] = []; // what the chat is told once it is there
const host = make("azentiko-chat");
const panel = make("div");
const launcher = make("button");
const label = make("span");
const badge = make("b");
let chat: Promise<Chat> | undefined;
let opened = false;

const emit = (name: string, detail: unknown = {}): unknown => document.dispatchEvent(new CustomEvent(`azentiko:${name}`, { detail }));

const attach = (): void => { if (config.bot && !host.isConnected) html.append(host); };

/** The number of unread messages, and the launcher's name. */
const unread = (count: number, words = label.textContent || config.label || "Chat"): void => {
    badge.textContent = count ? `${count}` : "";
    launcher.ariaLabel = words;
};

/** Brings the launcher up to date with the settings. */
const dress = (): void => {
    host.style.setProperty("--azentiko", config.color || "");
    host.className = `${host.className.replace(/left|right/, "")} ${config.position}`;
    label.textContent = config.launcher || "";
    unread(0);
    attach();
};

const load = (): Promise<Chat> => chat ??= import(`${base}chat.js`).then(({ start }: { start: (h: object) => Promise<Chat> }) =>
    start({ base, config, panel, emit, unread, close: () => show(false, true) })).then((ready) => {
    for (const call of early.splice(0)) ready.run(...call);
    return ready;
}).catch((error: unknown) => {
    chat = undefined; // the next click tries again
    emit("error", { code: "load", title: `${error}` });
    throw error;
});

const show = (open: boolean, focus?: boolean): void => {
    if (open === opened) return;
    opened = open;
    launcher.ariaExpanded = `${open}`;
    host.classList.toggle("busy", open);
    if (open || chat) load().then((ready) => {
        host.classList.toggle("open", opened);
        ready.show(opened, focus);
        if (!opened && focus) launcher.focus();
        emit(opened ? "open" : "close");
    }, () => {
        opened = false;
        launcher.ariaExpanded = "false";
    }).finally(() => host.classList.remove("busy"));
};

const tell = (...call: Call): void => {
    if (chat) void chat.then((ready) => ready.run(...call));
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
        tell("update");
    },
    open: () => show(true, true),
    close: () => show(false),
    toggle: () => show(!opened, true),
    show: () => { host.hidden = false; },
    hide: () => { host.hidden = true; },
    shutdown() {
        if (chat) tell("shutdown");
        chat = undefined;
        opened = false;
        host.remove();
        host.className = config.bot = "";
    },
    on(name: string, listener: (detail: unknown) => void) {
        const hear = ({ detail }: CustomEventInit): void => listener(detail);
        document.addEventListener(`azentiko:${name}`, hear as EventListener);
        return () => document.removeEventListener(`azentiko:${name}`, hear as EventListener);
    },
};

const api = (...call: Call): unknown => {
    const [name, ...args] = call;
    if (Object.hasOwn(commands, name)) return commands[name]!(...args as never[]);
    tell(...call);
    if (/^send/.test(name)) load().catch(() => 0); // the page speaks for the visitor
    return undefined;
};

// A page may run the tag twice; one chat is enough.
if (!page.azentiko?.v) {
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    launcher.append(make("i"), label, badge);
    launcher.ariaExpanded = "false";
    launcher.onclick = () => show(!opened, true);
    root.append(panel, launcher);
    // A page that swaps its document (Turbo, Astro) keeps the chat.
    new MutationObserver(attach).observe(html, { childList: true });

    const queue = page.azentiko?.q ?? [];
    page.azentiko = Object.assign(api, { v: VERSION });
    Object.assign(config, script.dataset);
    for (const call of queue) api(...call);
    if (config.bot) commands.boot!();
    // The visitor had it open on the page before, or wrote something that is not sent yet.
    if (config.noStorage === undefined) try {
        const key = `azentiko:${config.bot}`;
        if (sessionStorage[key]) show(true);
        else if (Object.keys(localStorage).some((name) => name.startsWith(`${key}:`))) void load();
    } catch { /* storage is off */ }
}
