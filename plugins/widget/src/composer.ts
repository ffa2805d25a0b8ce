// The box at the bottom: text that grows with what is written, Enter to send,
// Shift+Enter for a new line, "/" for the commands: a listbox that filters as
// one types and is worked from the text field, which keeps the focus. Files
// are chosen, dropped or pasted, and show how far they have come.
import { CLIP, commandAct } from "./blocks";
import { say } from "./chat";
import { button, fill, h, icon, link, set } from "../../shared/dom";
import { newId } from "../../shared/id";
import { send } from "./link";
import { MAX_TEXT, type Command } from "./protocol";
import { act, begin, bot, identity, tell } from "./talk";
import { address } from "./wire";
import { t, W } from "./words";

const WARN_AT = 200; // characters left when the counter appears
const TYPING_MS = 3000;
const SEND = "M5 12h13M12 5.5l6.5 6.5-6.5 6.5";

let shown: Command[] = [];
let active = 0;
let typedAt = 0;
let list: HTMLElement;
let none: HTMLElement;
let palette: HTMLElement;
export let input: HTMLTextAreaElement;
let counter: HTMLElement;
let go: HTMLButtonElement;
let slash: HTMLElement;
let clip: HTMLElement;
let files: HTMLElement;
let chooser: HTMLInputElement;
let powered: HTMLElement;

const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const commands = (): Command[] => bot.menu ?? [];

/** The message that shows the file comes back over the channel like any other. */
function upload(file: File): void {
    if (file.size > bot.files!.max_bytes) return say(t(W.too_big));
    const request = new XMLHttpRequest(); // fetch does not tell how far it is
    const bar = h("progress", { "aria-label": file.name });
    const row = h("div.notice", {}, h("span", { dir: "auto" }, file.name), bar, button("quiet", () => request.abort(), "×", t(W.discard)));
    const headers = {
        authorization: `Bearer ${identity.visitor}`, "content-type": file.type || "application/octet-stream",
        "idempotency-key": newId(), "x-file-name": encodeURIComponent(file.name),
    };
    begin();
    request.open("POST", address("/files", { conversation: identity.conversation }));
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => { bar.value = loaded / total; };
    request.onload = () => { if (request.status > 299) say(t(/413|415/.test(String(request.status)) ? W.too_big : W.wrong)); };
    request.onerror = () => say(t(W.wrong));
    request.onloadend = () => row.remove();
    files.append(row);
    request.send(file);
}
const take = (given: FileList): void => { if (!clip.hidden) [...given].forEach(upload); };

