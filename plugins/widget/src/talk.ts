// The conversation as this page knows it: numbered messages in order, then the
// visitor's own that have no number yet. Nothing is shown twice: a message is
// known by its number, an own one by its CID until the server's ack gives it
// a number. Each act is sent once on every connection until it is acknowledged,
// waits where the server asks for patience, and survives a reload in Memory.
// A missing number is asked for once the late ones had time to come.
import { newId } from "../../shared/id";
import { dress, host, refuse, say, shown, vanish } from "./chat";
import { connect, disconnect, resync, send } from "./link";
import { announce, draw, showDraft, showTyping } from "./log";
import { drop, enable, forgetAll, keep, openMemory, recallUnsent, rememberOpen, type Identity } from "./memory";
import type { Act, Block, Bot, Claim, Fault, Hello, Message, Phase, Ready, Sender, SentAct, ServerFrame } from "./protocol";
import { locale, t, W } from "./words";

export interface Entry {
    seq: number; // 0 until the server numbers it
    from: Sender;
    blocks: Block[];
    at: number; // ms
    act?: SentAct; // own and made here
    flies?: boolean; // sent on this connection, not acknowledged
    problem?: string; // refused for good: why, for people
    done?: Done;
    node?: HTMLElement; // log.ts's, as are the others
    day?: string;
    state?: string;
}
/** Told once, when the server took an act or refused it. */
export type Done = (fault?: Fault) => void;

const GAP_MS = 1500;
const ACK_MS = 12_000;
const ECHO_MS = 400;

export let entries: Entry[] = [];
export let identity: Partial<Identity> = {};
export let bot: Bot = { name: "" };
export let phase: Phase = "bot";
export let reached = 0; // every number up to this one is here
export let highest = 0; // number heard of
export let delivered = 0; // own messages up to this number have come as far
export let read = 0;

let unread = 0;
let history = -1; // messages up to this number were said before; -1 while unknown
let asked = 0; // `reached` + 1 when a gap was last reported
let gap = 0; // timers
let watch = 0;
let hold = 0; // set while the server wants patience
let claim: Claim | undefined;
let untold: [string, object][] = []; // events for the server, until it is there
let page = ""; // on which the server believes the visitor to be

export const where = (): string => location.origin + location.pathname;
const find = (cid?: string): Entry | undefined => entries.find(({ act }) => act && act.cid === cid);
const unsent = (): Entry[] => entries.filter(({ seq, problem }) => !seq && !problem);

/** Orders, counts, and asks for what is missing. */
function heard(seq = 0): void {
    highest = Math.max(highest, seq);
    entries.sort((a, b) => (a.seq || 1e9) - (b.seq || 1e9));
    for (const entry of entries) if (entry.seq === reached + 1) reached += 1;
    clearTimeout(gap);
    if (reached < highest) gap = setTimeout(() => {
        if (asked > reached) { // asked before and it did not come: it never will
            reached = (entries.find((entry) => entry.seq > reached)?.seq ?? highest + 1) - 1;
            return heard();
        }
        asked = reached + 1;
        resync();
    }, GAP_MS);
    draw();
}

/* ---- what the visitor does ---- */

function flush(): void {
    clearTimeout(watch);
    watch = 0;
    for (const entry of unsent()) {
        entry.flies ||= !hold && send(entry.act!);
        // No ack in time: the connection is dead without knowing it.
        if (entry.flies) watch ||= setTimeout(resync, ACK_MS);
    }
    draw();
}
const release = (): void => {
    clearTimeout(hold);
    hold = 0;
    flush();
};
const add = (act: SentAct, label: string, at: number, done?: Done): void =>
    void entries.push({ seq: 0, from: "visitor", blocks: [{ kind: "text", text: label }], at, act, done });

/** The visitor's act itself allows to store who they are. */
export function begin(): void {
    enable();
    if (identity.conversation) keep(identity);
    if (!host.full) rememberOpen(shown);
    announce();
}

