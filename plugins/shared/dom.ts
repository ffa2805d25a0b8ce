// Builds nodes for the chat and the desk. There is no innerHTML anywhere: text
// goes in as text nodes, and addresses pass safeUrl() first.

export type Child = Node | string | number | null | undefined | false | Child[];
export type Props = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;

/** Attributes; a function listens to the event of that name. */
export function set(node: Element, props: Props): void {
    for (const name in props) {
        const value = props[name];
        if (typeof value === "function") node.addEventListener(name, value as (event: Event) => void);
        else if (value == null || value === false) node.removeAttribute(name);
        else node.setAttribute(name, value === true ? "" : String(value));
    }
}

const kept = (children: Child[]): (Node | string)[] => children.flat(9).filter((c) => c || c === 0) as Node[];

export const fill = (node: Element, ...children: Child[]): void => node.replaceChildren(...kept(children));

/** h("p.some class", { hidden: true }, "text"): a tag with its classes, attributes, children. */
export function h<K extends keyof HTMLElementTagNameMap>(
    spec: K | `${K}.${string}`, props: Props = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
    const [tag, css] = spec.split(".") as [K, string?];
    const node = document.createElement(tag);
    set(node, { class: css, ...props });
    fill(node, children);
    return node;
}

/** A button that does something on click; label is its name where its content is a picture. */
export const button = (css: string, click: () => void, content: Child, label?: string): HTMLButtonElement =>
    h(`button.${css}`, { type: "button", click, "aria-label": label, title: label }, content);

/** A 24x24 line icon from one path. css "flip": it points somewhere, so it is mirrored where text runs from the right. */
export function icon(path: string, css?: string): SVGElement {
    const make = (tag: "svg" | "path", props: Props): SVGElement => {
        const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
        set(node, props);
        return node;
    };
    const svg = make("svg", { viewBox: "0 0 24 24", class: css, "aria-hidden": "true" });
    svg.append(make("path", { d: path }));
    return svg;
}

const server = new URL("/", import.meta.url).href;

/** The address if a visitor may follow it, else undefined. It is absolute, or a path of the chat's server. */
export function safeUrl(text: unknown): string | undefined {
    try {
        const { href } = new URL(text as string, /^\/(?!\/)/.test(text as string) ? server : undefined);
        if (/^(https?|mailto|tel):/.test(href)) return href;
    } catch { /* it is none */ }
    return undefined;
}

/** A picture that gives way to its words where it cannot be shown (the host page's policy may forbid it): secure, embedded, or of the chat's server. */
export function picture(css: string, source: unknown, alt = "", more: Props = {}): HTMLElement | undefined {
    const src = /^data:image\/(png|jpeg|gif|webp|avif);base64,/i.test(source as string) ? source as string : safeUrl(source);
    if (!src || !/^(https:|data:)/i.test(src) && !src.startsWith(server)) return undefined;
    const img: HTMLElement = h(`img.${css}`, {
        src, alt, loading: "lazy", referrerpolicy: "no-referrer",
        error: () => img.replaceWith(alt), ...more,
    });
    return img;
}

/** A link in a new tab; the label alone if the address is not a safe one. */
export function link(url: unknown, css: string, ...children: Child[]): HTMLElement {
    const href = safeUrl(url);
    return href
        ? h(`a.${css}`, { href, target: "_blank", rel: "noopener noreferrer nofollow" }, children)
        : h(`span.${css}`, {}, children);
}
