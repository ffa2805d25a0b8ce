// Draws the conversation: one element for each entry, a heading where the day
// changes, time and delivery under the last of a group, what is being typed
// below, and the scrolling of it all. Whatever changes calls draw(); the next
// paint() compares what stands there with what should.
import { drawBlock } from "./blocks";
import { shown } from "./chat";
import { button, fill, h, type Child } from "../../shared/dom";
import { richText } from "../../shared/rich_text";
import { paintHeader } from "./header";
import type { Sender } from "./protocol";
import { again, bot, delivered, discard, entries, highest, markRead, phase, read, retry, type Entry } from "./talk";
import { dayOf, t, timeOf, W } from "./words";

const GROUP_MS = 5 * 60_000;
const TYPING_MS = 8000;
const PAINT_MS = 8;
const NEAR = 120; // px from the end that count as being there

export let list: HTMLElement;
let tail: HTMLElement;
let epilogue: HTMLElement;
let scroller: HTMLElement;
let down: HTMLElement;
let drawTimer = 0;
let typingTimer = 0;
let draft = { re: 0, text: "" }; // streamed part of an answer

export const draw = (): void => {
    clearTimeout(drawTimer);
    drawTimer = setTimeout(paint, PAINT_MS);
};
/** History is not read out; what comes afterwards is. */
export const announce = (): void => { list.ariaLive = "polite"; };
export const speaker = (from: Sender): string => (from === "visitor" ? t(W.you) : from === "human" ? t(W.team) : bot.name);

/** To the end, which is 0; the greeting is read from its beginning. */
export const follow = (): void => { scroller.scrollTop = entries[0] ? 0 : -1e5; };

const showTail = (node?: Child): void => {
    clearTimeout(typingTimer);
    fill(tail, node);
};
export function showTyping(from: Sender): void {
    if (draft.re) return;
    showTail(h("div.bubble typing", { title: t(W.typing, speaker(from)) }, h("i"), h("i"), h("i")));
    typingTimer = setTimeout(showTail, TYPING_MS);
}
export function showDraft(re: number, text: string): void {
    draft = { re, text: (draft.re === re ? draft.text : "") + text };
    showTail(h("div.bubble", {}, richText(draft.text)));
}

const joined = (a?: Entry, b?: Entry): boolean => !!a && !!b && a.from === b.from && b.at - a.at < GROUP_MS && a.day === b.day;

function drawEntry(entry: Entry): HTMLElement {
    const { from, blocks, seq } = entry;
    if (from !== "visitor" && seq > draft.re) {
        draft = { re: 0, text: "" };
        showTail();
    }
    return h("div.entry", {}, h("p.day", {}, entry.day), h("div.body", {}, h("span.unseen", {}, `${speaker(from)}: `),
        blocks.map((block) => drawBlock(block, seq >= highest))), h("div.foot"));
}

function drawFoot(foot: Element, entry: Entry, last: boolean): void {
    const { seq, from, problem, flies, at } = entry;
    const come = !seq ? flies ? W.sending : W.unsent : seq <= read ? W.read : seq <= delivered ? W.delivered : W.sent;
    const state = `${problem}${last}${come}`;
    if (state === entry.state) return;
    entry.state = state;
    fill(foot, problem ? [h("span.error", {}, problem), button("quiet", () => retry(entry), t(W.again)), button("quiet", () => discard(entry), t(W.discard))]
        : from === "visitor" && !seq ? t(come) : last && [h("time", {}, timeOf(at)), from === "visitor" && ` · ${t(come)}`]);
}

function paint(): void {
    const count = list.childElementCount;
    for (const entry of entries) entry.day = dayOf(entry.at);
    entries.forEach((entry, i) => {
        const node = entry.node ??= drawEntry(entry);
        const place = list.children[i] ?? null;
        if (place !== node) list.insertBefore(node, place);
        node.className = `entry ${entry.from}${joined(entries[i - 1], entry) ? " joined" : ""}${
            entry.seq ? "" : entry.problem ? " failed" : entry.from === "visitor" ? " pending" : ""}`;
        (node.firstChild as HTMLElement).hidden = entries[i - 1]?.day === entry.day;
        drawFoot(node.lastElementChild!, entry, !joined(entry, entries[i + 1]));
    });
    while (list.children[entries.length]) list.lastChild!.remove();
    const newest = entries.at(-1);
    if (newest && newest.state && entries.length > count) {
        if (!newest.seq) follow(); // the visitor's own
        // What is taller than the view is shown from its beginning.
        else if (near() && newest.node!.offsetHeight > scroller.clientHeight) newest.node!.scrollIntoView();
        else if (!near()) down.hidden = false;
    }
    paintHeader();
    paintEnd();
    look();
}

/** An ended conversation is rated, and another may begin. */
function paintEnd(): void {
    const over = phase === "closed";
    if (epilogue.hidden === !over) return;
    epilogue.hidden = !over;
    fill(epilogue, drawBlock({ kind: "rating" }, true), button("pick", again, t(W.restart)));
}
const near = (): boolean => scroller.scrollTop > -NEAR;
/** The newest message may be before the visitor's eyes. */
export const look = (): void => {
    if (near()) down.hidden = true;
    if (shown && near() && !document.hidden) markRead();
};

export function openLog(intro: Child): HTMLElement {
    for (const entry of entries) entry.node = entry.state = undefined; // drawn anew in another language
    list = h("div.log", { role: "log", "aria-label": t(W.log), "aria-live": "off" });
    tail = h("div.entry bot", { "aria-hidden": "true" });
    epilogue = h("div.epilogue", { hidden: true });
    // Its style reverses it, so that it begins at its end and stays there.
    scroller = h("div.scroller", { tabindex: 0, role: "group", "aria-label": t(W.log), scroll: look }, h("div", {}, intro, list, tail, epilogue));
    down = button("down", follow, "↓", t(W.newer));
    down.hidden = true;
    draw();
    return h("div.stage", {}, scroller, down);
}
