// Draws the blocks of a message. A block acts only through Actions; it knows
// neither the connection nor the store.
import { button, h, icon, link, safeImage } from "./dom";
import { formBlock } from "./forms";
import { sizeOf, t } from "./i18n";
import type { Act, Action, Block, CardBlock, CardsBlock, FileBlock, ImageBlock, MenuItem, RatingBlock, SourceBlock } from "./protocol";
import { richText } from "./rich_text";

export type Outcome = { ok: true } | { ok: false; text: string; fields: { name: string; text: string }[] };
export interface Actions {
    /** Sends it; label is what the visitor's own message says. Settles when the server took or refused it. */
    act(act: Act, label: string): Promise<Outcome>;
}

const ICONS = {
    file: "M13 3H7a1.5 1.5 0 0 0-1.5 1.5v15A1.5 1.5 0 0 0 7 21h10a1.5 1.5 0 0 0 1.5-1.5V8.5L13 3v5.5h5.5",
    source: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
    back: "M15 5l-7 7 7 7",
    forward: "M9 5l7 7-7 7",
    star: "M12 3.8l2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z",
};

export const commandAct = (name: string): Act => ({ type: "command", name, args: {} });

/** Buttons of which the picked one stays marked. */
function picks(items: { label: string; act: Act }[], actions: Actions): HTMLElement {
    const group = h("div", { class: "picks", role: "group", "aria-label": t("picks") });
    for (const item of items) {
        const node = button(item.label, "pick", () => {
            for (const other of group.children) other.classList.remove("picked");
            node.classList.add("picked");
            void actions.act(item.act, item.label);
        });
        node.dir = "auto";
        group.append(node);
    }
    return group;
}

/** The items of a menu as a list of wide buttons. */
export function menuList(items: MenuItem[], actions: Actions): HTMLElement {
    const rows = items.map((c) => {
        const run = (): void => void actions.act(c.act, c.title);
        const words = h("span", { class: "command-words", dir: "auto" },
            h("span", { class: "command-title" }, c.title), c.hint && h("span", { class: "command-hint" }, c.hint));
        const node = button("", "command", run, words, icon(ICONS.forward));
        node.removeAttribute("aria-label"); // its words are its name
        return h("li", {}, node);
    });
    return h("ul", { class: "commands" }, ...rows);
}

function image(block: ImageBlock): HTMLElement | null {
    const src = safeImage(block.url);
    if (!src) return block.alt ? richText(block.alt) : null;
    const size = block.width && block.height ? { width: block.width, height: block.height } : {};
    return h("img", { class: "image", src, alt: block.alt, loading: "lazy", referrerpolicy: "no-referrer", ...size });
}

function actionButton(action: Action, actions: Actions): HTMLElement {
    if (action.url) return link(action.url, "pick", action.label, newTab());
    const act: Act = action.command ? commandAct(action.command) : { type: "choice", value: action.value ?? action.label };
    return button(action.label, "pick", () => void actions.act(act, action.label));
}

function card(block: CardBlock, actions: Actions): HTMLElement {
    const src = block.image ? safeImage(block.image) : null;
    const title = block.url ? link(block.url, "link", block.title, newTab()) : block.title;
    return h("article", { class: "card" },
        src && h("img", { class: "card-image", src, alt: block.alt ?? "", loading: "lazy", referrerpolicy: "no-referrer" }),
        h("div", { class: "card-body" },
            block.title && h("p", { class: "card-title", dir: "auto" }, title),
            block.text && richText(block.text)),
        block.actions.length > 0 && h("div", { class: "card-actions" }, ...block.actions.map((a) => actionButton(a, actions))));
}

/** A row of cards that snaps; buttons for those who do not swipe. */
function cards(block: CardsBlock, actions: Actions): HTMLElement {
    const row = h("ul", { class: "cards-row", tabindex: 0, "aria-label": t("cards") },
        ...block.cards.map((c) => h("li", {}, card(c, actions))));
    const turn = (way: number): void => {
        const rtl = getComputedStyle(row).direction === "rtl" ? -1 : 1;
        row.scrollBy({ left: way * rtl * ((row.firstElementChild?.clientWidth ?? 240) + 12) });
    };
    const back = button(t("back"), "round", () => turn(-1), icon(ICONS.back));
    const forward = button(t("forward"), "round", () => turn(1), icon(ICONS.forward));
    return h("div", { class: "cards" }, block.text && richText(block.text), row,
        block.cards.length > 1 && h("div", { class: "cards-turn" }, back, forward));
}

function rating(block: RatingBlock, actions: Actions): HTMLElement {
    const stars = Array.from({ length: block.max }, (_, i) => i + 1).map((n) => {
        const label = t("stars", { n, m: block.max });
        return button(label, "star", () => {
            stars.forEach((star, i) => {
                star.classList.toggle("on", i < n);
                star.setAttribute("aria-pressed", String(i + 1 === n));
            });
            void actions.act({ type: "form", form: block.form, fields: { rating: n } }, "★".repeat(n));
        }, icon(ICONS.star));
    });
    return h("div", { class: "rating" }, block.text && richText(block.text),
        h("div", { class: "stars", role: "group", "aria-label": t("rate", { n: block.max }) }, ...stars));
}

function file(block: FileBlock): HTMLElement {
    return link(block.url, "file", icon(ICONS.file),
        h("span", { class: "file-name", dir: "auto" }, block.name || t("file")),
        block.size !== undefined && h("span", { class: "file-size" }, sizeOf(block.size)), newTab());
}

function source(block: SourceBlock): HTMLElement {
    return h("p", { class: "source" }, icon(ICONS.source), `${t("source")}: `, link(block.url, "link", block.title, newTab()));
}

const newTab = (): HTMLElement => h("span", { class: "unseen" }, ` (${t("new_tab")})`);

/** fresh: the message is the last word; only then a form stands open. */
export function drawBlock(block: Block, actions: Actions, fresh: boolean): HTMLElement | null {
    switch (block.kind) {
    case "text": return block.text.trim() ? richText(block.text) : null;
    case "choices": {
        const items = block.options.map((o) => ({ label: o.label, act: { type: "choice", value: o.value } as Act }));
        return h("div", { class: "choices" }, block.text && richText(block.text), picks(items, actions));
    }
    case "menu": {
        const heading = block.title && h("p", { class: "menu-title", dir: "auto" }, block.title);
        return h("div", { class: "menu" }, block.text && richText(block.text), heading, menuList(block.items, actions));
    }
    case "card": return card(block, actions);
    case "cards": return cards(block, actions);
    case "form": return formBlock(block, actions, fresh);
    case "image": return image(block);
    case "file": return file(block);
    case "source": return source(block);
    case "rating": return rating(block, actions);
    }
}
