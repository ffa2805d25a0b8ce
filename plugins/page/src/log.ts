// Draws the conversation: one element for each entry of the store, a heading
// where the day changes, time and delivery under the last of a group, what is
// being typed below, and the scrolling of it all.
import { drawBlock, type Actions } from "./blocks";
import { button, h, icon } from "./dom";
import { dayOf, t, timeOf } from "./i18n";
import type { Block, Sender } from "./protocol";
import { richText } from "./rich_text";
import type { Entry } from "./store";

const GROUP_GAP_MS = 5 * 60_000;
const TYPING_MS = 8000;
const NEAR_PX = 120;
const DOWN = "M12 5v14M6 13l6 6 6-6";

export interface LogEvents {
    retry(entry: Entry): void;
    discard(entry: Entry): void;
    /** The visitor has the newest message before their eyes. */
    seen(): void;
}

interface Drawn { entry: Entry; root: HTMLElement; day: HTMLElement; foot: HTMLElement }

export class Log {
    readonly root: HTMLElement;
    private readonly list = h("div", { class: "log", role: "log", "aria-label": t("log"), "aria-live": "off" });
    private readonly tail = h("div", { class: "tail", "aria-hidden": true });
    private readonly scroller = h("div", { class: "scroller", tabindex: 0, role: "group", "aria-label": t("log") });
    private readonly down: HTMLButtonElement;
    private readonly drawn = new Map<string, Drawn>();
    private typingTimer = 0;
    private draft: { re: number; text: string } | null = null; // streamed part of an answer
    private following = true; // the newest message is in view
    private name = "";

    constructor(intro: HTMLElement, private readonly actions: Actions, private readonly events: LogEvents) {
        this.down = button(t("newer"), "down", () => this.follow(true), icon(DOWN));
        this.down.hidden = true;
        this.scroller.append(intro, this.list, this.tail);
        this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
        new ResizeObserver(() => { if (this.following) this.follow(false); }).observe(this.scroller);
        // Pictures grow after they were placed.
        this.scroller.addEventListener("load", () => { if (this.following) this.follow(false); }, true);
        this.root = h("div", { class: "stage" }, this.scroller, this.down);
    }

    setName(name: string): void { this.name = name; }

    /** History is not read out; what comes afterwards is. */
    announce(): void { this.list.setAttribute("aria-live", "polite"); }

    get inView(): boolean { return this.following && document.visibilityState === "visible"; }

    place(entry: Entry, before: Entry | null, fresh: boolean): void {
        const drawn = this.drawn.get(entry.key) ?? this.draw(entry, fresh);
        const next = before ? this.drawn.get(before.key)?.root ?? null : null;
        if (drawn.root.nextElementSibling !== next || !drawn.root.isConnected) this.list.insertBefore(drawn.root, next);
        this.regroup(drawn.root);
        if (entry.from !== "visitor") this.stopTyping(entry.seq);
        if (entry.from === "visitor" && entry.delivery === "sending") this.following = true;
        if (this.following) this.reveal(drawn.root);
        else if (entry.from !== "visitor") this.down.hidden = false;
    }

    change(entry: Entry): void {
        const drawn = this.drawn.get(entry.key);
        if (drawn) this.regroup(drawn.root);
    }

    remove(entry: Entry): void {
        const drawn = this.drawn.get(entry.key);
        if (!drawn) return;
        const next = drawn.root.nextElementSibling ?? drawn.root.previousElementSibling;
        drawn.root.remove();
        this.drawn.delete(entry.key);
        if (next instanceof HTMLElement) this.regroup(next);
    }

    typing(from: Sender): void {
        if (this.draft) return;
        const who = from === "human" ? t("team") : this.name;
        const dots = h("span", { class: "dots" }, h("i"), h("i"), h("i"));
        this.showTail(h("div", { class: "bubble typing", title: t("typing", { name: who }) }, dots));
        clearTimeout(this.typingTimer);
        this.typingTimer = setTimeout(() => this.showTail(null), TYPING_MS);
    }

    delta(re: number, text: string): void {
        clearTimeout(this.typingTimer);
        this.draft = { re, text: (this.draft?.re === re ? this.draft.text : "") + text };
        this.showTail(h("div", { class: "bubble" }, richText(this.draft.text)));
    }

