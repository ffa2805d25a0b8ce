// What the chat itself says, in the visitor's language. A language is a file
// of lang/, one line for each word below in the same order, loaded by itself.
// The bot's words come from the server in its own languages.

/** The order of the lines in lang/*.txt; build.sh compares. */
export enum W {
    online, connecting, lost, retry, waiting, human, closed, assistant,
    log, placeholder, send, commands, none, left, over,
    sending, sent, delivered, read, unsent, again, discard,
    you, team, typing, newer, optional, choose,
    bad_phone, form_open,
    rate, stars, rated, source, file, back, forward, cards, new_tab,
    slow, kept, wrong, no_chat, close, more, transcript, print, language, sound,
    end, restart, forget, forget_sure, attach, too_big, unread,
}

export const LANGUAGES = "en ar cs da de el es fa fi fr he hu it ja ko nb nl pl pt ro ru sv tr uk vi zh".split(" ");

let lines: string[] = [];
export let language = "en";
/** For dates and numbers: the visitor's own region where the language is theirs. */
export let locale = "en";

const primary = (tag = ""): string => tag.toLowerCase().split("-")[0]!.replace(/^n[on]$/, "nb");

/** The first language asked for that the chat speaks, else English. */
export async function speak(base: string, wanted: readonly (string | undefined)[]): Promise<void> {
    const tag = wanted.find((l) => LANGUAGES.includes(primary(l))) ?? "en";
    const { default: text } = await import(`${base}${primary(tag)}.js`) as { default: string };
    lines = text.split("\n");
    language = primary(tag);
    locale = tag;
}

export const direction = (): string => (/ar|fa|he/.test(language) ? "rtl" : "ltr");

/** The words; {} stands for the value. */
export const t = (word: W, value: string | number = ""): string => lines[word]!.replace("{}", String(value));

export const timeOf = (at: number): string => new Date(at).toLocaleTimeString(locale, { timeStyle: "short" });

/** "today", "yesterday", or the date. */
export function dayOf(at: number): string {
    const midnight = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);
    const days = Math.round((midnight(at) - midnight(Date.now())) / 864e5);
    return days < -1 ? new Date(at).toLocaleDateString(locale, { dateStyle: "long" })
        : new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(days, "day");
}

/** Bytes as kB or MB. */
export const sizeOf = (bytes: number): string => (bytes < 1e6 ? bytes / 1e3 : bytes / 1e6)
    .toLocaleString(locale, { style: "unit", unit: bytes < 1e6 ? "kilobyte" : "megabyte", maximumFractionDigits: 1 });

export const nameOf = (tag: string): string => new Intl.DisplayNames(tag, { type: "language" }).of(tag)!;