/** Tells a bot whose menu depends on it which page the visitor looks at; again after another tab was looked at. */
function tellPage(): void {
    const url = where();
    if (bot.pages && url !== page && !document.hidden) send({ type: "page", page: { url } });
    page = document.hidden ? "" : url;
}
function setMenu(it: Partial<Bot>): void {
    bot = { ...bot, ...it };
    if (it.refresh_ms) setTimeout(() => { page = ""; }, it.refresh_ms); // the hour may change it: told the page again, the server says it again
    dress();
}

/** label is what the visitor's own message says. */
export function act(what: Act, label: string, done?: Done): void {
    begin();
    tellPage();
    const cid = newId();
    const sent = { ...what, cid };
    const at = Date.now();
    add(sent, label, at, done);
    keep({ act: sent, label, at }, `:${cid}`);
    flush();
}
export function retry(entry: Entry): void {
    entry.problem = undefined;
    keep({ act: entry.act, label: entry.blocks[0]!.text, at: entry.at }, `:${entry.act!.cid}`);
    entry.flies = false;
    flush();
}
export function discard(entry: Entry): void {
    entries = entries.filter((other) => other !== entry);
    draw();
}
export const tell = (name: string, data: object): void => {
    if (!send({ type: "event", name, data })) untold.push([name, data]);
};
/** Tells how far the visitor has read. */
let told = 0;
export const markRead = (): void => {
    if (reached > told && send({ type: "read", seq: reached })) told = reached;
};
export function seen(): void {
    if (!unread) return;
    unread = 0;
    host.emit("unread", { count: 0 });
    host.unread(0);
}

/** Goes on with another conversation, of which nothing is here but what is still to be sent. */
function restart(who: Partial<Identity>, kept: Entry[] = []): void {
    identity = who;
    entries = kept;
    reached = highest = asked = delivered = read = told = 0;
    history = -1;
    resync();
    draw();
}
/** The website says who the visitor is, with its server's proof: every hello does from now on. */
export function identify(user: string, { hash, expires, ...traits }: Partial<Claim> = {}): void {
    claim = { user: `${user}`, hash, expires, traits };
    resync();
}
/** The visitor wants a new conversation. */
export function again(): void {
    drop();
    restart({ visitor: identity.visitor });
}
/** Forgets everything here; what next: connect as somebody new, or not at all. */
export function reset(next?: () => void): void {
    claim = undefined;
    disconnect();
    forgetAll();
    restart({});
    next?.();
}
export function start(): void {
    identity = openMemory(host.config.bot!, (host.config.noStorage ?? false) !== false);
    for (const item of recallUnsent()) add(item.act, item.label, item.at);
    void connect();
    setInterval(tellPage, 1000); // no event tells of every way to another page
}

/* ---- what the server says ---- */

export const hello = (): Hello => ({
    type: "hello", ...identity, after: identity.conversation ? reached : undefined,
    page: { url: where(), referrer: document.referrer, title: document.title },
    identity: claim, locale, tz: Intl.DateTimeFormat().resolvedOptions().timeZone, screen: `${screen.width}x${screen.height}`,
});

