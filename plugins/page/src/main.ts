// Puts the page together: link and outbox below, store in the middle, header,
// log and composer above. The path of a visitor's message is composer ->
// outbox -> link -> wire; that of an answer wire -> link -> store -> log.
import type { Actions, Outcome } from "./blocks";
import { Composer } from "./composer";
import { h } from "./dom";
import { Header } from "./header";
import { chooseLanguage, t } from "./i18n";
import { Intro } from "./intro";
import { Link, type LinkState } from "./link";
import { Log } from "./log";
import { Memory, type Identity } from "./memory";
import { Notice, wordsFor } from "./notice";
import { Outbox } from "./outbox";
import type { Act, Fault, Hello, Message, Ready, ServerFrame } from "./protocol";
import { Store } from "./store";
import { applyAccent } from "./theme";

const READ_DELAY_MS = 400;
const ECHO_PATIENCE_MS = 400;
const NOBODY = new Set(["bad_visitor", "not_found"]); // codes that mean: this visitor or conversation is gone

class Page {
    private readonly memory: Memory;
    private readonly store: Store;
    private readonly outbox: Outbox;
    private readonly link: Link;
    private readonly intro = new Intro();
    private readonly notice = new Notice();
    private readonly header = new Header(() => this.link.hurry());
    private readonly log: Log;
    private readonly composer: Composer;
    private readonly settled = new Map<string, (outcome: Outcome) => void>(); // by CID
    private identity: Identity | null;
    private readUpTo = 0;
    private readTimer = 0;

    constructor(publicKey: string, private readonly root: HTMLElement) {
        this.memory = new Memory(publicKey);
        this.identity = this.memory.identity();
        const actions: Actions = { act: (act, label) => this.act(act, label) };
        this.log = new Log(this.intro.root, actions, {
            retry: (entry) => this.outbox.retry(entry),
            discard: (entry) => this.outbox.discard(entry),
            seen: () => this.markRead(),
        });
        this.store = new Store({
            placed: (entry, before) => {
                this.intro.begun();
                this.log.place(entry, before, entry.seq >= this.store.last);
            },
            changed: (entry) => this.log.change(entry),
            removed: (entry) => this.log.remove(entry),
            gap: () => this.link.resync(),
        });
        this.link = new Link(publicKey, {
            hello: () => this.hello(),
            ready: (frame) => this.ready(frame, actions),
            frame: (frame) => this.frame(frame),
            state: (state) => this.linkChanged(state),
        });
        this.outbox = new Outbox(this.store, this.memory, {
            send: (frame) => this.link.send(frame),
            stalled: () => this.link.resync(),
        });
        this.composer = new Composer({
            say: (text) => void this.act({ type: "message", text }, text),
            command: (command, words) => {
                const args: Record<string, string> = words ? { text: words } : {};
                void this.act({ type: "command", name: command.name, args }, `${command.title} ${words}`.trim());
            },
            typing: () => this.link.send({ type: "typing" }),
        });
    }

    start(): void {
        const sheet = h("main", { class: "sheet" }, this.header.root, this.log.root, this.notice.root, this.composer.root);
        this.root.replaceChildren(sheet);
        document.addEventListener("visibilitychange", () => this.markRead());
        this.outbox.restore();
        this.link.start();
        this.composer.focusIfHandy();
    }

    private act(act: Act, label: string): Promise<Outcome> {
        this.memory.enable(this.identity);
        this.log.announce();
        const entry = this.outbox.post(act, label);
        return new Promise((resolve) => this.settled.set(entry.act!.cid, resolve));
    }

    private hello(): Hello {
        return {
            type: "hello",
            ...(this.identity && { ...this.identity, after: this.store.after }),
            page: { url: location.origin + location.pathname, referrer: document.referrer, title: document.title },
            locale: navigator.language,
            tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
            screen: `${screen.width}x${screen.height}`,
        };
    }

