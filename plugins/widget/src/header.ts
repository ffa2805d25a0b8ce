// The head of the chat: who is there and that it is a machine, whether the
// line is up, and a menu of what one rarely needs. Trouble is shown only once
// it has lasted a moment, so that a short break on a train does not flicker.
import { host, say, setLocale } from "./chat";
import { button, fill, h, picture, type Child } from "../../shared/dom";
import { broken, hurry, send, up } from "./link";
import { draw, list as log } from "./log";
import { bot, entries, phase } from "./talk";
import { language, LANGUAGES, nameOf, t, W } from "./words";

const PATIENCE_MS = 1200;
const PHASES = { bot: W.online, waiting: W.waiting, human: W.human, closed: W.closed };

let face: HTMLElement;
let title: HTMLElement;
let status: HTMLElement;
let words: HTMLElement;
let retry: HTMLElement;
let menu: HTMLElement;
let toggle: HTMLElement;

/** The picture of the bot, or its initial. */
export const avatar = (css: string): HTMLElement => h(`div.avatar ${css}`, { "aria-hidden": "true" },
    picture("face", host.config.avatar ?? bot.theme?.logo) ?? [...bot.name.trim()][0]?.toUpperCase());

export function paintHeader(): void {
    const patience = broken && broken + PATIENCE_MS - Date.now();
    if (patience > 0) return void setTimeout(draw, patience);
    const said = up ? (phase === "bot" ? `${t(W.assistant)} · ` : "") + t(PHASES[phase]) : t(broken ? W.lost : W.connecting);
    if (words.textContent !== said) words.textContent = said;
    status.dataset.look = !up ? "down" : phase === "closed" ? phase : "up";
    retry.hidden = !broken;
}
export function dressHeader(): void {
    title.textContent = bot.name || "…";
    fill(face, avatar(""));
}

/** The conversation as a text file: what stands there. */
function save(): void {
    const href = URL.createObjectURL(new Blob([log.innerText]));
    h("a", { href, download: `${bot.name}.txt` }).click();
}

/** The menu; false if it was shut already. */
export function shut(): boolean {
    if (menu.hidden) return false;
    if (menu.matches(":focus-within")) toggle.focus();
    menu.hidden = true;
    toggle.ariaExpanded = "false";
    return true;
}
const item = (word: W, click: () => void): HTMLElement => button("item", () => {
    shut();
    click();
}, t(word));

function items(): Child[] {
    const { config, full } = host;
    const select = h("select", { change: () => setLocale(select.value) },
        LANGUAGES.map((tag) => h("option", { value: tag, selected: tag === language, lang: tag }, nameOf(tag))));
    const sound = h("input", { type: "checkbox", checked: config.sound === "on", change: () => { config.sound = sound.checked ? "on" : ""; } });
    const forget = button("item", () => {
        const sure = item(W.forget_sure, () => send({ type: "forget" }) || say(t(W.lost)));
        sure.classList.add("error");
        forget.replaceWith(sure);
        sure.focus();
    }, t(W.forget));
    return [
        h("label.item", {}, t(W.language), select), h("label.item", {}, t(W.sound), sound),
        entries[0] && [
            item(W.transcript, save), full && item(W.print, () => print()),
            phase !== "closed" && item(W.end, () => send({ type: "close" })), forget,
        ],
    ];
}

export function openHeader(): HTMLElement {
    face = h("div");
    title = h("h1.name", { dir: "auto", id: "name" });
    words = h("span", {}, t(W.connecting));
    status = h("p.status", { role: "status" }, h("i.dot"), words);
    retry = button("quiet", hurry, t(W.retry));
    menu = h("div.more", { hidden: true });
    toggle = button("tool", () => {
        if (shut()) return;
        fill(menu, items());
        menu.hidden = false;
        toggle.ariaExpanded = "true";
        menu.querySelector("select")!.focus();
    }, "⋮", t(W.more));
    toggle.ariaExpanded = "false";
    retry.hidden = true;
    dressHeader();
    return h("header.head", {}, face, h("div.who", {}, title, status), retry, toggle,
        !host.full && button("tool", host.close, "×", t(W.close)), menu);
}
