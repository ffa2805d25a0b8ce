// Sends what the visitor does, exactly as often as needed: each act keeps its
// CID, is sent once on every connection until it is acknowledged, waits where
// the server asks for patience, and survives a reload in Memory.
import type { Memory } from "./memory";
import type { Act, ClientFrame, Fault, SentAct } from "./protocol";
import type { Entry, Store } from "./store";

const ACK_TIMEOUT_MS = 12_000;

export interface OutboxEvents {
    send(frame: ClientFrame): boolean;
    /** No ack came in time: the connection is dead without knowing it. */
    stalled(): void;
}

export class Outbox {
    private readonly inFlight = new Set<string>(); // CIDs sent on this connection
    private holdTimer = 0; // set while the server wants patience
    private ackTimer = 0;

    constructor(
        private readonly store: Store, private readonly memory: Memory, private readonly events: OutboxEvents,
    ) {}

    get busy(): boolean { return this.inFlight.size > 0; }

    /** Acts of an earlier visit that were never acknowledged. */
    restore(): void {
        for (const item of this.memory.unsent()) this.store.add(item.act, item.label, item.at);
    }

    post(act: Act, label: string): Entry {
        const sent: SentAct = { ...act, cid: crypto.randomUUID() };
        const entry = this.store.add(sent, label, Date.now());
        this.memory.keepUnsent({ act: sent, label, at: entry.at });
        this.flush();
        return entry;
    }

    /** A new connection knows nothing of what the old one carried. */
    connected(): void {
        this.inFlight.clear();
        this.release();
    }

    disconnected(): void {
        clearTimeout(this.ackTimer);
        this.ackTimer = 0;
        for (const entry of this.store.unsent()) this.store.deliver(entry, "waiting");
    }

    acknowledged(cid: string, seq: number): void {
        this.inFlight.delete(cid);
        this.memory.dropUnsent(cid);
        this.store.acknowledge(cid, seq);
        this.watch(true);
    }

    /** The server refused an act: later, if it says when, else for good. */
    refused(entry: Entry, fault: Fault, text: string): void {
        const cid = entry.act!.cid;
        this.inFlight.delete(cid);
        if (fault.retry_after_ms === undefined) {
            this.memory.dropUnsent(cid);
            this.store.deliver(entry, "failed", text);
        } else {
            this.store.deliver(entry, "waiting");
            this.hold(fault.retry_after_ms);
        }
        this.watch(true);
    }

    retry(entry: Entry): void {
        this.memory.keepUnsent({ act: entry.act!, label: labelOf(entry), at: entry.at });
        this.store.deliver(entry, "sending");
        this.flush();
    }

    discard(entry: Entry): void {
        this.inFlight.delete(entry.act!.cid);
        this.memory.dropUnsent(entry.act!.cid);
        this.store.discard(entry);
    }

    private hold(ms: number): void {
        clearTimeout(this.holdTimer);
        this.holdTimer = setTimeout(() => this.release(), ms + 50 + Math.random() * 200);
    }

    private release(): void {
        clearTimeout(this.holdTimer);
        this.holdTimer = 0;
        this.flush();
    }

    private flush(): void {
        for (const entry of this.store.unsent()) {
            const act = entry.act!;
            if (this.holdTimer || (!this.inFlight.has(act.cid) && !this.events.send(act))) {
                if (!this.inFlight.has(act.cid)) this.store.deliver(entry, "waiting");
                continue;
            }
            this.inFlight.add(act.cid);
            if (entry.delivery !== "sending") this.store.deliver(entry, "sending");
        }
        this.watch(false);
    }

    private watch(restart: boolean): void {
        if (restart) {
            clearTimeout(this.ackTimer);
            this.ackTimer = 0;
        }
        if (this.ackTimer || this.inFlight.size === 0) return;
        this.ackTimer = setTimeout(() => {
            this.ackTimer = 0;
            this.events.stalled();
        }, ACK_TIMEOUT_MS);
    }
}

function labelOf(entry: Entry): string {
    const block = entry.blocks[0];
    return block?.kind === "text" ? block.text : "";
}