const shut = (): void => {
    palette.hidden = true;
    set(input, { "aria-activedescendant": null });
};
const highlight = (): void => {
    list.querySelectorAll("[role=option]").forEach((row, i) => {
        row.ariaSelected = String(i === active);
        if (i === active) row.scrollIntoView({ block: "nearest" });
    });
    set(input, { "aria-activedescendant": shown[0] && `c${active}` });
};
const pick = (command: Command, words?: string, via?: "typed"): void => {
    clear();
    act(commandAct(command.name, words && { text: words }, via), [command.title, words].join(" ").trim());
};
/** Opens, filters or closes the list, as the text asks for. */
function search(): void {
    const text = /^\/([^\n]{0,40})$/.exec(input.value)?.[1];
    const words = fold(text ?? "").split(/\s+/);
    shown = commands().filter(({ name, title, hint, group }) => words.every((word) => fold(`${name} ${title} ${hint} ${group}`).includes(word)));
    if (text === undefined || !commands()[0] || (!shown[0] && words[1])) return shut(); // a sentence, not a search
    active = 0;
    const groups = [...new Set(shown.map(({ group }) => group))];
    shown = groups.flatMap((group) => shown.filter((one) => one.group === group));
    const row = (one: Command): HTMLElement => h("div", { id: `c${shown.indexOf(one)}`, role: "option", click: () => pick(one) },
        h("span", { dir: "auto" }, one.title), h("small", { dir: "ltr" }, `/${one.name}`), one.hint && h("small.hint", { dir: "auto" }, one.hint));
    fill(list, groups.map((group) => {
        const rows = shown.filter((one) => one.group === group).map(row);
        return group ? h("div", { role: "group", "aria-label": group }, h("p", { "aria-hidden": "true" }, group), rows) : rows;
    }));
    none.textContent = shown[0] ? "" : t(W.none);
    palette.hidden = false;
    highlight();
}
function paletteKey(name: string): boolean {
    const step = name === "ArrowDown" ? 1 : name === "ArrowUp" ? shown.length - 1 : 0;
    if (step && shown[0]) {
        active = (active + step) % shown.length;
        highlight();
    } else if (name === "Escape") shut();
    else if (/^(Enter|Tab)$/.test(name) && shown[0]) pick(shown[active]!);
    else return false;
    return true;
}
function key(event: KeyboardEvent): void {
    // An input method uses Enter to settle a word; 229 is how older Safari says so.
    if (event.isComposing || event.keyCode === 229 || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    if (palette.hidden || !paletteKey(event.key)) {
        if (event.key !== "Enter") return;
        submit();
    }
    event.preventDefault();
    event.stopPropagation(); // Escape closes the list, not the chat
}
function changed(): void {
    search();
    const left = MAX_TEXT - [...input.value].length;
    counter.textContent = left > WARN_AT ? "" : left < 0 ? t(W.over, -left) : t(W.left, left);
    counter.classList.toggle("error", left < 0);
    go.disabled = left < 0 || !input.value.trim();
}
function clear(): void {
    input.value = "";
    typedAt = 0;
    changed();
}
function submit(): void {
    const text = input.value.trim();
    if (!text || go.disabled) return input.focus();
    const [, name = "", words] = /^\/(\S+)\s*(.+)?$/s.exec(text) ?? [];
    const command = commands().find((one) => fold(one.name) === fold(name));
    if (command) return pick(command, words, "typed");
    clear();
    act({ type: "message", text }, text);
}

/** Shows what the bot can do. */
export function dressComposer(): void {
    slash.hidden = !commands()[0];
    clip.hidden = !bot.files;
    set(chooser, { accept: bot.files?.types.join() });
    fill(powered, link(bot.theme?.powered_by, "link", bot.theme?.powered_by && "Powered by aZentiKo"));
}

export function openComposer(): HTMLElement {
    const draft = input?.value ?? ""; // of another language
    list = h("div", { id: "list", role: "listbox", "aria-label": t(W.commands) });
    none = h("p", { role: "status" });
    // The focus stays in the text field while the list is clicked.
    palette = h("div.palette", { hidden: true, pointerdown: (event: Event) => event.preventDefault() }, list, none);
    input = h("textarea.input", {
        rows: 1, dir: "auto", enterkeyhint: "send", autocomplete: "off", placeholder: t(W.placeholder), "aria-label": t(W.placeholder),
        "aria-describedby": "counter", "aria-autocomplete": "list", "aria-controls": "list", "aria-haspopup": "listbox",
        keydown: key, blur: shut, paste: ({ clipboardData }: ClipboardEvent) => take(clipboardData!.files),
        input() {
            changed();
            if (!input.value || Date.now() - typedAt < TYPING_MS) return;
            typedAt = Date.now();
            send({ type: "typing" });
        },
    }, draft);
    counter = h("p.counter", { id: "counter", "aria-live": "polite" });
    go = h("button.send", { "aria-label": t(W.send) }, icon(SEND, "flip"));
    slash = button("tool", () => {
        input.focus();
        if (!palette.hidden) return shut();
        input.value = "/";
        changed();
    }, "/", t(W.commands));
    powered = h("small", { click: () => tell("widget.powered_by_clicked", {}) });
    chooser = h("input", { type: "file", hidden: true, multiple: true, change() {
        take(chooser.files!);
        chooser.value = "";
    } });
    clip = button("tool", () => chooser.click(), icon(CLIP), t(W.attach));
    files = h("div");
    changed();
    dressComposer();
    return h("div.dock", {
        dragover: (event: Event) => event.preventDefault(),
        drop(event: DragEvent) {
            event.preventDefault();
            take(event.dataTransfer!.files);
        },
    }, palette, files, h("form.composer", { submit(event: Event) {
        event.preventDefault();
        submit();
    } }, slash, clip, chooser, input, go), powered, counter);
}
