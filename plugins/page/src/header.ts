// The head of the page: who is there, and whether the line is up. Trouble is
// shown only once it has lasted a moment, so that a short break on a train
// does not flicker.
import { button, h } from "./dom";
import { t } from "./i18n";
import type { LinkState } from "./link";
import type { Phase } from "./protocol";

const PATIENCE_MS = 1200;

export class Header {
    readonly root: HTMLElement;
    private readonly avatar = h("div", { class: "avatar", "aria-hidden": true });
    private readonly title = h("h1", { class: "name", dir: "auto" }, "…");
    private readonly text = h("span", {}, t("connecting"));
    private readonly status = h("p", { class: "status", role: "status" }, h("i", { class: "dot" }), this.text);
    private readonly retry: HTMLButtonElement;
    private state: LinkState = { is: "connecting" };
    private phase: Phase = "bot";
    private brokenSince = 0;
    private timer = 0;

    constructor(retry: () => void) {
        this.retry = button(t("retry_now"), "quiet", retry);
        this.retry.hidden = true;
        this.root = h("header", { class: "head" }, this.avatar, h("div", { class: "who" }, this.title, this.status), this.retry);
    }

    /** True the first time. */
    setName(name: string): boolean {
        const first = document.title !== name || this.title.textContent !== name;
        this.title.textContent = name;
        this.avatar.textContent = [...name.trim()][0]?.toUpperCase() ?? "";
        document.title = name;
        return first;
    }

    setPhase(phase: Phase): void {
        this.phase = phase;
        this.show();
    }

    setLink(state: LinkState): void {
        this.state = state;
        if (state.is === "online") this.brokenSince = 0;
        else if (!this.brokenSince) this.brokenSince = Date.now();
        this.show();
    }

    private show(): void {
        clearTimeout(this.timer);
        const { state } = this;
        const wait = this.brokenSince ? this.brokenSince + PATIENCE_MS - Date.now() : 0;
        if (wait > 0 && state.is !== "refused") {
            this.timer = setTimeout(() => this.show(), wait);
            return;
        }
        const seconds = state.is === "waiting" ? Math.max(Math.ceil((state.until - Date.now()) / 1000), 0) : 0;
        this.set(this.words(seconds), state.is === "online" ? (this.phase === "closed" ? "closed" : "up") : "down");
        this.retry.hidden = seconds < 2;
        if (seconds > 0) this.timer = setTimeout(() => this.show(), 1000);
    }

    private words(seconds: number): string {
        if (this.state.is === "refused") return "";
        if (this.state.is === "online") return this.phase === "bot" ? t("online") : t(`phase_${this.phase}`);
        if (seconds >= 2) return t("retry_in", { n: seconds });
        return this.title.textContent === "…" ? t("connecting") : t("reconnecting");
    }

    private set(text: string, look: "up" | "down" | "closed"): void {
        // A counting clock is not for reading out: only a change of kind is.
        this.status.setAttribute("aria-live", this.state.is === "waiting" ? "off" : "polite");
        this.text.textContent = text;
        this.status.dataset.look = look;
    }
}
