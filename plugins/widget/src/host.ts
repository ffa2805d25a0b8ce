// What the chat and whoever shows it (w.js, the full page) know of each other.

/** Settings of the snippet's data attributes and of boot and update; all texts. */
export interface Config {
    bot?: string;
    position?: string; // left, right; else the end of a line in the page's direction
    color?: string;
    theme?: string; // light, dark, auto
    launcher?: string; // words beside the icon
    label?: string; // the launcher's name for screen readers
    avatar?: string; // address of a picture
    locale?: string;
    sound?: string; // "on"
    noStorage?: unknown;
    greeting?: string;
}

export interface Host {
    base: string; // of the chat's files
    config: Config;
    panel: HTMLElement;
    full?: boolean; // a page of its own
    emit(name: string, detail?: unknown): void;
    close(): void;
    unread(count: number, words?: string): void;
}

export interface Chat {
    show(open: boolean, focus?: boolean): void;
    /** A command of the page's script that the loader does not know itself. */
    run(name: string, ...args: unknown[]): void;
}
