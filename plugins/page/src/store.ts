// The conversation as this page knows it: numbered messages in order, and the
// visitor's own that have no number yet. Nothing is shown twice: a message is
// known by its number, an own one by its CID until the server's ack gives it
// a number. A missing number is reported once the late ones had time to come.
import type { Block, Message, Sender, SentAct } from "./protocol";

export type Delivery = "sending" | "waiting" | "sent" | "failed";
export interface Entry {
    key: string;
    seq: number; // 0 until the server numbers it
    from: Sender;
    blocks: Block[];
    at: number; // ms
    act?: SentAct; // own and made here
    delivery?: Delivery;
    problem?: string; // why delivery failed, for people
}

export interface StoreEvents {
    placed(entry: Entry, before: Entry | null): void; // new, or moved in the order
    changed(entry: Entry): void;
    removed(entry: Entry): void;
    gap(): void;
}

const GAP_PATIENCE_MS = 1500;

export class Store {
    readonly entries: Entry[] = []; // numbered ones by number, then the others by time
    private readonly bySeq = new Map<number, Entry>();
    private readonly byCid = new Map<string, Entry>();
    private reached = 0; // every number up to this one is here
    private highest = 0; // highest number heard of
    private asked = 0; // `reached` when a gap was last reported
    private gapTimer = 0;

    constructor(private readonly events: StoreEvents) {}

    get after(): number { return this.reached; }
    get last(): number { return this.highest; }

    /** Own acts that the server has not acknowledged, oldest first. */
    unsent(): Entry[] {
        return this.entries.filter((e) => e.act && e.seq === 0 && e.delivery !== "failed");
    }

    add(act: SentAct, label: string, at: number): Entry {
        const entry: Entry = {
            key: act.cid, seq: 0, from: "visitor", blocks: [{ kind: "text", text: label }], at, act, delivery: "sending",
        };
        this.byCid.set(act.cid, entry);
        this.place(entry);
        return entry;
    }

    discard(entry: Entry): void {
        if (entry.act) this.byCid.delete(entry.act.cid);
        this.remove(entry);
    }

    find(cid: string): Entry | undefined { return this.byCid.get(cid); }

    deliver(entry: Entry, delivery: Delivery, problem?: string): void {
        entry.delivery = delivery;
        entry.problem = problem;
        this.events.changed(entry);
    }

    /** An own act is durable under this number. False if it is not ours or already known to be. */
    acknowledge(cid: string, seq: number): boolean {
        const entry = this.byCid.get(cid);
        if (!entry || entry.seq > 0) return false;
        const echo = this.bySeq.get(seq);
        if (echo) this.remove(echo); // the server's copy came before its ack
        entry.seq = seq;
        entry.delivery = "sent";
        entry.problem = undefined;
        this.remove(entry, false);
        this.bySeq.set(seq, entry);
        this.place(entry);
        this.events.changed(entry);
        this.heard(seq);
        return true;
    }

    /** False if it was here already. */
    receive(message: Message): boolean {
        if (this.bySeq.has(message.seq)) return false;
        const entry: Entry = {
            key: `#${message.seq}`, seq: message.seq, from: message.from, blocks: message.blocks, at: message.at,
        };
        this.bySeq.set(message.seq, entry);
        this.place(entry);
        this.heard(message.seq);
        return true;
    }

    /** The server's last number, from ready. */
    expect(last: number): void { this.heard(last); }

    /** The server starts this conversation at another number than 1: older ones are gone for good. */
    skipTo(seq: number): void {
        if (this.bySeq.size > 0 || this.reached > 0) return;
        this.reached = seq - 1;
    }

    private heard(seq: number): void {
        this.highest = Math.max(this.highest, seq);
        while (this.bySeq.has(this.reached + 1)) this.reached += 1;
        clearTimeout(this.gapTimer);
        if (this.reached < this.highest) this.gapTimer = setTimeout(() => this.missed(), GAP_PATIENCE_MS);
    }

    private missed(): void {
        if (this.asked > this.reached) { // asked before and it did not come: it never will
            const next = Math.min(...[...this.bySeq.keys()].filter((s) => s > this.reached), this.highest);
            this.reached = next;
            return this.heard(this.highest);
        }
        this.asked = this.reached + 1;
        this.events.gap();
    }

    private place(entry: Entry): void {
        let index = this.entries.length;
        while (index > 0 && this.follows(this.entries[index - 1]!, entry)) index -= 1;
        this.entries.splice(index, 0, entry);
        this.events.placed(entry, this.entries[index + 1] ?? null);
    }

    private follows(a: Entry, b: Entry): boolean {
        if (b.seq === 0) return false;
        return a.seq === 0 || a.seq > b.seq;
    }

    private remove(entry: Entry, forGood = true): void {
        const index = this.entries.indexOf(entry);
        if (index >= 0) this.entries.splice(index, 1);
        if (entry.seq > 0) this.bySeq.delete(entry.seq);
        if (forGood) this.events.removed(entry);
    }
}