    private stopTyping(seq: number): void {
        clearTimeout(this.typingTimer);
        if (this.draft && seq <= this.draft.re) return;
        this.draft = null;
        this.showTail(null);
    }

    private showTail(node: HTMLElement | null): void {
        this.tail.replaceChildren(...(node ? [node] : []));
        if (node && this.following) this.follow(false);
    }

    private draw(entry: Entry, fresh: boolean): Drawn {
        const who = entry.from === "visitor" ? t("you") : entry.from === "human" ? t("team") : this.name;
        const body = h("div", { class: "body" }, h("span", { class: "unseen" }, `${who}: `));
        for (const block of entry.blocks) {
            const node = drawBlock(block, this.actions, fresh);
            if (node) body.append(isSpoken(block) ? h("div", { class: "bubble" }, node) : node);
        }
        const day = h("p", { class: "day" });
        const foot = h("div", { class: "foot" });
        const root = h("div", { class: `entry ${entry.from}`, "data-key": entry.key }, day, body, foot);
        const drawn = { entry, root, day, foot };
        this.drawn.set(entry.key, drawn);
        return drawn;
    }

    /** Heading and foot depend on the neighbours, so they are done again for three entries. */
    private regroup(root: HTMLElement): void {
        for (const node of [root.previousElementSibling, root, root.nextElementSibling]) {
            const drawn = this.at(node);
            if (drawn) this.dress(drawn, this.at(node!.previousElementSibling), this.at(node!.nextElementSibling));
        }
    }

    private at(node: Element | null): Drawn | null {
        return (node instanceof HTMLElement && this.drawn.get(node.dataset.key ?? "")) || null;
    }

    private dress(drawn: Drawn, before: Drawn | null, after: Drawn | null): void {
        const { entry, root, day, foot } = drawn;
        const label = dayOf(entry.at);
        day.hidden = before !== null && dayOf(before.entry.at) === label;
        if (day.textContent !== label) day.textContent = label;
        root.classList.toggle("joined", day.hidden && before !== null && together(before.entry, entry));
        const last = !after || !together(entry, after.entry);
        const parts = this.footParts(entry, last);
        foot.replaceChildren(...parts);
        foot.hidden = parts.length === 0;
        root.classList.toggle("pending", entry.delivery === "waiting" || entry.delivery === "sending");
        root.classList.toggle("failed", entry.delivery === "failed");
    }

    private footParts(entry: Entry, last: boolean): (Node | string)[] {
        if (entry.delivery === "failed") {
            return [
                h("span", { class: "problem" }, entry.problem || t("failed")),
                button(t("again"), "quiet", () => this.events.retry(entry)),
                button(t("discard"), "quiet", () => this.events.discard(entry)),
            ];
        }
        if (entry.delivery === "waiting") return [t("waiting")];
        if (entry.delivery === "sending") return [t("sending")];
        if (!last) return [];
        const time = h("time", { datetime: new Date(entry.at).toISOString() }, timeOf(entry.at));
        return entry.from === "visitor" ? [time, ` · ${t("sent")}`] : [time];
    }

    private scrolled(): void {
        const { scrollTop, scrollHeight, clientHeight } = this.scroller;
        this.following = scrollHeight - scrollTop - clientHeight < NEAR_PX;
        if (!this.following) return;
        this.down.hidden = true;
        this.events.seen();
    }

    /** To the end; but what is taller than the view is shown from its beginning. */
    private reveal(root: HTMLElement): void {
        if (root.offsetHeight < this.scroller.clientHeight || root.nextElementSibling) return this.follow(false);
        this.following = false;
        this.scroller.scrollTo({ top: root.offsetTop - 8, behavior: "instant" });
    }

    private follow(smooth: boolean): void {
        this.following = true;
        this.down.hidden = true;
        const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
        this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth && !calm ? "smooth" : "instant" });
    }
}

const isSpoken = (block: Block): boolean => block.kind === "text";

function together(a: Entry, b: Entry): boolean {
    return a.from === b.from && Math.abs(b.at - a.at) < GROUP_GAP_MS && dayOf(a.at) === dayOf(b.at);
}
