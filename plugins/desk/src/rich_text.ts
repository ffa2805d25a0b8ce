// The text of a message: plain, but for **bold** and bare links.
import { h, link } from "./dom";

// Trailing punctuation belongs to the sentence, not to the address.
const TOKEN = /\*\*(?=\S)([^*\n]+?)\*\*|(?:https?:\/\/|mailto:|tel:)[^\s<>"']*[^\s<>"'.,;:!?)\]}*]/gi;

function inline(text: string): (Node | string)[] {
    const out: (Node | string)[] = [];
    let end = 0;
    for (const match of text.matchAll(TOKEN)) {
        out.push(text.slice(end, match.index));
        end = match.index + match[0].length;
        const bold = match[1];
        if (bold !== undefined) out.push(h("strong", {}, ...inline(bold)));
        else out.push(link(match[0], "link", match[0].replace(/^(mailto|tel):/i, "")));
    }
    out.push(text.slice(end));
    return out.filter((part) => part !== "");
}

/** Paragraphs; CSS keeps the line breaks inside one. */
export function richText(text: string): HTMLElement {
    const paragraphs = text.trim().split(/\n{2,}/);
    return h("div", { class: "text", dir: "auto" }, ...paragraphs.map((p) => h("p", { dir: "auto" }, ...inline(p))));
}
