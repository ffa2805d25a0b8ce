// The conversation as this page knows it: numbered messages in order, and the
// visitor's own that have no number yet. Nothing is shown twice: a message is
// known by its number, an own one by its CID until the server's ack gives it
// a number. A missing number is reported once the late ones had time to come.
import { W } from "./words";
import type { Block, Message, Sender, SentAct } from "./protocol";

/** How far an own message has come. */
export type Delivery = W.sending | W.unsent | W.failed | W.sent | W.delivered | W.read;
export interface Entry {
    seq: number; // 0 until the server numbers it
    from: Sender;
    blocks: Block[];
    at: number; // ms
    act?: SentAct; // own and made here
    delivery?: Delivery;
    problem?: string; // why delivery failed, for people
}
export interface StoreEvents {
    placed(entry: Entry, before?: Entry): void; // new, or moved in the order
    changed(entry: Entry): void;
    removed(entry: Entry): void;
    gap(): void;
}
export interface Store {
    entries: Entry[]; // numbered ones by number, then the others by time
    after(): number; // every number up to this one is here
    last(): number; // highest number heard of
    unsent(): Entry[]; // own acts without an ack, oldest first
    add(act: SentAct, label: string, at: number): Entry;
    discard(entry: Entry): void;
    find(cid?: string): Entry | undefined;
    deliver(entry: Entry, delivery: Delivery, problem?: string): void;
    /** Own messages up to this number have come as far as this. */
    mark(seq: number, delivery: W.delivered | W.read): void;
    acknowledge(cid: string, seq: number): void;
    /** False if it was here already. */
    receive(message: Message): boolean;
    expect(last: number): void;
    clear(): void;
}

const GAP_MS = 1500;

export function openStore(events: StoreEvents): Store {
    const entries: Entry[] = [];
    const bySeq = new Map<number, Entry>();
    const byCid = new Map<string, Entry>();
    let reached = 0;
    let highest = 0;
    let asked = 0; // `reached` when a gap was last reported
    let timer = 0;

    const follows = (a: Entry, b: Entry): boolean => b.seq > 0 && (a.seq === 0 || a.seq > b.seq);
    const place = (entry: Entry): void => {
        let index = entries.length;
        while (index > 0 && follows(entries[index - 1]!, entry)) index -= 1;
        entries.splice(index, 0, entry);
        events.placed(entry, entries[index + 1]);
    };
    const remove = (entry: Entry): void => {
        const index = entries.indexOf(entry);
        if (index >= 0) entries.splice(index, 1);
        bySeq.delete(entry.seq);
    };
    const heard = (seq: number): void => {
        highest = Math.max(highest, seq);
        while (bySeq.has(reached + 1)) reached += 1;
        clearTimeout(timer);
        if (reached < highest) timer = setTimeout(missed, GAP_MS);
    };
    const missed = (): void => {
        if (asked > reached) { // asked before and it did not come: it never will
            reached = Math.min(...[...bySeq.keys()].filter((s) => s > reached), highest);
            return heard(highest);
        }
        asked = reached + 1;
        events.gap();
    };
    const deliver: Store["deliver"] = (entry, delivery, problem) => {
        entry.delivery = delivery;
        entry.problem = problem;
        events.changed(entry);
    };
    return {
        entries, deliver,
        after: () => reached,
        last: () => highest,
        unsent: () => entries.filter((e) => e.act && !e.seq && e.delivery !== W.failed),
        find: (cid) => byCid.get(cid!),
        expect: heard,
        add(act, label, at) {
            const entry: Entry = { seq: 0, from: "visitor", blocks: [{ kind: "text", text: label }], at, act, delivery: W.sending };
            byCid.set(act.cid, entry);
            place(entry);
            return entry;
        },
        discard(entry) {
            byCid.delete(entry.act!.cid);
            remove(entry);
            events.removed(entry);
        },
        mark(seq, delivery) {
            for (const e of entries) if (e.from === "visitor" && e.seq && e.seq <= seq && (e.delivery ?? W.sent) < delivery) deliver(e, delivery);
        },
        acknowledge(cid, seq) {
            const entry = byCid.get(cid);
            if (!entry || entry.seq) return;
            const echo = bySeq.get(seq); // the server's copy came before its ack
            if (echo) {
                remove(echo);
                events.removed(echo);
            }
            remove(entry);
            entry.seq = seq;
            bySeq.set(seq, entry);
            place(entry);
            // On two ways (a stream and a POST) the answer may overtake the ack.
            deliver(entry, entries.some((e) => e.from !== "visitor" && e.seq > seq) ? W.read : W.sent);
            heard(seq);
        },
        receive({ seq, from, blocks, at }) {
            if (bySeq.has(seq)) return false;
            // The server starts at another number than 1: older ones are gone for good.
            if (!bySeq.size && !reached) reached = seq - 1;
            const entry: Entry = { seq, from, blocks, at: Date.parse(at) || Date.now() };
            bySeq.set(seq, entry);
            place(entry);
            heard(seq);
            return true;
        },
        clear() {
            for (const entry of entries.splice(0)) events.removed(entry);
            bySeq.clear();
            byCid.clear();
            clearTimeout(timer);
            reached = highest = asked = 0;
        },
    };
}
