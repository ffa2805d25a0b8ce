// What the chat itself says, in the visitor's language. A language is a file
// of lang/, one line for each word below in the same order, loaded by itself.
// The bot's words come from the server in its own languages.

/** The order of the lines in lang/*.txt; build.sh compares. */
export enum W {
    online, connecting, lost, retry_in, retry, waiting, human, closed, assistant,
    log, message, placeholder, send, commands, none, left, over,
    sending, sent, delivered, read, unsent, failed, again, discard,
    you, team, typing, newer, picks, optional, choose,
    need, tick, bad_email, bad_phone, bad_number, bad_date, min, max, form_open,
    rate, stars, rated, source, file, back, forward, cards, new_tab,
    slow, kept, wrong, no_chat, no_chat_hint, close, more, transcript, print, language, sound,
    end, restart, forget, forget_sure, attach, too_big, unread,
}

export const LANGUAGES = [
    "en", "ar", "cs", "da", "de", "el", "es", "fa", "fi", "fr", "he", "hu", "it", "ja", "ko", "nb", "nl",
    "pl", "pt", "ro", "ru", "sv", "tr", "uk", "vi", "zh",
];

let lines: string[] = [];
export let language = "en";
/** For dates and numbers: the visitor's own region where the language is theirs. */
export let locale = "en";

const primary = (tag: string): string => tag.toLowerCase().split("-")[0]!.replace(/^(no|nn)$/, "nb");

/** The first language asked for that the chat speaks, else English. */
export async function speak(base: string, wanted: readonly (string | undefined)[]): Promise<void> {
    const tag = wanted.find((l) => l && LANGUAGES.includes(primary(l))) ?? "en";
    const { default: text } = await import(`${base}${primary(tag)}.js`) as { default: string };
    lines = text.split("\n");
    language = primary(tag);
    locale = tag;
}

export const direction = (): string => (/^(ar|fa|he)$/.test(language) ? "rtl" : "ltr");

/** The words; {} stands for the value. */
export const t = (word: W, value: string | number = ""): string => (lines[word] ?? "").replace("{}", String(value));

export const timeOf = (at: number): string =>
    new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }).format(at);

/** "today", "yesterday", "Monday, 3 March", or with the year if it is another one. */
export function dayOf(at: number): string {
    const start = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);
    const days = Math.round((start(at) - start(Date.now())) / 864e5);
    if (days === 0 || days === -1) return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(days, "day");
    const year = new Date(at).getFullYear() === new Date().getFullYear();
    return new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", ...(year ? { weekday: "long" } : { year: "numeric" }) }).format(at);
}

export function sizeOf(bytes: number): string {
    const power = bytes < 1e3 ? 0 : bytes < 1e6 ? 1 : 2;
    const unit = ["byte", "kilobyte", "megabyte"][power]!;
    return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 }).format(bytes / 1000 ** power);
}

export const nameOf = (tag: string): string => new Intl.DisplayNames(tag, { type: "language" }).of(tag) ?? tag;
