// Draws the blocks of a message.
import { button, h, icon, link, picture, type Child } from "../../shared/dom";
import { richText } from "../../shared/rich_text";
import { formBlock } from "./forms";
import type { Act, Action, Block, Option } from "./protocol";
import { act } from "./talk";
import { sizeOf, t, W } from "./words";

export const CLIP = "M19 11.5l-7.5 7.5a4.5 4.5 0 0 1-6.4-6.4l8-8a3 3 0 0 1 4.3 4.3l-8 8a1.5 1.5 0 0 1-2.2-2.2l7.3-7.3";

export const commandAct = (name: string, args: object | "" = {}, via?: "typed" | "page"): Act => ({ type: "command", name, args: args as Record<string, unknown>, via });
export const optionOf = (option: Option | string): Option => (typeof option === "object" ? option : { label: option });
export const titled = (title: Child): Child => title && h("p.title", { dir: "auto" }, title);
/** A link that opens a new tab and says so to those who do not see it. */
const outward = (url: unknown, css: string, ...children: Child[]): HTMLElement => link(url, css, children, h("span.unseen", {}, ` (${t(W.new_tab)})`));

/** The buttons of a menu, a card or a list of choices. */
const picks = (css: string, actions: Action[] = []): HTMLElement[] => {
    const nodes = actions.map(({ label, title, name, value, command = name, url, hint, description = hint }) => {
        const words = label || title || value || command || "";
        const content = [words, description && h("small", {}, description)];
        const node = url ? outward(url, css, content) : button(css, () => {
            for (const other of nodes) other.classList.toggle("picked", other === node);
            act(command && !value ? commandAct(command) : { type: "choice", value: value || words }, words);
        }, content);
        node.dir = "auto";
        return node;
    });
    return nodes;
};
export const menuList = (items: Action[]): HTMLElement => h("div.commands", {}, picks("command", items));

function card({ image, title, url, text, alt, actions, buttons = actions }: Block): HTMLElement {
    const source = typeof image === "object" ? image : { url: image, alt };
    return h("article.card", {}, picture("photo", source.url, source.alt),
        h("div.about", {}, titled(url ? outward(url, "link", title) : title), richText(text)),
        h("div.actions", {}, picks("pick", buttons)));
}

/** A row of cards that snaps; buttons for those who do not swipe. */
function cards({ cards: list, items = list, text }: Block): Child {
    const row = h("ul.row", { tabindex: 0, "aria-label": t(W.cards) }, (items as Block[]).map((one) => h("li", {}, card(one))));
    const turn = (way: number, sign: string, word: W): Child => button("round", () =>
        row.scrollBy({ left: row.matches(":dir(rtl)") ? -way : way }), sign, t(word));
    return [richText(text), row, h("div.turn", {}, turn(-250, "‹", W.back), turn(250, "›", W.forward))];
}

function rating({ form = "rating", max = 5, text = t(W.rate) }: Block): Child {
    const thanks = h("p", { role: "status" });
    const stars = Array.from({ length: Math.min(max, 10) }, (_, i) => button("star", () => {
        stars.forEach((star, k) => {
            star.classList.toggle("on", k <= i);
            star.ariaPressed = String(k === i);
        });
        act({ type: "form", form, fields: { rating: i + 1 } }, "★".repeat(i + 1), (fault) => {
            if (!fault) thanks.textContent = t(W.rated);
        });
    }, "★", t(W.stars, i + 1)));
    return [richText(text), h("div.stars", { role: "group", "aria-label": t(W.rate) }, stars), thanks];
}

const KINDS: Record<string, (block: Block, fresh: boolean) => Child> = {
    choices: ({ text, options, items = options ?? [] }) => [richText(text), h("div.picks", {}, picks("pick", (items as Option[]).map(optionOf)))],
    menu: ({ text, title, items }) => [richText(text), titled(title), menuList(items!)],
    card, cards, rating,
    form: formBlock,
    image({ url, thumb = url, alt, text = alt, width, height }) {
        const shown = picture("image", thumb, alt ?? text, { width, height });
        return shown ? outward(url, "link", shown) : richText(text);
    },
    file: ({ url, name = t(W.file), title = name, size, thumb }) => outward(url, "file", picture("thumb", thumb) ?? icon(CLIP),
        h("span", { dir: "auto" }, title, size && h("small", {}, sizeOf(size)))),
    source: ({ url, title = url }) => h("small.source", {}, `${t(W.source)}: `, outward(url, "link", title)),
};

/** fresh: the message is the last word; only then a form stands open. An unknown kind is its text. */
export function drawBlock(block: Block, fresh: boolean): Child {
    if (Object.hasOwn(KINDS, block.kind)) {
        try {
            return h("div.block", {}, KINDS[block.kind]!(block, fresh));
        } catch { /* it is not what its kind says */ }
    }
    const text = richText(block.text);
    return text && h("div.bubble", {}, text);
}
