// The chat itself, imported by w.js when it is opened and by the full page at
// once: its frame, what the page's script may ask of it, and the way from one
// language to another. Its nodes live in a shadow root of their own, so that
// no name of the host page, nor of the launcher, can meet one of its own.
// There is one chat on a page, so its modules hold the state themselves. The
// path of a visitor's message is composer -> talk -> link -> wire; that of an
// answer wire -> link -> talk -> log.
import css from "../style/chat.css";
import { commandAct, menuList } from "./blocks";
import { dressComposer, input, openComposer } from "./composer";
import { button, fill, h } from "../../shared/dom";
import { richText } from "../../shared/rich_text";
import { avatar, dressHeader, openHeader, shut } from "./header";
import type { Chat, Host } from "./host";
import { connect, send } from "./link";
import { draw, follow, look, openLog } from "./log";
import { rememberOpen } from "./memory";
import { act, bot, identify, identity, reset, seen, start as talk, tell, where } from "./talk";
import { direction, language, speak, t, W } from "./words";

const NOTICE_MS = 8000;
const STARTERS = 6;

export let host: Host;
export let shown = false;
let told = false; // the server, that it was opened
let root: HTMLElement;
let intro: HTMLElement;
let notice: HTMLElement;
let noticeTimer = 0;

export function say(text: string): void {
    notice.textContent = text;
    clearTimeout(noticeTimer);
    noticeTimer = setTimeout(() => { notice.textContent = ""; }, NOTICE_MS);
}
/** There is no chat here, for good. */
export function refuse(why: string): void {
    fill(root, h("div.refused", {}, h("p.title", {}, why), !host.full && button("pick", host.close, t(W.close))));
    console.warn(`azentiko: ${why}`);
}
/** This website may not have the chat: its visitors need not know, its makers are told. */
export function vanish(why: string): void {
    host.config.bot = "";
    refuse(why);
    host.close();
    ((host.panel.getRootNode() as ShadowRoot).host as HTMLElement).hidden = true;
}

/** Brings it up to date with the settings and with what the server says of the bot. */
export function dress(): void {
    const { config, full, panel } = host;
    const { theme = {} } = bot;
    const colour = [config.color, theme.accent, theme.color].find((one) => one && CSS.supports("color", one));
    ((panel.getRootNode() as ShadowRoot).host as HTMLElement ?? panel).style.setProperty("--azentiko", colour ?? "");
    panel.style.colorScheme = /^(dark|light)$/.test(config.theme!) ? config.theme! : "";
    panel.className = `${full ? "full" : config.position}${shown ? " open" : ""}`;
    dressHeader();
    dressComposer();
    if (bot.name) introduce();
}
function introduce(): void {
    const { greeting = host.config.greeting, menu = [] } = bot;
    if (intro.matches(":focus-within")) return; // a redraw takes the focus along
    fill(intro, avatar("large"), h("p.title", { dir: "auto" }, bot.name), richText(greeting),
        h("div.starters", {}, menuList(menu.slice(0, STARTERS))));
    follow();
}

/** Where the chat covers the page, the page is out of reach. */
const alone = matchMedia("(max-width: 480px)");
const cover = (): void => {
    const covered = !host.full && shown && alone.matches;
    document.body.inert = covered;
    root.ariaModal = covered ? "true" : null;
};

/** Makes everything that has words in it. */
function build(): void {
    const { full, panel } = host;
    panel.lang = language;
    panel.dir = direction();
    intro = h("section.intro");
    notice = h("div.notice", { role: "alert" });
    root = h(full ? "main.sheet" : "section.sheet", {
        role: full ? null : "dialog", "aria-labelledby": "name", tabindex: -1,
        keydown(event: KeyboardEvent) {
            if (event.key === "Escape" && !event.isComposing && !shut() && !full) host.close();
        },
    }, openHeader(), openLog(intro), notice, openComposer());
    dress();
    cover();
    fill(panel.shadowRoot as never, root);
}
export async function setLocale(tag: string): Promise<void> {
    await speak(host.base, [tag]);
    build();
    send({ type: "locale", locale: language }); // else the next hello says it
}

function show(open: boolean, focus?: boolean): void {
    const { full } = host;
    shown = open;
    dress();
    cover();
    if (!full) rememberOpen(open && !!identity.visitor);
    if (!open) return;
    if (!told) tell(full ? "fullpage.visited" : "widget.opened", { url: where() });
    told = true;
    follow();
    seen();
    look();
    // No keyboard jumps over the page of a phone.
    if (focus) (matchMedia("(pointer: fine)").matches ? input : root).focus();
}

export async function start(given: Host): Promise<Chat> {
    host = given;
    const { base, config, full, panel } = host;
    await speak(base, [config.locale, ...navigator.languages]);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    (panel.shadowRoot ?? panel.attachShadow({ mode: "open" })).adoptedStyleSheets = [sheet];
    alone.onchange = cover;
    document.addEventListener("visibilitychange", () => {
        if (!document.hidden && shown) seen();
        draw();
    });
    shown = !!full;
    build();
    talk();
    const commands: Record<string, (...args: never[]) => void> = {
        sendMessage: (text: string) => act({ type: "message", text }, text),
        sendCommand: (name: string, args: object) => act(commandAct(name, args, "page"), `/${name}`),
        setLocale,
        update: dress,
        identify,
        consent: (tracking: boolean) => tell("consent", { tracking }),
        setContext: (data: object) => tell("page.context", data),
        reset: () => reset(() => void connect()),
        shutdown() {
            reset();
            document.body.inert = false;
            fill(root);
        },
    };
    return {
        show,
        run(name, ...args) {
            if (Object.hasOwn(commands, name)) commands[name]!(...args as never[]);
        },
    };
}
