// The commands above the composer while its text begins with "/": a listbox
// that filters as one types and is worked from the text field, which keeps
// the focus the whole time.
import { h, setAttrs } from "./dom";
import { t } from "./i18n";
import type { Command } from "./protocol";

const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export class CommandMenu {
    readonly root: HTMLElement;
    private readonly list = h("ul", { class: "palette-list", id: "commands", role: "listbox", "aria-label": t("commands") });
    private readonly none = h("p", { class: "palette-none", role: "status" });
    private commands: Command[] = [];
    private shown: Command[] = [];
    private active = 0;

    constructor(private readonly input: HTMLTextAreaElement, private readonly pick: (command: Command) => void) {
        this.root = h("div", { class: "palette", hidden: true }, this.list, this.none);
        setAttrs(input, { "aria-autocomplete": "list", "aria-controls": "commands", "aria-haspopup": "listbox" });
        // Keep the focus in the text field while the list is clicked.
        this.root.addEventListener("pointerdown", (event) => event.preventDefault());
    }

    setCommands(commands: Command[]): void { this.commands = commands; }
    get isOpen(): boolean { return !this.root.hidden; }

    /** Opens, filters or closes, as the text asks for. */
    update(): void {
        const text = this.input.value;
        if (!this.commands.length || !/^\/[^\n]{0,40}$/.test(text)) return this.close();
        const words = fold(text.slice(1)).split(/\s+/).filter(Boolean);
        const matches = (c: Command): boolean => words.every((w) => fold(`${c.name} ${c.title} ${c.hint}`).includes(w));
        this.shown = this.commands.filter(matches);
        if (!this.shown.length && words.length > 1) return this.close(); // it is a sentence, not a search
        this.active = 0;
        this.draw();
    }

    close(): void {
        this.root.hidden = true;
        setAttrs(this.input, { "aria-activedescendant": undefined });
    }

    /** True if the key was for the list. */
    key(event: KeyboardEvent): boolean {
        if (!this.isOpen) return false;
        const moves: Record<string, number> = {
            ArrowDown: this.active + 1, ArrowUp: this.active - 1, PageDown: this.active + 5, PageUp: this.active - 5,
        };
        const target = moves[event.key];
        if (target !== undefined && this.shown.length) this.move(target, event.key.startsWith("Arrow"));
        else if (event.key === "Escape") this.close();
        else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && this.shown.length) {
            this.choose(this.shown[this.active]!);
        } else return false;
        event.preventDefault();
        return true;
    }

    private choose(command: Command): void {
        this.close();
        this.pick(command);
    }

    private move(target: number, wraps: boolean): void {
        const count = this.shown.length;
        this.active = wraps ? (target + count) % count : Math.min(Math.max(target, 0), count - 1);
        this.highlight();
    }

    private draw(): void {
        this.list.replaceChildren(...this.shown.map((command, index) => {
            const row = h("li", { class: "palette-row", id: `command-${index}`, role: "option" },
                h("span", { class: "palette-title", dir: "auto" }, command.title),
                h("span", { class: "palette-name" }, `/${command.name}`),
                command.hint && h("span", { class: "palette-hint", dir: "auto" }, command.hint));
            row.addEventListener("click", () => this.choose(command));
            return row;
        }));
        this.none.textContent = this.shown.length ? "" : t("no_command");
        this.none.hidden = this.list.hidden = false;
        this.none.hidden = this.shown.length > 0;
        this.list.hidden = this.shown.length === 0;
        this.root.hidden = false;
        this.highlight();
    }

    private highlight(): void {
        [...this.list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === this.active)));
        this.list.children[this.active]?.scrollIntoView({ block: "nearest" });
        setAttrs(this.input, { "aria-activedescendant": this.shown.length ? `command-${this.active}` : undefined });
    }
}
