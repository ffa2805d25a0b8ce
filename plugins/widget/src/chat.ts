// The chat itself, imported by w.js when it is opened and by the full page at
// once. Its nodes live in a shadow root of their own, so that no name of the
// host page, nor of the launcher, can meet one of its own.
import css from "../style/chat.css";
import { commandAct } from "./blocks";
import { fill } from "./dom";
import type { Chat, Host } from "./host";
import { openSession, type Carried } from "./session";
import { direction, language, speak } from "./words";

export async function start(host: Host): Promise<Chat> {
    const { config, panel, full } = host;
    const locale = config.locale === "auto" ? undefined : config.locale;
    await speak(host.base, [locale, ...navigator.languages]);
    const root = panel.shadowRoot ?? panel.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];

    let shown = !!full;
    const open = (carried: Carried): void => {
        panel.lang = language;
        panel.dir = direction();
        panel.className = `${full ? "full" : config.position ?? ""}${shown ? " open" : ""}`;
        session = openSession(host, carried, setLocale);
        fill(root as unknown as Element, session.root);
        if (shown) session.show(true);
    };
    const setLocale = (tag: string): void => {
        void speak(host.base, [tag]).then(() => {
            open(session.end());
            session.tell("locale", { locale: language });
        });
    };
    const alone = matchMedia("(max-width: 480px)");
    /** Where the chat covers the page, the page is out of reach. */
    const cover = (): void => {
        const covered = !full && shown && alone.matches;
        document.body.inert = covered;
        session.root.ariaModal = covered ? "true" : null;
    };
    alone.addEventListener("change", cover);

    let session!: ReturnType<typeof openSession>;
    open({ unsent: [], sound: config.sound === "on", told: false });
    const commands: Record<string, (...args: never[]) => void> = {
        sendMessage: (text: string) => void session.act({ type: "message", text }, text),
        sendCommand: (name: string, args: Record<string, unknown> = {}) => void session.act({ ...commandAct(name), args } as never, `/${name}`),
        setLocale,
        update() {
            panel.className = `${full ? "full" : config.position ?? ""}${shown ? " open" : ""}`;
            session.dress();
        },
        identify: (id: string, data: object = {}) => session.tell("visitor.identify", { id, ...data }),
        setContext: (data: object) => session.tell("page.context", data),
        reset: () => open({ ...session.end(true), told: true }),
        shutdown() {
            session.end(true);
            document.body.inert = false;
            fill(root as unknown as Element);
        },
    };
    return {
        show(next, focus) {
            shown = next;
            panel.classList.toggle("open", next);
            session.show(next, focus);
            cover();
        },
        run(name, args) {
            if (Object.hasOwn(commands, name)) commands[name]!(...args as never[]);
        },
    };
}
