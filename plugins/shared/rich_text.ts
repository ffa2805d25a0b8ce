// The text of a message: plain, but for **bold** and bare links.
import { h, link, type Child } from "./dom";

// Trailing punctuation belongs to the sentence, not to the address.
const TOKEN = /\*\*(?=\S)([^*\n]+?)\*\*|(?:https?:\/\/|mailto:|tel:)[^\s<>"']*[^\s<>"'.,;:!?)\]}*]/gi;

export function inline(text: string): Child[] {
    const out: Child[] = [];
    let end = 0;
    for (const { 0: whole, 1: bold, index } of text.matchAll(TOKEN)) {
        out.push(text.slice(end, index), bold ? h("strong", {}, inline(bold)) : link(whole, "link", whole.replace(/^(mailto|tel):/i, "")));
        end = index! + whole.length;
    }
    return [...out, text.slice(end)];
}

/** Paragraphs; CSS keeps the line breaks inside one. Nothing for an empty text. */
export function richText(text: unknown): HTMLElement | undefined {
    const said = String(text ?? "").trim();
    return said ? h("div.text", { dir: "auto" }, said.split(/\n{2,}/).map((p) => h("p", { dir: "auto" }, inline(p)))) : undefined;
}
