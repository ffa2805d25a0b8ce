// The left side: who waits, whom I am answering, whom the others are.
import { h } from "../../shared/dom";
import type { Desk } from "./desk";
import type { Waiting } from "./protocol";
import { since } from "./time";

const REASONS: Record<string, string> = { asked: "asked for a person", fallback: "no answer found", taken: "taken over" };

function entry(desk: Desk, waiting: Waiting): HTMLElement {
    const chat = desk.chats.get(waiting.conversation);
    const last = chat?.messages.filter((m) => m.from === "visitor").at(-1)?.blocks[0]?.text;
    const button = h("button", {
        type: "button", class: "entry", "aria-current": desk.current === waiting.conversation ? "true" : undefined,
        "data-id": waiting.conversation,
    },
        h("span", { class: "entry-top" },
            h("span", { class: "entry-name" }, `Visitor ${waiting.conversation.slice(-4).toUpperCase()}`),
            h("time", { class: "muted", datetime: waiting.requested_at }, since(waiting.requested_at))),
        h("span", { class: "entry-text muted" }, last ?? REASONS[waiting.reason] ?? waiting.reason),
        waiting.agent && waiting.agent_id !== desk.me.id ? h("span", { class: "entry-agent muted" }, `with ${waiting.agent}`) : null,
        chat?.unread ? h("span", { class: "badge", "aria-label": `${chat.unread} unread` }, String(chat.unread)) : null,
    );
    button.addEventListener("click", () => desk.open(waiting.conversation));
    return h("li", {}, button);
}

function group(desk: Desk, title: string, list: Waiting[], empty: string): HTMLElement {
    return h("section", { class: "group" },
        h("h2", { class: "group-title" }, title, list.length ? h("span", { class: "count" }, String(list.length)) : null),
        list.length ? h("ul", {}, ...list.map((w) => entry(desk, w))) : h("p", { class: "muted empty" }, empty));
}

export function queueView(desk: Desk): HTMLElement {
    const waiting = desk.queue.filter((w) => w.status === "waiting");
    const mine = desk.queue.filter((w) => w.status === "assigned" && w.agent_id === desk.me.id);
    const others = desk.queue.filter((w) => w.status === "assigned" && w.agent_id !== desk.me.id);
    return h("nav", { class: "queue", "aria-label": "Conversations" },
        group(desk, "Waiting", waiting, "Nobody is waiting."),
        group(desk, "Mine", mine, "You have taken no conversation."),
        others.length ? group(desk, "With others", others, "") : null);
}
