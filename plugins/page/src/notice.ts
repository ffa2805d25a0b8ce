// One line above the composer for what concerns the visitor now and no single
// message: slow down, the server is busy, this did not work.
import { button, h } from "./dom";
import { t } from "./i18n";
import type { Fault } from "./protocol";

const STAY_MS = 8000;

/** What an error means to a visitor. Codes are stable; titles come from the server in the bot's language. */
export function wordsFor(fault: Fault): string {
    if (fault.code === "rate_limited") return t("slow_down", { n: Math.ceil((fault.retry_after_ms ?? 1000) / 1000) });
    if (fault.retry_after_ms !== undefined) return t("kept");
    return fault.title || t("went_wrong");
}

export class Notice {
    readonly root = h("div", { class: "notice", role: "alert", hidden: true });
    private timer = 0;

    show(text: string): void {
        const close = button(t("close"), "quiet", () => this.hide(), "×");
        this.root.replaceChildren(h("span", { dir: "auto" }, text), close);
        this.root.hidden = false;
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.hide(), STAY_MS);
    }

    hide(): void {
        this.root.hidden = true;
    }
}
