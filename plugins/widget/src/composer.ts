// The box at the bottom: text that grows with what is written, Enter to send,
// Shift+Enter for a new line, "/" for the commands: a listbox that filters as
// one types and is worked from the text field, which keeps the focus.
import { button, fill, h, icon, set } from "./dom";
import { MAX_TEXT, type Command } from "./protocol";
import { t, W } from "./words";

const WARN_AT = 200; // characters left when the counter appears
const TYPING_MS = 3000;
const SEND = "M5 12h13M12 5.5l6.5 6.5-6.5 6.5";
const SLASH = "M8 4h8a4 4 0 0 1 4 4v8a4 4 0 0 1-4 4H8a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4zM14 8.5l-4 7";
const CLIP = "M19 11.5l-7.5 7.5a4.5 4.5 0 0 1-6.4-6.4l8-8a3 3 0 0 1 4.3 4.3l-8 8a1.5 1.5 0 0 1-2.2-2.2l7.3-7.3";

export interface ComposerEvents {
    say(text: string): void;
    command(command: Command, words: string): void;
    typing(): void;
    file(file: File): void;
}
export interface Composer {
    root: HTMLElement;
    setCommands(commands: Command[]): void;
    allowFiles(yes: boolean): void;
    focus(): void;
}

const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export function openComposer(events: ComposerEvents): Composer {
    let commands: Command[] = [];
    let shown: Command[] = [];
    let active = 0;
    let typedAt = 0;

    const list = h("ul.list", { id: "list", role: "listbox", "aria-label": t(W.commands) });
    const none = h("p", { role: "status" });
    // The focus stays in the text field while the list is clicked.
    const palette = h("div.palette", { hidden: true, pointerdown: (event: Event) => event.preventDefault() }, list, none);
    const input = h("textarea.input", {
        rows: 1, dir: "auto", enterkeyhint: "send", autocomplete: "off", placeholder: t(W.placeholder),
        "aria-label": t(W.message), "aria-describedby": "counter", "aria-autocomplete": "list",
        "aria-controls": "list", "aria-haspopup": "listbox",
        input: () => changed(true), keydown: (event: KeyboardEvent) => key(event), blur: () => shut(),
        paste({ clipboardData }: ClipboardEvent) { if (!clip.hidden) take(clipboardData!.files); },
    });
    const counter = h("p.counter", { id: "counter", "aria-live": "polite" });
    const send = h("button.send", { "aria-label": t(W.send) }, icon(SEND, true));
    const slash = button("tool", () => {
        input.focus();
        if (!palette.hidden) return shut();
        input.value = "/";
        changed();
    }, icon(SLASH), t(W.commands));
    const chooser = h("input", { type: "file", hidden: true, change() {
        take(chooser.files!);
        chooser.value = "";
    } });
    const clip = button("tool", () => chooser.click(), icon(CLIP), t(W.attach));
    slash.hidden = clip.hidden = true;

    const take = (files: FileList): void => void [...files].forEach(events.file);
    const shut = (): void => {
        palette.hidden = true;
        set(input, { "aria-activedescendant": null });
    };
    const highlight = (): void => {
        const rows = list.querySelectorAll("[role=option]");
        rows.forEach((row, i) => { row.ariaSelected = String(i === active); });
        rows[active]?.scrollIntoView({ block: "nearest" });
        set(input, { "aria-activedescendant": shown.length > 0 && `c${active}` });
    };
    /** Opens, filters or closes the list, as the text asks for. */
    const search = (): void => {
        const [, text] = /^\/([^\n]{0,40})$/.exec(input.value) ?? [];
        const words = fold(text ?? "").split(/\s+/).filter(Boolean);
        shown = commands.filter((c) => words.every((w) => fold(`${c.name} ${c.title} ${c.hint ?? ""} ${c.group ?? ""}`).includes(w)));
        if (text === undefined || !commands.length || (!shown.length && words.length > 1)) return shut(); // a sentence, not a search
        active = 0;
        const groups = [...new Set(shown.map((c) => c.group ?? ""))];
        shown.sort((a, b) => groups.indexOf(a.group ?? "") - groups.indexOf(b.group ?? ""));
        const row = (c: Command): HTMLElement => h("li", { id: `c${shown.indexOf(c)}`, role: "option", click: () => pick(c) },
            h("span", { dir: "auto" }, c.title), h("small", { dir: "ltr" }, `/${c.name}`), c.hint && h("small.hint", { dir: "auto" }, c.hint));
        fill(list, groups.map((group) => {
            const rows = shown.filter((c) => (c.group ?? "") === group).map(row);
            return group ? h("li", { role: "group", "aria-label": group }, h("p", { "aria-hidden": true }, group), h("ul", { role: "presentation" }, rows)) : rows;
        }));
        none.textContent = shown.length ? "" : t(W.none);
        palette.hidden = false;
        highlight();
    };
    const paletteKey = ({ key: name, shiftKey }: KeyboardEvent): boolean => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[name];
        const count = shown.length;
        if (step && count) {
            active = (active + step + count) % count;
            highlight();
        } else if (name === "Escape") shut();
        else if (/^(Enter|Tab)$/.test(name) && !shiftKey && count) pick(shown[active]!);
        else return false;
        return true;
    };
    const key = (event: KeyboardEvent): void => {
        // An input method uses Enter to settle a word; 229 is how older Safari says so.
        if (event.isComposing || event.keyCode === 229) return;
        if (palette.hidden || !paletteKey(event)) {
            if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
            submit();
        }
        event.preventDefault();
        event.stopPropagation(); // Escape closes the list, not the chat
    };
    const changed = (typed?: boolean): void => {
        input.style.height = "auto"; // through the CSSOM, which every policy allows
        input.style.height = `${Math.min(input.scrollHeight, 180)}px`;
        search();
        const left = MAX_TEXT - [...input.value].length;
        counter.textContent = left > WARN_AT ? "" : left < 0 ? t(W.over, -left) : t(W.left, left);
        counter.classList.toggle("error", left < 0);
        send.disabled = left < 0 || !input.value.trim();
        if (!typed || !input.value || Date.now() - typedAt < TYPING_MS) return;
        typedAt = Date.now();
        events.typing();
    };
    const clear = (): void => {
        input.value = "";
        typedAt = 0;
        changed();
    };
    const pick = (command: Command, words = ""): void => {
        clear();
        events.command(command, words);
    };
    const submit = (): void => {
        const text = input.value.trim();
        if (!text || send.disabled) return input.focus();
        const [, name = "", words] = /^\/(\S+)\s*(.*)$/s.exec(text) ?? [];
        const command = commands.find((c) => c.name.toLowerCase() === name.toLowerCase());
        if (command) return pick(command, words);
        clear();
        events.say(text);
    };
    changed();
    return {
        root: h("div.dock", {
            dragover: (event: Event) => event.preventDefault(),
            drop(event: DragEvent) {
                event.preventDefault();
                if (!clip.hidden) take(event.dataTransfer!.files);
            },
        }, palette, h("form.composer", { submit(event: Event) {
            event.preventDefault();
            submit();
        } }, slash, clip, chooser, input, send), counter),
        setCommands(list) {
            commands = list;
            slash.hidden = !list.length;
        },
        allowFiles(yes) { clip.hidden = !yes; },
        focus: () => input.focus(),
    };
}
