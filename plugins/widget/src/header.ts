// The head of the chat: who is there and that it is a machine, whether the
// line is up, and a menu of what one rarely needs. Trouble is shown only once
// it has lasted a moment, so that a short break on a train does not flicker.
import { button, fill, h, icon, picture, type Child } from "./dom";
import type { LinkState } from "./link";
import type { Phase } from "./protocol";
import { t, W } from "./words";

const PATIENCE_MS = 1200;
const MORE = "M12 5a.7.7 0 1 0 .01 0zM12 11.3a.7.7 0 1 0 .01 0zM12 17.6a.7.7 0 1 0 .01 0z";
const CLOSE = "M6 6l12 12M18 6L6 18";
const PHASES: Record<Phase, W> = { bot: W.online, waiting: W.waiting, human: W.human, closed: W.closed };

export interface Header {
    root: HTMLElement;
    setBot(name: string, avatar?: string): void;
    setPhase(phase: Phase): void;
    setLink(state: LinkState): void;
    shut(): boolean; // the menu; false if it was shut
}

/** The initial or the picture of the bot. */
export const avatar = (name: string, url?: string): Child => (url && picture("face", url)) || [...name.trim()][0]?.toUpperCase();

/** items: makes what stands in the menu, each time it opens. */
export function openHeader(items: () => Child[], hurry: () => void, close?: () => void): Header {
    const face = h("div.avatar", { "aria-hidden": true });
    const title = h("h1.name", { dir: "auto", id: "name" }, "…");
    const words = h("span", {}, t(W.connecting));
    const status = h("p.status", { role: "status" }, h("i.dot"), words);
    const retry = button("quiet", hurry, t(W.retry));
    const menu = h("div.more", { hidden: true, click: () => shut() });
    const toggle = button("tool", () => {
        if (shut()) return;
        fill(menu, ...items());
        menu.hidden = false;
        toggle.ariaExpanded = "true";
        menu.querySelector<HTMLElement>("button,select")?.focus();
    }, icon(MORE), t(W.more));
    toggle.ariaExpanded = "false";
    retry.hidden = true;
    let state: LinkState = { is: "connecting" };
    let phase: Phase = "bot";
    let broken = 0; // since when
    let timer = 0;

    const shut = (): boolean => {
        if (menu.hidden) return false;
        if (menu.matches(":focus-within")) toggle.focus();
        menu.hidden = true;
        toggle.ariaExpanded = "false";
        return true;
    };
    const show = (): void => {
        clearTimeout(timer);
        const online = state.is === "online";
        const wait = broken ? broken + PATIENCE_MS - Date.now() : 0;
        if (wait > 0 && state.is !== "refused") {
            timer = setTimeout(show, wait);
            return;
        }
        const seconds = state.is === "waiting" ? Math.max(Math.ceil((state.until - Date.now()) / 1000), 0) : 0;
        // A counting clock is not for reading out: only a change of kind is.
        status.ariaLive = seconds ? "off" : "polite";
        const said = online ? t(PHASES[phase]) : seconds > 1 ? t(W.retry_in, seconds) : t(broken ? W.lost : W.connecting);
        words.textContent = online && phase === "bot" ? `${t(W.assistant)} · ${said}` : said;
        status.dataset.look = online ? (phase === "closed" ? "closed" : "up") : "down";
        retry.hidden = seconds < 2;
        if (seconds) timer = setTimeout(show, 1000);
    };
    return {
        shut,
        root: h("header.head", {}, face, h("div.who", {}, title, status), retry, toggle,
            close && button("tool", close, icon(CLOSE), t(W.close)), menu),
        setBot(name, url) {
            title.textContent = name;
            fill(face, avatar(name, url));
        },
        setPhase(next) {
            phase = next;
            show();
        },
        setLink(next) {
            state = next;
            if (next.is === "online") broken = 0;
            else if (next.is === "waiting") broken ||= Date.now();
            show();
        },
    };
}
