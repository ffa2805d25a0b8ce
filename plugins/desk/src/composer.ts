// Where the person writes: an answer or a note, with the team's replies at hand.
import { button, h } from "../../shared/dom";
import type { Chat, Desk } from "./desk";

// Drafts outlive a redraw, each for its conversation.
const drafts = new Map<string, { text: string; note: boolean }>();

function replies(desk: Desk, put: (text: string) => void): HTMLElement | null {
    if (!desk.canned.length) return null;
    const select = h("select", { class: "field replies", "aria-label": "Insert a saved reply" },
        h("option", { value: "" }, "Saved replies…"),
        ...desk.canned.map((c) => h("option", { value: c.id }, c.title)));
    select.addEventListener("change", () => {
        const found = desk.canned.find((c) => c.id === select.value);
        if (found) put(found.text);
        select.value = "";
    });
    return select;
}

export function composer(desk: Desk, chat: Chat): HTMLElement {
    const draft = drafts.get(chat.id) ?? { text: "", note: false };
    drafts.set(chat.id, draft);
    const mine = desk.mine(chat);
    const note = draft.note || !mine; // only who has the chat may answer; anybody may note
    const area = h("textarea", {
        class: "field", id: "say", rows: "2", maxlength: "4000", "aria-label": note ? "Your note" : "Your answer",
        placeholder: note ? "A note that only the team sees" : "Write an answer…",
    });
    area.value = draft.text;
    const send = (): void => {
        const text = area.value.trim();
        if (!text) return;
        draft.text = "";
        draft.note = false; // the next one is an answer again
        desk.say(note ? "note" : "message", text);
    };
    area.addEventListener("input", () => {
        draft.text = area.value;
        if (!note) desk.typing();
    });
    area.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        send();
    });
    const toggle = h("label", { class: "toggle" });
    const box = h("input", { type: "checkbox", disabled: !mine });
    box.checked = note;
    box.addEventListener("change", () => { draft.note = box.checked; desk.open(chat.id); });
    toggle.append(box, " Note for the team");
    return h("div", { class: `composer ${note ? "noting" : ""}` },
        area,
        h("div", { class: "composer-row" },
            toggle,
            mine ? replies(desk, (text) => { area.value = draft.text = area.value ? `${area.value} ${text}` : text; area.focus(); }) : null,
            button("primary", send, note ? "Save note" : "Send")));
}
