// The client's accent colour, made safe: text on it and text in it stay
// readable (WCAG 2.2 AA) whatever colour was chosen. The style goes in as a
// constructed sheet, since the page's policy forbids inline style.

type Rgb = [number, number, number];

const LIGHT: Rgb = [241, 243, 246]; // the darkest light surface that carries accent text
const DARK: Rgb = [38, 44, 53]; // the lightest dark surface that does
const sheet = new CSSStyleSheet();

function parse(hex: string): Rgb | null {
    const match = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(hex.trim());
    if (!match) return null;
    const digits = match[1]!.length === 3 ? match[1]!.replace(/./g, "$&$&") : match[1]!;
    return [0, 2, 4].map((i) => parseInt(digits.slice(i, i + 2), 16)) as Rgb;
}

function luminance(colour: Rgb): number {
    const [r, g, b] = colour.map((c) => {
        const s = c / 255;
        return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    }) as Rgb;
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: Rgb, b: Rgb): number {
    const [x, y] = [luminance(a), luminance(b)];
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** Moves the colour towards black or white until it can be read on the surface. */
function readable(colour: Rgb, surface: Rgb, towards: number): Rgb {
    let result = colour;
    for (let step = 0; step < 20 && contrast(result, surface) < 4.7; step += 1) {
        result = result.map((c) => Math.round(c + (towards - c) * 0.1)) as Rgb;
    }
    return result;
}

const css = (colour: Rgb): string => `rgb(${colour.join(" ")})`;

/** Does nothing for anything but #rgb and #rrggbb. */
export function applyAccent(hex: string): void {
    const accent = parse(hex);
    if (!accent) return;
    const white: Rgb = [255, 255, 255];
    const ink: Rgb = [16, 19, 24];
    const onAccent = contrast(accent, white) >= 4.5 ? white : ink;
    const fill = contrast(accent, onAccent) >= 4.5 ? accent : readable(accent, ink, 255);
    sheet.replaceSync(
        `:root{--accent:${css(fill)};--on-accent:${css(onAccent)};--ink:${css(readable(accent, LIGHT, 0))}}` +
        `@media(prefers-color-scheme:dark){:root{--ink:${css(readable(accent, DARK, 255))}}}`,
    );
    if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets = [sheet];
}