    private ready(frame: Ready, actions: Actions): void {
        const { bot } = frame;
        if (this.identity && this.identity.conversation !== frame.conversation && this.store.last > 0) {
            return location.reload(); // it is another conversation now; what was unsent waits in Memory
        }
        const first = this.header.setName(bot.name);
        this.log.setName(bot.name);
        applyAccent(bot.accent);
        this.composer.setCommands(bot.menu);
        if (first) this.intro.show(bot, actions);
        this.identity = { visitor: frame.visitor, conversation: frame.conversation };
        this.memory.keepIdentity(this.identity);
        this.header.setPhase(frame.status);
        this.store.expect(frame.seq);
        this.outbox.connected();
        if (this.store.after >= frame.seq) this.log.announce();
    }

    private frame(frame: ServerFrame): void {
        switch (frame.type) {
        case "message": return this.message(frame);
        case "ack": return this.acknowledged(frame.cid, frame.seq);
        case "error": return this.fault(frame);
        case "typing": return this.log.typing(frame.from);
        case "delta": return this.log.delta(frame.re, frame.text);
        case "status": return this.header.setPhase(frame.conversation);
        }
    }

    private message(message: Message, late = false): void {
        if (message.cid && this.store.find(message.cid)) return this.acknowledged(message.cid, message.seq);
        // Perhaps our own, overtaking its ack: shown at once it would stand there twice for a blink.
        if (message.from === "visitor" && this.outbox.busy && !late) {
            return void setTimeout(() => this.message(message, true), ECHO_PATIENCE_MS);
        }
        this.store.skipTo(message.seq);
        this.store.receive(message);
        if (this.store.after >= this.store.last) this.log.announce();
        this.markRead();
    }

    private acknowledged(cid: string, seq: number): void {
        this.outbox.acknowledged(cid, seq);
        this.settle(cid, { ok: true });
    }

    private fault(fault: Fault): void {
        const text = wordsFor(fault);
        const entry = fault.cid ? this.store.find(fault.cid) : undefined;
        if (NOBODY.has(fault.code) && !entry) return this.forget();
        if (!entry || fault.retry_after_ms !== undefined) this.notice.show(text);
        if (!entry || entry.seq > 0) return;
        if (fault.fields.length > 0) this.outbox.discard(entry); // the form itself says what to mend
        else this.outbox.refused(entry, fault, text);
        if (fault.retry_after_ms === undefined) this.settle(fault.cid!, { ok: false, text, fields: fault.fields });
    }

    private settle(cid: string, outcome: Outcome): void {
        this.settled.get(cid)?.(outcome);
        this.settled.delete(cid);
    }

    /** The server does not know this visitor: start as a new one. */
    private forget(): void {
        if (!this.identity) return;
        this.identity = null;
        this.memory.forgetIdentity();
        this.link.resync();
    }

    private linkChanged(state: LinkState): void {
        this.header.setLink(state);
        if (state.is === "waiting") this.outbox.disconnected();
        if (state.is === "refused") this.refuse(state.why);
    }

    private refuse(why: Fault): void {
        const text = h("p", { class: "refused-title" }, why.code === "bot_not_found" ? t("no_chat") : why.title || t("no_chat"));
        this.root.replaceChildren(h("main", { class: "sheet refused" }, text, h("p", {}, t("no_chat_hint"))));
    }

    /** Tells how far the visitor has read, once they have looked for a moment. */
    private markRead(): void {
        clearTimeout(this.readTimer);
        this.readTimer = setTimeout(() => {
            const seq = this.store.after;
            if (seq <= this.readUpTo || !this.log.inView) return;
            if (this.link.send({ type: "read", seq })) this.readUpTo = seq;
        }, READ_DELAY_MS);
    }
}

chooseLanguage();
const root = document.getElementById("app");
const publicKey = decodeURIComponent(location.pathname.split("/")[2] ?? "");
if (root) new Page(publicKey, root).start();
