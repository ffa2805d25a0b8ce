// Builds nodes. There is no innerHTML anywhere in the page: text goes in as
// text nodes, and addresses pass safeUrl() first.

type Child = Node | string | null | undefined | false;
type Props = Record<string, string | number | boolean | undefined>;

/** h("p", {class: "x", hidden: true}, "text"): attributes, then children. */
export function h<K extends keyof HTMLElementTagNameMap>(
    tag: K, props: Props = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
    const node = document.createElement(tag);
    setAttrs(node, props);
    node.append(...children.filter((c): c is Node | string => c !== null && c !== undefined && c !== false));
    return node;
}

export function setAttrs(node: Element, props: Props): void {
    for (const [name, value] of Object.entries(props)) {
        if (value === undefined || value === false) node.removeAttribute(name);
        else node.setAttribute(name, value === true ? "" : String(value));
    }
}

/** A button that does something on click; never a submit button. */
export function button(label: string, css: string, onClick: () => void, ...children: Child[]): HTMLButtonElement {
    const node = h("button", { type: "button", class: css }, ...(children.length ? children : [label]));
    if (children.length) node.setAttribute("aria-label", label);
    node.addEventListener("click", onClick);
    return node;
}

const SVG = "http://www.w3.org/2000/svg";

/** A 24x24 line icon from one path. */
export function icon(path: string): SVGSVGElement {
    const svg = document.createElementNS(SVG, "svg");
    setAttrs(svg, { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" });
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
}

const LINK_SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);

/** The address if a visitor may follow it, else null. It is absolute, or a path of this server. */
export function safeUrl(text: string): string | null {
    if (!/^([a-z]+:|\/(?!\/))/i.test(text)) return null;
    try {
        const url = new URL(text, location.origin);
        return LINK_SCHEMES.has(url.protocol) ? url.href : null;
    } catch {
        return null;
    }
}

/** The address if it may be shown as a picture, else null. */
export function safeImage(text: string): string | null {
    if (/^data:image\/(png|jpeg|gif|webp|avif);base64,/i.test(text)) return text;
    const href = safeUrl(text);
    return href && (href.startsWith("https:") || href.startsWith(location.origin + "/")) ? href : null;
}

/** A link in a new tab; the label alone if the address is not a safe one. */
export function link(url: string, css: string, ...children: Child[]): HTMLElement {
    const href = safeUrl(url);
    if (!href) return h("span", { class: css }, ...children);
    return h("a", { class: css, href, target: "_blank", rel: "noopener noreferrer nofollow" }, ...children);
}
