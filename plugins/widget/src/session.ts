// One visitor's chat in one language: link and outbox below, store in the
// middle, header, log and composer above. The path of a visitor's message is
// composer -> outbox -> link -> wire; that of an answer wire -> link -> store -> log.
import { drawBlock, menuList } from "./blocks";
import { openComposer } from "./composer";
import { button, fill, h, type Child } from "./dom";
import { avatar, openHeader } from "./header";
import type { Host } from "./host";
import { openLink, type LinkState } from "./link";
import { openLog } from "./log";
import { openMemory, type Identity, type Unsent } from "./memory";
import { openOutbox } from "./outbox";
import type { Act, Bot, Fault, Hello, Message, Phase, Ready, ServerFrame } from "./protocol";
import { richText } from "./rich_text";
import { openStore } from "./store";
import { save } from "./transcript";
import { upload } from "./upload";
import { language, LANGUAGES, locale, nameOf, t, W } from "./words";

const READ_MS = 400;
const ECHO_MS = 400;
const NOTICE_MS = 8000;
const STARTERS = 6;
const CLOSE = "×";

export interface Session {
    root: HTMLElement;
    show(open: boolean, focus?: boolean): void;
    act(act: Act, label: string): Promise<Fault | undefined>;
    tell(name: string, data: object): void;
    dress(): void;
    /** Ends it; what a next one in another language goes on with. */
    end(forget?: boolean): Carried;
}
export interface Carried { identity?: Partial<Identity>; unsent: Unsent[]; sound: boolean; told: boolean }

