// The box at the bottom: text that grows with what is written, Enter to send,
// Shift+Enter for a new line, "/" for the commands.
import { button, h, icon } from "./dom";
import { t } from "./i18n";
import { CommandMenu } from "./command_menu";
import { MAX_TEXT, type Command } from "./protocol";

const WARN_AT = 200; // characters left when the counter appears
const TYPING_EVERY_MS = 3000;
const SEND = "M5 12h13M12 5.5l6.5 6.5-6.5 6.5";
const SLASH = "M8 4h8a4 4 0 0 1 4 4v8a4 4 0 0 1-4 4H8a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4zM14 8.5l-4 7";

export interface ComposerEvents {
    say(text: string): void;
    command(command: Command, words: string): void;
    typing(): void;
}

export class Composer {
    readonly root: HTMLElement;
    private readonly input = h("textarea", {
        class: "input", rows: 1, dir: "auto", enterkeyhint: "send", autocomplete: "off",
        "aria-label": t("message"), placeholder: t("placeholder"), "aria-describedby": "counter",
    });
    private readonly counter = h("p", { class: "counter", id: "counter", "aria-live": "polite", hidden: true });
    private readonly send = h("button", { type: "submit", class: "send", "aria-label": t("send") }, icon(SEND));
    private readonly slash: HTMLButtonElement;
    private readonly menu: CommandMenu;
    private commands: Command[] = [];
    private typingAt = 0;

    constructor(private readonly events: ComposerEvents) {
        this.menu = new CommandMenu(this.input, (command) => this.pick(command, ""));
        this.slash = button(t("commands"), "slash", () => this.openMenu(), icon(SLASH));
        this.slash.hidden = true;
        const form = h("form", { class: "composer" }, this.slash, this.input, this.send);
        this.root = h("div", { class: "dock" }, this.menu.root, form, this.counter);
        form.addEventListener("submit", (event) => {
            event.preventDefault();
            this.submit();
        });
        this.input.addEventListener("input", () => this.changed());
        this.input.addEventListener("keydown", (event) => this.key(event));
        this.input.addEventListener("blur", () => this.menu.close());
        this.changed();
    }

    setCommands(commands: Command[]): void {
        this.commands = commands;
        this.menu.setCommands(commands);
        this.slash.hidden = commands.length === 0;
    }

    /** Only where no keyboard would jump over the page. */
    focusIfHandy(): void {
        if (matchMedia("(pointer: fine)").matches) this.input.focus();
    }

    disable(): void { this.root.inert = true; }

    private openMenu(): void {
        this.input.focus();
        if (this.menu.isOpen) return this.menu.close();
        this.input.value = "/";
        this.changed();
    }

    private pick(command: Command, words: string): void {
        this.clear();
        this.events.command(command, words);
    }

    private submit(): void {
        const text = this.input.value.trim();
        if (!text || [...text].length > MAX_TEXT) return this.input.focus();
        const [, name, words = ""] = /^\/(\S+)\s*(.*)$/s.exec(text) ?? [];
        const command = this.commands.find((c) => c.name.toLowerCase() === name?.toLowerCase());
        if (command) return this.pick(command, words);
        this.clear();
        this.events.say(text);
    }

    private clear(): void {
        this.input.value = "";
        this.typingAt = 0;
        this.changed(false);
    }

    private key(event: KeyboardEvent): void {
        // An input method uses Enter to settle a word; 229 is how older Safari says so.
        if (event.isComposing || event.keyCode === 229) return;
        if (this.menu.key(event)) return;
        if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
        event.preventDefault();
        this.submit();
    }

    private changed(byVisitor = true): void {
        this.grow();
        this.menu.update();
        const left = MAX_TEXT - [...this.input.value].length;
        this.counter.hidden = left > WARN_AT;
        this.counter.textContent = left > WARN_AT ? "" : left < 0 ? t("over", { n: -left }) : t("left", { n: left });
        this.counter.classList.toggle("over", left < 0);
        this.send.disabled = left < 0 || !this.input.value.trim();
        const now = Date.now();
        if (!byVisitor || !this.input.value || now - this.typingAt < TYPING_EVERY_MS) return;
        this.typingAt = now;
        this.events.typing();
    }

    private grow(): void {
        this.input.style.height = "auto"; // through the CSSOM, which the policy allows
        this.input.style.height = `${Math.min(this.input.scrollHeight, 180)}px`;
    }
}
