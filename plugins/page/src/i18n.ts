// What the page says, in the visitor's language. Only the page's own words
// live here; the bot's words come from the server in its own locale.

const en = {
    online: "Online",
    connecting: "Connecting…",
    reconnecting: "Connection lost, reconnecting…",
    retry_in: "Connection lost. Next try in {n} s.",
    retry_now: "Try now",
    phase_waiting: "Waiting for a person",
    phase_human: "You are talking with a person",
    phase_closed: "This conversation has ended",
    log: "Conversation",
    message: "Message",
    placeholder: "Write a message…",
    send: "Send",
    commands: "Commands",
    no_command: "No command matches.",
    left: "{n} characters left",
    over: "{n} characters too long",
    sending: "Sending…",
    sent: "Sent",
    waiting: "Not sent yet",
    failed: "Not sent",
    again: "Send again",
    discard: "Discard",
    you: "You",
    team: "Team",
    typing: "{name} is typing",
    today: "Today",
    yesterday: "Yesterday",
    newer: "New messages",
    picks: "Suggestions",
    optional: "optional",
    choose: "Please choose",
    need_value: "Please fill this in.",
    need_choice: "Please choose one.",
    need_tick: "Please tick this to go on.",
    bad_email: "Please enter an e-mail address such as name@example.com.",
    bad_phone: "Please enter a phone number such as +49 30 123456.",
    bad_number: "Please enter a number.",
    bad_date: "Please enter a valid date or time.",
    too_small: "Please enter {n} or more.",
    too_large: "Please enter {n} or less.",
    too_long: "Please use at most {n} characters.",
    submitted: "Sent",
    open_form: "Open this form again",
    rate: "Your rating, 1 to {n}",
    stars: "{n} of {m}",
    source: "Source",
    file: "File",
    back: "Back",
    forward: "Forward",
    cards: "Cards",
    new_tab: "opens in a new tab",
    slow_down: "That was a little fast. The chat goes on by itself in {n} s.",
    kept: "The server cannot take messages just now. Yours is kept and will be sent.",
    went_wrong: "That did not work. Please try again.",
    no_chat: "There is no chat at this address.",
    no_chat_hint: "Please check the link, or ask the business that gave it to you.",
    close: "Close",
};

type Key = keyof typeof en;

const de: Record<Key, string> = {
    online: "Online",
    connecting: "Verbindung wird aufgebaut…",
    reconnecting: "Verbindung unterbrochen, neuer Versuch…",
    retry_in: "Verbindung unterbrochen. Nächster Versuch in {n} s.",
    retry_now: "Jetzt versuchen",
    phase_waiting: "Warten auf eine Person",
    phase_human: "Sie sprechen mit einer Person",
    phase_closed: "Diese Unterhaltung ist beendet",
    log: "Unterhaltung",
    message: "Nachricht",
    placeholder: "Nachricht schreiben…",
    send: "Senden",
    commands: "Befehle",
    no_command: "Kein passender Befehl.",
    left: "Noch {n} Zeichen",
    over: "{n} Zeichen zu lang",
    sending: "Wird gesendet…",
    sent: "Gesendet",
    waiting: "Noch nicht gesendet",
    failed: "Nicht gesendet",
    again: "Erneut senden",
    discard: "Verwerfen",
    you: "Sie",
    team: "Team",
    typing: "{name} schreibt",
    today: "Heute",
    yesterday: "Gestern",
    newer: "Neue Nachrichten",
    picks: "Vorschläge",
    optional: "freiwillig",
    choose: "Bitte auswählen",
    need_value: "Bitte füllen Sie dieses Feld aus.",
    need_choice: "Bitte wählen Sie etwas aus.",
    need_tick: "Bitte setzen Sie hier ein Häkchen.",
    bad_email: "Bitte geben Sie eine E-Mail-Adresse wie name@example.com ein.",
    bad_phone: "Bitte geben Sie eine Telefonnummer wie +49 30 123456 ein.",
    bad_number: "Bitte geben Sie eine Zahl ein.",
    bad_date: "Bitte geben Sie ein gültiges Datum oder eine gültige Uhrzeit ein.",
    too_small: "Bitte geben Sie mindestens {n} ein.",
    too_large: "Bitte geben Sie höchstens {n} ein.",
    too_long: "Bitte verwenden Sie höchstens {n} Zeichen.",
    submitted: "Gesendet",
    open_form: "Formular erneut öffnen",
    rate: "Ihre Bewertung, 1 bis {n}",
    stars: "{n} von {m}",
    source: "Quelle",
    file: "Datei",
    back: "Zurück",
    forward: "Weiter",
    cards: "Karten",
    new_tab: "öffnet in neuem Tab",
    slow_down: "Das war etwas schnell. Der Chat läuft in {n} s von selbst weiter.",
    kept: "Der Server nimmt gerade keine Nachrichten an. Ihre ist aufgehoben und wird gesendet.",
    went_wrong: "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
    no_chat: "Unter dieser Adresse gibt es keinen Chat.",
    no_chat_hint: "Bitte prüfen Sie den Link oder fragen Sie das Unternehmen, von dem Sie ihn haben.",
    close: "Schließen",
};

const languages: Record<string, Record<Key, string>> = { en, de };
const RTL = new Set(["ar", "fa", "he", "ur"]);

let strings: Record<Key, string> = en;
/** For dates and numbers: the visitor's own locale, whatever language the page speaks. */
export const locale: string = navigator.language || "en";

const primary = (tag: string): string => tag.toLowerCase().split("-")[0] ?? "";

/** The first language of the visitor that the page speaks, else English. */
export function chooseLanguage(): void {
    const language = navigator.languages.map(primary).find((l) => l in languages) ?? "en";
    strings = languages[language] ?? en;
    document.documentElement.lang = language;
    document.documentElement.dir = RTL.has(language) ? "rtl" : "ltr";
}

export function t(key: Key, values: Record<string, string | number> = {}): string {
    return strings[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const calendarYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
const sizes = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });

export const timeOf = (at: number): string => clock.format(at);

/** "Today", "Yesterday", "Monday, 3 March", or with the year if it is another one. */
export function dayOf(at: number): string {
    const midnight = new Date().setHours(0, 0, 0, 0);
    const days = Math.round((midnight - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
    if (days === 0) return t("today");
    if (days === 1) return t("yesterday");
    const sameYear = new Date(at).getFullYear() === new Date().getFullYear();
    return (sameYear ? calendar : calendarYear).format(at);
}

export function sizeOf(bytes: number): string {
    const units = ["B", "KB", "MB", "GB"];
    const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
    return `${sizes.format(bytes / 1000 ** power)} ${units[power]}`;
}