/** The connection is gone, and with it what flew. */
export function lost(): void {
    clearTimeout(watch);
    for (const entry of entries) entry.flies = false;
    draw();
}
export function refused({ code, title }: Fault): void {
    host.emit("error", { code, title });
    if (code === "origin_not_allowed" && !host.full) vanish(title);
    else refuse(code === "bot_not_found" ? t(W.no_chat) : title || t(W.wrong));
}
function setPhase(next: Phase): void {
    if (next !== phase && /waiting|human/.test(next + phase)) host.emit("handover", { status: next });
    phase = next;
    draw();
}
function ready(it: Ready): void {
    const who = { visitor: it.visitor, conversation: it.conversation };
    if (identity.conversation && identity.conversation !== it.conversation && highest) {
        return restart(who, unsent()); // it is another one now; what was unsent goes there
    }
    page = ""; // the address of an event stream says nothing of it
    setMenu(it.bot);
    identity = who;
    keep(who);
    if (history < 0) history = it.seq;
    setPhase(it.status ?? "bot");
    heard(it.seq);
    lost();
    release();
    for (const event of untold.splice(0)) tell(...event);
    if (reached >= it.seq) announce();
}
function acknowledged(cid: string, seq: number): void {
    const entry = find(cid);
    if (!entry || entry.seq) return;
    const done = entry.act!;
    drop(`:${cid}`);
    discard(entries.find((other) => other.seq === seq)!); // the server's copy came before its ack
    entry.seq = seq;
    heard(seq);
    flush();
    entry.done?.();
    if (done.type === "command") host.emit("command", { name: done.name });
    else if (done.type === "form") {
        if (/^(lead|callback|ticket)$/.test(done.form)) host.emit(done.form, { form: done.form });
    } else if (done.type === "message") host.emit("message", { from: "visitor", seq, text: done.text });
}
function fault(why: Fault): void {
    const { code, cid, retry_after_ms: wait } = why;
    const title = code === "rate_limited" ? t(W.slow, Math.ceil((wait ?? 1000) / 1000)) : wait ? t(W.kept) : why.title || t(W.wrong);
    const entry = find(cid);
    host.emit(/^(quota|limit)/.test(code) ? "quota" : "error", { code, title: why.title });
    if (code === "identity_refused") return; // the website's business, not the visitor's
    if (/^(bad_visitor|not_found)$/.test(code) && !entry) { // the server does not know this visitor: start as a new one
        if (identity.visitor) {
            drop();
            restart({}, unsent());
        }
        return;
    }
    if (!entry || wait) say(title);
    if (!entry || entry.seq) return;
    if (wait) {
        entry.flies = false;
        clearTimeout(hold);
        hold = setTimeout(release, wait + 50 + Math.random() * 200);
    } else {
        drop(`:${cid}`);
        if (why.errors?.length) discard(entry); // the form itself says what to mend
        else entry.problem = title;
        entry.done?.({ ...why, title });
    }
    flush();
}
function message(it: Message, late?: boolean): void {
    const { cid, from, seq, at } = it;
    const blocks = it.blocks.filter((block) => block?.kind);
    const own = from === "visitor";
    if (find(cid)) return acknowledged(cid!, seq);
    // Perhaps our own, overtaking its ack: shown at once it would stand there twice for a blink.
    if (own && !late && unsent().some((entry) => entry.blocks[0]!.text === blocks[0]?.text)) return void setTimeout(message, ECHO_MS, it, true);
    if (entries.some((entry) => entry.seq === seq)) return;
    // The server starts at another number than 1: older ones are gone for good.
    if (!reached && !entries.some((entry) => entry.seq)) reached = seq - 1;
    entries.push({ seq, from, blocks, at: Date.parse(at) || Date.now() });
    if (!own) read = Math.max(read, seq - 1);
    heard(seq);
    if (reached >= highest) announce();
    if (own || seq <= history) return;
    host.emit("message", { from, seq, text: blocks.map(({ text }) => text).filter(Boolean).join("\n") });
    if (host.config.sound === "on") beep();
    if (shown && !document.hidden) return;
    host.emit("unread", { count: unread += 1 });
    host.unread(unread, t(W.unread, unread));
}

export function frame(it: ServerFrame): void {
    switch (it.type) {
    case "ready": return ready(it);
    case "message": return message(it);
    case "ack": return acknowledged(it.cid, it.seq);
    case "error": return fault(it);
    case "typing": return showTyping(it.from);
    case "delta": return showDraft(it.re, it.text);
    case "delivered": delivered = Math.max(delivered, it.seq); return draw();
    case "read": read = Math.max(read, it.seq); return draw();
    case "status": return setPhase(it.conversation);
    case "menu": return setMenu(it);
    case "forgotten":
        forgetAll();
        return restart({});
    }
}

/** Two soft notes; only after the visitor or the page has asked for sound. */
function beep(): void {
    const audio = new AudioContext();
    const note = new OscillatorNode(audio, { frequency: 660 });
    note.frequency.setValueAtTime(880, 0.1);
    note.connect(new GainNode(audio, { gain: 0.05 })).connect(audio.destination);
    note.onended = () => void audio.close();
    note.start();
    note.stop(0.2);
}
