// Builds nodes. There is no innerHTML anywhere: text goes in as text nodes,
// and addresses pass safeUrl() first.

export type Child = Node | string | number | null | undefined | false | Child[];
type Value = string | number | boolean | null | undefined | ((event: never) => void);

/** Attributes; a function listens to the event of that name. */
export function set(node: Element, props: Record<string, Value>): void {
    for (const [name, value] of Object.entries(props)) {
        if (typeof value === "function") node.addEventListener(name, value as (event: Event) => void);
        else if (value === undefined || value === null || value === false) node.removeAttribute(name);
        else node.setAttribute(name, value === true ? "" : String(value));
    }
}

/** h("p.some class", { hidden: true }, "text"): a tag with its classes, attributes, children. */
export function h<K extends keyof HTMLElementTagNameMap>(
    spec: K | `${K}.${string}`, props: Record<string, Value> = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
    const [tag, css] = spec.split(".") as [K, string?];
    const node = document.createElement(tag);
    if (css) node.className = css;
    set(node, props);
    node.append(...kept(children));
    return node;
}

const kept = (children: Child[]): (Node | string)[] =>
    (children.flat(9) as Child[]).filter((c) => c || c === 0).map((c) => (c instanceof Node ? c : String(c)));

export const fill = (node: Element, ...children: Child[]): void => node.replaceChildren(...kept(children));

/** A button that does something on click; label is its name where its content is a picture. */
export function button(css: string, click: () => void, content: Child, label?: string): HTMLButtonElement {
    return h(`button.${css}`, { type: "button", click, "aria-label": label, title: label }, content);
}

/** A 24x24 line icon from one path. flip: it points somewhere, so it is mirrored where text runs from the right. */
export function icon(path: string, flip?: boolean): SVGSVGElement {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    set(svg, { viewBox: "0 0 24 24", class: flip ? "flip" : null, "aria-hidden": "true" });
    const line = document.createElementNS(svg.namespaceURI, "path") as SVGPathElement;
    set(line, { d: path });
    svg.append(line);
    return svg;
}

/** The address if a visitor may follow it, else undefined. It is absolute, or a path of the chat's server. */
export function safeUrl(text: unknown): string | undefined {
    try {
        const { href, protocol } = new URL(String(text), /^\/(?!\/)/.test(String(text)) ? import.meta.url : undefined);
        if (/^(https?|mailto|tel):$/.test(protocol)) return href;
    } catch { /* it is none */ }
    return undefined;
}

/** The address if it may be shown as a picture: secure, embedded, or of the chat's server. */
export function safeImage(text: unknown): string | undefined {
    if (/^data:image\/(png|jpeg|gif|webp|avif);base64,/i.test(String(text))) return String(text);
    const href = safeUrl(text);
    return href?.startsWith("https:") || href?.startsWith(new URL("/", import.meta.url).href) ? href : undefined;
}

/** A picture that gives way to its words where it cannot be shown (the host page's policy may forbid it). */
export function picture(css: string, source: unknown, alt = "", more: Record<string, Value> = {}): HTMLElement | undefined {
    const src = safeImage(source);
    if (!src) return undefined;
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
        ? h(`a.${css}`, { href, target: "_blank", rel: "noopener noreferrer nofollow" }, ...children)
        : h(`span.${css}`, {}, ...children);
}
