// Draws the conversation: one element for each entry of the store, a heading
// where the day changes, time and delivery under the last of a group, what is
// being typed below, and the scrolling of it all.
import { drawBlock, type DoAct } from "./blocks";
import { button, fill, h, icon, type Child } from "./dom";
import type { Sender } from "./protocol";
import { richText } from "./rich_text";
import type { Entry } from "./store";
import { dayOf, t, timeOf, W } from "./words";

const GROUP_MS = 5 * 60_000;
const TYPING_MS = 8000;
const NEAR = 120; // px from the end that count as being there

export interface LogEvents {
    act: DoAct;
    retry(entry: Entry): void;
    discard(entry: Entry): void;
    seen(): void; // the newest message may be before the visitor's eyes
}
interface Drawn { root: HTMLElement; day: HTMLElement; foot: HTMLElement }

export interface Log {
    root: HTMLElement;
    setName(name: string): void;
    announce(): void;
    inView(): boolean;
    place(entry: Entry, before: Entry | undefined, fresh: boolean): void;
    change(entry: Entry): void;
    remove(entry: Entry): void;
    typing(from: Sender): void;
    delta(re: number, text: string): void;
    /** Something below the last message, such as the rating of an ended conversation. */
    after(...nodes: Child[]): void;
    follow(smooth?: boolean): void;
    nameOf(from: Sender): string;
}

const together = (a: Entry | undefined, b: Entry | undefined): boolean =>
    !!a && !!b && a.from === b.from && Math.abs(b.at - a.at) < GROUP_MS && dayOf(a.at) === dayOf(b.at);

export function openLog(intro: HTMLElement, entries: Entry[], events: LogEvents): Log {
    const list = h("div.log", { role: "log", "aria-label": t(W.log), "aria-live": "off" });
    const tail = h("div.entry bot", { "aria-hidden": true });
    const epilogue = h("div.epilogue");
    const drawn = new Map<Entry, Drawn>();
    let timer = 0;
    let draft: { re: number; text: string } | undefined; // streamed part of an answer
    let following = true; // the newest message is in view
    let bot = "";

    const follow = (smooth?: boolean): void => {
        following = true;
        down.hidden = true;
        const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
        scroller.scrollTo({ top: entries[0] ? scroller.scrollHeight : 0, behavior: smooth && !calm ? "smooth" : "instant" });
    };
    const stay = (): void => { if (following) follow(); };
    const scroller = h("div.scroller", {
        tabindex: 0, role: "group", "aria-label": t(W.log),
        scroll() {
            following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
            if (!following) return;
            down.hidden = true;
            events.seen();
        },
    }, intro, list, tail, epilogue);
    const down = button("down", () => follow(true), icon("M12 5v14M6 13l6 6 6-6"), t(W.newer));
    down.hidden = true;
    new ResizeObserver(stay).observe(scroller);
    scroller.addEventListener("load", stay, true); // pictures grow after they were placed

    const showTail = (node?: HTMLElement): void => {
        fill(tail, node);
        stay();
    };
    const nameOf = (from: Sender): string => (from === "visitor" ? t(W.you) : from === "human" ? t(W.team) : bot);

    const footOf = (entry: Entry, last: boolean): Child => {
        const { delivery, at } = entry;
        if (delivery === W.failed) {
            return [h("span.error", {}, entry.problem || t(W.failed)), button("quiet", () => events.retry(entry), t(W.again)),
                button("quiet", () => events.discard(entry), t(W.discard))];
        }
        if (delivery === W.unsent || delivery === W.sending) return t(delivery);
        return last && [h("time", { datetime: new Date(at).toISOString() }, timeOf(at)), entry.from === "visitor" && ` · ${t(delivery ?? W.sent)}`];
    };
    /** Heading and foot depend on the neighbours, so they are done again for three entries. */
    const regroup = (entry: Entry): void => {
        const at = entries.indexOf(entry);
        for (let i = Math.max(at - 1, 0); i <= at + 1 && i < entries.length; i += 1) {
            const here = entries[i]!;
            const before = entries[i - 1];
            const { root, day, foot } = drawn.get(here) ?? {};
            if (!root) continue;
            day!.textContent = dayOf(here.at);
            day!.hidden = !!before && dayOf(before.at) === day!.textContent;
            const { delivery } = here;
            root.className = `entry ${here.from}${together(before, here) ? " joined" : ""}${
                delivery === W.unsent || delivery === W.sending ? " pending" : delivery === W.failed ? " failed" : ""}`;
            fill(foot!, footOf(here, !together(here, entries[i + 1])));
        }
    };
    const draw = (entry: Entry, fresh: boolean): Drawn => {
        const day = h("p.day");
        const foot = h("div.foot");
        const root = h("div.entry", {}, day, h("div.body", {}, h("span.unseen", {}, `${nameOf(entry.from)}: `),
            entry.blocks.map((block) => drawBlock(block, events.act, fresh))), foot);
        const made = { root, day, foot };
        drawn.set(entry, made);
        return made;
    };
    /** To the end; but what is taller than the view is shown from its beginning. */
    const reveal = (root: HTMLElement): void => {
        if (root.offsetHeight < scroller.clientHeight || root.nextElementSibling) return follow();
        following = false;
        scroller.scrollTo({ top: root.offsetTop - 8, behavior: "instant" });
    };
    return {
        root: h("div.stage", {}, scroller, down), follow, nameOf,
        setName(name) { bot = name; },
        announce() { list.ariaLive = "polite"; }, // history is not read out; what comes afterwards is
        inView: () => following && !document.hidden && scroller.clientHeight > 0,
        place(entry, before, fresh) {
            const { root } = drawn.get(entry) ?? draw(entry, fresh);
            list.insertBefore(root, before ? drawn.get(before)!.root : null);
            regroup(entry);
            if (entry.from !== "visitor" && !(draft && entry.seq <= draft.re)) {
                clearTimeout(timer);
                draft = undefined;
                showTail();
            }
            if (entry.delivery === W.sending) following = true;
            if (following) reveal(root);
            else if (entry.from !== "visitor") down.hidden = false;
        },
        change(entry) { if (drawn.has(entry)) regroup(entry); },
        remove(entry) {
            drawn.get(entry)?.root.remove();
            drawn.delete(entry);
            entries.slice(-2).forEach(regroup);
        },
        typing(from) {
            if (draft) return;
            showTail(h("div.bubble typing", { title: t(W.typing, nameOf(from)) }, h("i"), h("i"), h("i")));
            clearTimeout(timer);
            timer = setTimeout(showTail, TYPING_MS);
        },
        delta(re, text) {
            clearTimeout(timer);
            draft = { re, text: (draft?.re === re ? draft.text : "") + text };
            showTail(h("div.bubble", {}, richText(draft.text)));
        },
        after(...nodes) {
            fill(epilogue, ...nodes);
            stay();
        },
    };
}
