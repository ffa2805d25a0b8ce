// Draws the blocks of a message. A block acts only through `act`; it knows
// neither the connection nor the store.
import { button, h, icon, link, picture, type Child } from "./dom";
import { formBlock } from "./forms";
import type { Action, Block, Fault, Option } from "./protocol";
import type { Act } from "./protocol";
import { richText } from "./rich_text";
import { sizeOf, t, W } from "./words";

/** Sends it; label is what the visitor's own message says. Settles when the server took it (undefined) or refused it. */
export type DoAct = (act: Act, label: string) => Promise<Fault | undefined>;

const FILE = "M13 3H7a1.5 1.5 0 0 0-1.5 1.5v15A1.5 1.5 0 0 0 7 21h10a1.5 1.5 0 0 0 1.5-1.5V8.5L13 3v5.5h5.5";
const SOURCE = "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1";
const BACK = "M15 5l-7 7 7 7";
const FORWARD = "M9 5l7 7-7 7";
const STAR = "M12 3.8l2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z";

export const commandAct = (name: string): Act => ({ type: "command", name, args: {} });
export const optionOf = (option: Option | string): Required<Option> => {
    const { label, value } = typeof option === "object" ? option : { label: option };
    return { label: label ?? value ?? "", value: String(value ?? label ?? "") };
};
const unseen = (words: string): HTMLElement => h("span.unseen", {}, ` (${words})`);

/** A button of a menu, a card or a list of choices. */
function pick(action: Action, act: DoAct): HTMLElement {
    const label = action.label || action.title || action.value || "";
    if (action.url) return link(action.url, "pick", label, unseen(t(W.new_tab)));
    const node = button("pick", () => {
        for (const other of node.parentElement!.children) other.classList.toggle("picked", other === node);
        void act(action.command ? commandAct(action.command) : { type: "choice", value: action.value ?? label }, label);
    }, label);
    node.dir = "auto";
    return node;
}

/** Commands as a list of wide buttons. */
export function menuList(items: NonNullable<Block["items"]>, act: DoAct): HTMLElement {
    return h("ul.commands", {}, items.map((item) => {
        const title = item.title || item.label || item.name || item.value || "";
        const hint = item.hint || item.description;
        const name = item.name || item.command;
        const run = (): void => void act(name && !item.value ? commandAct(name) : { type: "choice", value: item.value || title }, title);
        return h("li", {}, button("command", run, [
            h("span", { dir: "auto" }, title, hint && h("small", {}, hint)), icon(FORWARD, true),
        ]));
    }));
}

function card(block: Block, act: DoAct): HTMLElement {
    const { image, title, url, text } = block;
    const { url: source, alt } = typeof image === "object" ? image : { url: image, alt: block.alt };
    return h("article.card", {},
        source && picture("photo", source, alt),
        h("div.about", {}, title && h("p.title", { dir: "auto" }, url ? link(url, "link", title, unseen(t(W.new_tab))) : title), richText(text)),
        h("div.actions", {}, (block.actions ?? block.buttons ?? []).map((a) => pick(a, act))));
}

/** A row of cards that snaps; buttons for those who do not swipe. */
function cards(list: Block[], act: DoAct): Child {
    const row = h("ul.row", { tabindex: 0, "aria-label": t(W.cards) }, list.map((c) => h("li", {}, card(c, act))));
    const turn = (way: number): void => {
        const rtl = getComputedStyle(row).direction === "rtl" ? -1 : 1;
        row.scrollBy({ left: way * rtl * row.firstElementChild!.clientWidth });
    };
    return [row, list.length > 1 && h("div.turn", {},
        button("round", () => turn(-1), icon(BACK, true), t(W.back)), button("round", () => turn(1), icon(FORWARD, true), t(W.forward)))];
}

function rating({ form = "rating", max = 5 }: Block, act: DoAct): HTMLElement {
    const stars = Array.from({ length: Math.min(max, 10) }, (_, i) => button("star", () => {
        stars.forEach((star, k) => {
            star.classList.toggle("on", k <= i);
            star.ariaPressed = String(k === i);
        });
        void act({ type: "form", form, fields: { rating: i + 1 } }, "★".repeat(i + 1));
    }, icon(STAR), max === 5 ? t(W.stars, i + 1) : `${i + 1} / ${max}`));
    return h("div.stars", { role: "group", "aria-label": t(W.rate) }, stars);
}

const KINDS: Record<string, (block: Block, act: DoAct, fresh: boolean) => Child> = {
    choices: ({ text, options, items }, act) => [richText(text),
        h("div.picks", { role: "group", "aria-label": t(W.picks) }, (options ?? items ?? []).map((o) => pick(optionOf(o), act)))],
    menu: ({ text, title, items = [] }, act) => [richText(text), title && h("p.title", { dir: "auto" }, title), menuList(items, act)],
    card,
    cards: (block, act) => [richText(block.text), cards(block.cards ?? block.items as Block[], act)],
    form: formBlock,
    image: ({ url, alt, text, width, height }) => picture("image", url, alt ?? text, { width, height }) ?? richText(alt ?? text),
    file: ({ url, name, title, size, thumbnail }) => link(url, "file", picture("thumb", thumbnail) ?? icon(FILE),
        h("span", { dir: "auto" }, name || title || t(W.file), size && h("small", {}, sizeOf(size))), unseen(t(W.new_tab))),
    source: ({ url, title }) => h("p.source", {}, icon(SOURCE), `${t(W.source)}: `, link(url, "link", title || url, unseen(t(W.new_tab)))),
    rating: (block, act) => [richText(block.text ?? t(W.rate)), rating(block, act)],
};

/** fresh: the message is the last word; only then a form stands open. An unknown kind is its text. */
export function drawBlock(block: Block, act: DoAct, fresh: boolean): HTMLElement | undefined {
    const draw = Object.hasOwn(KINDS, block.kind) && KINDS[block.kind];
    if (draw) {
        try {
            return h("div.block", {}, draw(block, act, fresh));
        } catch { /* it is not what its kind says */ }
    }
    const text = richText(block.text);
    return text && h("div.bubble", {}, text);
}
