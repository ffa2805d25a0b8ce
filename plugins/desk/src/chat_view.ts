// The right side: one conversation, what may be done with it, and the composer.
import { button, h, icon, link, picture } from "../../shared/dom";
import { richText } from "../../shared/rich_text";
import { composer } from "./composer";
import type { Chat, Desk, Sent } from "./desk";
import type { Block, Message, Note } from "./protocol";
import { moment } from "./time";

const NAMES = { bot: "Assistant", human: "Team", visitor: "Visitor" };
const STATUS = { bot: "with the assistant", waiting: "waiting for a person", human: "with a person", closed: "closed" };

/** Of this server: the page's policy loads no picture from elsewhere. */
const own = (address: unknown): boolean => /^\/(?!\/)/.test(String(address));

function block(b: Block): HTMLElement {
    if (b.kind === "text") return richText(b.text) ?? h("div");
    if (b.url) { // a file or picture of the visitor's, or a source
        const name = b.title ?? b.name ?? b.text ?? b.kind;
        return h("p", { class: "text" }, link(b.url, "link", own(b.thumb) ? picture("thumb", b.thumb, name) ?? name : name));
    }
    const offered = (b.items ?? b.options ?? []).map((i) => i.label).join(" · ");
    return h("div", { class: "text" }, h("p", {}, b.text ?? b.title ?? `[${b.kind}]`), offered ? h("p", { class: "muted" }, offered) : null);
}

function message(m: Message): HTMLElement {
    return h("div", { class: `line ${m.from}`, "data-seq": m.seq },
        h("p", { class: "by muted" }, `${NAMES[m.from]} · ${moment(m.at)}`),
        h("div", { class: "bubble" }, ...m.blocks.map(block)));
}

function note(n: Note): HTMLElement {
    return h("div", { class: "line note" }, h("p", { class: "by muted" }, `Note by ${n.agent} · ${moment(n.at)}`), h("div", { class: "bubble" }, richText(n.text)));
}

function pending(sent: Sent): HTMLElement {
    return h("div", { class: `line ${sent.kind === "note" ? "note" : "human"} pending` },
        h("p", { class: sent.failed ? "by problem" : "by muted" }, sent.failed ?? "Sending…"),
        h("div", { class: "bubble" }, richText(sent.text)));
}

// Notes stand where they were written, between the messages.
function timeline(chat: Chat): HTMLElement[] {
    const all = [
        ...chat.messages.map((m) => ({ at: m.at, node: () => message(m) })),
        ...chat.notes.map((n) => ({ at: n.at, node: () => note(n) })),
    ];
    all.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
    return [...all.map((x) => x.node()), ...chat.pending.map(pending)];
}

function actions(desk: Desk, chat: Chat): HTMLElement {
    const mine = desk.mine(chat);
    if (mine) {
        return h("div", { class: "actions" },
            button("secondary", () => desk.act("hand_back"), "Hand back"),
            button("secondary", () => desk.act("release"), "To the queue"),
            button("secondary", () => desk.act("close"), "Close chat"));
    }
    const others = chat.status === "human";
    return h("div", { class: "actions" },
        button(others ? "secondary" : "primary", () => desk.act("take", others), others ? `Take over from ${chat.agent ?? "them"}` : "Take this chat"));
}

export function chatView(desk: Desk): HTMLElement {
    if (!desk.current) return h("section", { class: "chat none", "aria-label": "Conversation" }, h("p", { class: "muted" }, "Choose a conversation on the left."));
    const chat = desk.chat(desk.current);
    const who = chat.status === "human" ? (desk.mine(chat) ? "with you" : `with ${chat.agent ?? "a person"}`) : STATUS[chat.status];
    const log = h("div", { class: "log", role: "log", "aria-label": "Messages", tabindex: "0" },
        ...(chat.loaded ? timeline(chat) : [h("p", { class: "muted empty" }, "Loading…")]),
        chat.typingUntil > Date.now() ? h("p", { class: "muted typing" }, "The visitor is typing…") : null);
    return h("section", { class: "chat", "aria-label": "Conversation" },
        h("header", { class: "chat-head" },
            button("back", () => desk.back(), icon("M15 5l-7 7 7 7", "icon"), "Back to the list"),
            h("div", { class: "chat-who" },
                h("h2", {}, `Visitor ${chat.id.slice(-4).toUpperCase()}`),
                h("p", { class: "muted" }, `${who}${chat.locale ? ` · ${chat.locale}` : ""}`)),
            actions(desk, chat)),
        chat.problem ? h("p", { class: "problem strip", role: "alert" }, chat.problem) : null,
        log,
        composer(desk, chat));
}