export function openSession(host: Host, carried: Carried, setLocale: (tag: string) => void): Session {
    const { base, config, emit, full, panel } = host;
    const { bot: key = "" } = config;
    const memory = openMemory(key, config.noStorage !== undefined && config.noStorage !== false);
    let identity: Partial<Identity> | undefined = carried.identity ?? memory.identity();
    let { sound, told } = carried;
    let bot: Bot = { name: "" };
    let phase: Phase = "bot";
    let shown = !!full;
    let unread = 0;
    let history = -1; // messages up to this number were said before; -1 while unknown
    let readUpTo = 0;
    let readTimer = 0;
    let noticeTimer = 0;
    const waiting = new Map<string, { act: Act; settle(fault?: Fault): void }>(); // by CID
    const untold: [string, object][] = []; // events for the server, until it is there

    const tell = (name: string, data: object): void => {
        if (!link.send({ type: "event", name, data })) untold.push([name, data]);
    };

    /* ---- what is on the screen ---- */

    const intro = h("section.intro", { hidden: true });
    const notice = h("div.notice", { role: "alert", hidden: true });
    const say = (text: string): void => {
        fill(notice, h("span", { dir: "auto" }, text), button("quiet", () => { notice.hidden = true; }, CLOSE, t(W.close)));
        notice.hidden = false;
        clearTimeout(noticeTimer);
        noticeTimer = setTimeout(() => { notice.hidden = true; }, NOTICE_MS);
    };
    const act = (what: Act, label: string): Promise<Fault | undefined> => {
        memory.enable();
        if (identity?.conversation) memory.keep(identity as Identity);
        log.announce();
        const entry = outbox.post(what, label);
        return new Promise((settle) => waiting.set(entry.act!.cid, { act: what, settle }));
    };
    const store = openStore({
        placed(entry, before) {
            intro.classList.add("begun");
            log.place(entry, before, entry.seq >= store.last());
        },
        changed: (entry) => log.change(entry),
        removed: (entry) => log.remove(entry),
        gap: () => link.resync(),
    });
    const log = openLog(intro, store.entries, {
        act, seen: () => markRead(), retry: (entry) => outbox.retry(entry), discard: (entry) => outbox.discard(entry),
    });
    const composer = openComposer({
        say: (text) => void act({ type: "message", text }, text),
        command({ name, title }, words) { void act({ type: "command", name, args: words ? { text: words } : {} }, `${title} ${words}`.trim()); },
        typing: () => link.send({ type: "typing" }),
        file: (file) => void upload(base, key, identity, file).catch(() => say(t(W.too_big))),
    });

    /* ---- the menu of the header ---- */

    const item = (word: W, click: () => void, more = ""): HTMLElement => button(`item${more}`, click, t(word));
    const askForget = (event: Event): void => {
        event.stopPropagation();
        const yes = item(W.forget_sure, () => void (link.send({ type: "forget" }) || say(t(W.lost))), " error");
        (event.currentTarget as Element).replaceWith(yes);
        yes.focus();
    };
    const menu = (): Child[] => {
        const tags = LANGUAGES.map((tag) => h("option", { value: tag, selected: tag === language, lang: tag }, nameOf(tag)));
        const select = h("select", { change: () => setLocale(select.value), click: (event: Event) => event.stopPropagation() }, tags);
        const begun = store.entries.length > 0;
        const forget = begun && h("button.item", { type: "button", click: askForget }, t(W.forget));
        const beep = h("input", { type: "checkbox", checked: sound, change: () => { sound = beep.checked; } });
        return [
            h("label.item", { click: (event: Event) => event.stopPropagation() }, h("span", {}, t(W.language)), select),
            h("label.item", { click: (event: Event) => event.stopPropagation() }, h("span", {}, t(W.sound)), beep),
            begun && item(W.transcript, () => save(bot.name, store.entries, log.nameOf)),
            begun && full && item(W.print, () => print()),
            begun && phase !== "closed" && item(W.end, () => link.send({ type: "close" })),
            forget,
        ];
    };
    const header = openHeader(menu, () => link.hurry(), full ? undefined : () => host.close());
    const root = h(full ? "main.sheet" : "section.sheet", {
        role: full ? null : "dialog", "aria-labelledby": "name", tabindex: -1,
        keydown(event: KeyboardEvent) {
            if (event.key !== "Escape" || event.isComposing) return;
            if (!header.shut() && !full) host.close();
        },
    }, header.root, log.root, notice, composer.root);

    const dress = (): void => {
        const { theme = {} } = bot;
        const colour = [config.color, theme.accent, theme.color].find((c) => c && CSS.supports("color", c));
        panel.style.setProperty("--c", colour ?? "");
        ((panel.getRootNode() as ShadowRoot).host as HTMLElement | undefined)?.style.setProperty("--azentiko", colour ?? "");
        panel.style.colorScheme = /^(dark|light)$/.test(config.theme ?? "") ? config.theme! : "";
        header.setBot(bot.name, config.avatar ?? theme.avatar);
    };
    const introduce = (): void => {
        const { greeting = config.greeting, theme = {}, menu: commands = [] } = bot;
        fill(intro, h("div.avatar large", { "aria-hidden": true }, avatar(bot.name, config.avatar ?? theme.avatar)),
            h("p.title", { dir: "auto" }, bot.name), richText(greeting),
            h("div.starters", {}, menuList(commands.slice(0, STARTERS), act)));
        intro.hidden = false;
    };

    /* ---- what the server says ---- */

    const hello = (): Hello => ({
        type: "hello", ...identity, ...(identity?.conversation && { after: store.after() }),
        page: { url: location.origin + location.pathname, referrer: document.referrer, title: document.title },
        locale, tz: Intl.DateTimeFormat().resolvedOptions().timeZone, screen: `${screen.width}x${screen.height}`,
    });
    const restart = (): void => {
        identity = { visitor: identity?.visitor };
        memory.forget();
        begin();
        composer.focus();
    };
    const begin = (): void => {
        store.clear();
        history = -1;
        log.after();
        intro.classList.remove("begun");
        link.resync();
    };
    const setPhase = (next: Phase): void => {
        if (next !== phase && (next === "human" || next === "waiting" || phase === "human")) emit("handover", { status: next });
        phase = next;
        header.setPhase(next);
        if (next !== "closed") return log.after();
        const rating = drawBlock({ kind: "rating" }, (what, label) => act(what, label).then((fault) => {
            if (!fault) log.after(h("p", {}, t(W.rated)), again());
            return fault;
        }), true);
        log.after(rating, again());
    };
    const again = (): HTMLElement => button("pick", restart, t(W.restart));
    const ready = (frame: Ready): void => {
        if (identity?.conversation && identity.conversation !== frame.conversation && store.last()) {
            // It is another conversation now; what was unsent goes there.
            const unsent = store.unsent();
            identity = { visitor: frame.visitor, conversation: frame.conversation };
            begin();
            for (const { act: own, blocks, at } of unsent) store.add(own!, blocks[0]!.text!, at);
            return;
        }
        bot = frame.bot;
        dress();
        log.setName(bot.name);
        composer.setCommands(bot.menu ?? []);
        composer.allowFiles(!!bot.files);
        if (intro.hidden) introduce();
        identity = { visitor: frame.visitor, conversation: frame.conversation };
        memory.keep(identity as Identity);
        if (history < 0) history = frame.seq;
        setPhase(frame.status ?? "bot");
        store.expect(frame.seq);
        outbox.connected();
        for (const [name, data] of untold.splice(0)) tell(name, data);
        if (store.after() >= frame.seq) log.announce();
    };
    const acknowledged = (cid: string, seq: number): void => {
        outbox.acknowledged(cid, seq);
        const { act: done, settle } = waiting.get(cid) ?? {};
        waiting.delete(cid);
        settle?.();
        if (!done) return;
        if (done.type === "command") emit("command", { name: done.name });
        else if (done.type === "form" && /^(lead|callback|ticket)$/.test(done.form)) emit(done.form, { form: done.form });
        else if (done.type === "message") emit("message", { from: "visitor", seq, text: done.text });
    };
    const fault = (why: Fault): void => {
        const { code, cid, retry_after_ms: wait } = why;
        const text = code === "rate_limited" ? t(W.slow, Math.ceil((wait ?? 1000) / 1000)) : wait !== undefined ? t(W.kept) : why.title || t(W.wrong);
        const entry = store.find(cid);
        emit(/^(quota|limit)/.test(code) ? "quota" : "error", { code, title: why.title });
        if (/^(bad_visitor|not_found)$/.test(code) && !entry) { // the server does not know this visitor: start as a new one
            if (!identity) return;
            identity = undefined;
            memory.forget();
            return link.resync();
        }
        if (!entry || wait !== undefined) say(text);
        if (!entry || entry.seq) return;
        if (why.errors?.length) outbox.discard(entry); // the form itself says what to mend
        else outbox.refused(entry, why, text);
        if (wait !== undefined) return;
        waiting.get(cid!)?.settle({ ...why, title: text });
        waiting.delete(cid!);
    };
    const message = (frame: Message, late?: boolean): void => {
        const { cid, from, seq } = frame;
        frame.blocks = frame.blocks.filter((block) => block?.kind);
        if (store.find(cid)) return acknowledged(cid!, seq);
        // Perhaps our own, overtaking its ack: shown at once it would stand there twice for a blink.
        const ours = !late && from === "visitor" && store.unsent().some((e) => e.blocks[0]!.text === frame.blocks[0]?.text);
        if (ours) return void setTimeout(() => message(frame, true), ECHO_MS);
        if (!store.receive(frame)) return;
        if (from !== "visitor") store.mark(seq - 1, W.read);
        if (store.after() >= store.last()) log.announce();
        markRead();
        if (from === "visitor" || seq <= history) return;
        emit("message", { from, seq, text: frame.blocks.map((b) => b.text).filter(Boolean).join("\n") });
        if (sound) beep();
        if (shown && !document.hidden) return;
        emit("unread", { count: unread += 1 });
        host.unread(unread, t(W.unread, unread));
    };
    const receive = (frame: ServerFrame): void => {
        switch (frame.type) {
        case "message": return message(frame);
        case "ack": return acknowledged(frame.cid, frame.seq);
        case "error": return fault(frame);
        case "typing": return log.typing(frame.from);
        case "delta": return log.delta(frame.re, frame.text);
        case "delivered": return store.mark(frame.seq, W.delivered);
        case "read": return store.mark(frame.seq, W.read);
        case "status": return setPhase(frame.conversation);
        case "forgotten":
            memory.forget(true);
            identity = undefined;
            return begin();
        }
    };
    const linked = (state: LinkState): void => {
        header.setLink(state);
        if (state.is === "waiting") outbox.disconnected();
        if (state.is !== "refused") return;
        emit("error", { code: state.why.code, title: state.why.title });
        fill(root, h("div.refused", {}, h("p.title", {}, state.why.code === "bot_not_found" ? t(W.no_chat) : state.why.title), h("p", {}, t(W.no_chat_hint)),
            !full && button("pick", () => host.close(), t(W.close))));
    };
    /** Tells how far the visitor has read, once they have looked for a moment. */
    const markRead = (): void => {
        clearTimeout(readTimer);
        readTimer = setTimeout(() => {
            const seq = store.after();
            if (seq > readUpTo && shown && log.inView() && link.send({ type: "read", seq })) readUpTo = seq;
        }, READ_MS);
    };
    const seen = (): void => {
        if (!shown || document.hidden) return;
        if (unread) emit("unread", { count: unread = 0 });
        host.unread(0, "");
        markRead();
    };

    const link = openLink(base, () => key, { hello, ready, frame: receive, state: linked });
    const outbox = openOutbox(store, () => memory, link.send, link.resync);
    if (carried.unsent.length) for (const { act: own, label, at } of carried.unsent) store.add(own, label, at);
    else outbox.restore();
    document.addEventListener("visibilitychange", seen);
    return {
        root, act, tell, dress,
        show(open, focus) {
            shown = open;
            if (!full) memory.opened(open && !!identity);
            if (!open) return;
            if (!told) tell(full ? "fullpage.visited" : "widget.opened", { url: location.origin + location.pathname });
            told = true;
            log.follow();
            seen();
            if (!focus) return;
            if (matchMedia("(pointer: fine)").matches) composer.focus();
            else root.focus(); // no keyboard jumps over the page
        },
        end(forget) {
            document.removeEventListener("visibilitychange", seen);
            link.end();
            if (forget) memory.forget(true);
            const unsent = store.unsent().map(({ act: own, blocks, at }) => ({ act: own!, label: blocks[0]!.text!, at }));
            return { identity: forget ? undefined : identity, unsent: forget ? [] : unsent, sound, told };
        },
    };
}

/** Two soft notes; only after the visitor has asked for sound. */
function beep(): void {
    const audio = new AudioContext();
    [0, 0.12].forEach((at, i) => {
        const note = new OscillatorNode(audio, { frequency: i ? 880 : 660 });
        const loudness = new GainNode(audio, { gain: 0.05 });
        note.connect(loudness).connect(audio.destination);
        note.start(audio.currentTime + at);
        note.stop(audio.currentTime + at + 0.1);
    });
    setTimeout(() => void audio.close(), 600);
}
