// Sends what the visitor does, exactly as often as needed: each act keeps its
// CID, is sent once on every connection until it is acknowledged, waits where
// the server asks for patience, and survives a reload in Memory.
import type { Memory } from "./memory";
import type { Act, ClientFrame, Fault, SentAct } from "./protocol";
import type { Entry, Store } from "./store";
import { W } from "./words";

const ACK_MS = 12_000;

export interface Outbox {
    restore(): void; // acts of an earlier visit that were never acknowledged
    post(act: Act, label: string): Entry;
    connected(): void; // a new connection knows nothing of what the old one carried
    disconnected(): void;
    acknowledged(cid: string, seq: number): void;
    /** The server refused an act: later, if it says when, else for good. */
    refused(entry: Entry, fault: Fault, text: string): void;
    retry(entry: Entry): void;
    discard(entry: Entry): void;
}

/** stalled: no ack came in time, the connection is dead without knowing it. */
export function openOutbox(store: Store, memory: () => Memory, send: (frame: ClientFrame) => boolean, stalled: () => void): Outbox {
    const flying = new Set<string>(); // CIDs sent on this connection
    let hold = 0; // set while the server wants patience
    let timer = 0;

    const keep = (act: SentAct, { blocks, at }: Entry): void => memory().keepUnsent({ act, label: blocks[0]!.text!, at });
    const watch = (restart?: boolean): void => {
        if (restart) {
            clearTimeout(timer);
            timer = 0;
        }
        if (!timer && flying.size) timer = setTimeout(() => {
            timer = 0;
            stalled();
        }, ACK_MS);
    };
    const flush = (): void => {
        for (const entry of store.unsent()) {
            const { cid } = entry.act!;
            const flies = flying.has(cid) || (!hold && send(entry.act!));
            if (flies) flying.add(cid);
            const delivery = flies ? W.sending : W.unsent;
            if (entry.delivery !== delivery) store.deliver(entry, delivery);
        }
        watch();
    };
    const release = (): void => {
        clearTimeout(hold);
        hold = 0;
        flush();
    };
    const land = (cid: string): void => {
        flying.delete(cid);
        memory().dropUnsent(cid);
    };
    return {
        restore() { for (const { act, label, at } of memory().unsent()) store.add(act, label, at); },
        post(act, label) {
            // No randomUUID: it is missing on pages without TLS.
            const cid = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
            const entry = store.add({ ...act, cid }, label, Date.now());
            keep(entry.act!, entry);
            flush();
            return entry;
        },
        connected() {
            flying.clear();
            release();
        },
        disconnected() {
            clearTimeout(timer);
            timer = 0;
            for (const entry of store.unsent()) store.deliver(entry, W.unsent);
        },
        acknowledged(cid, seq) {
            land(cid);
            store.acknowledge(cid, seq);
            watch(true);
        },
        refused(entry, { retry_after_ms }, text) {
            const { cid } = entry.act!;
            if (retry_after_ms === undefined) {
                land(cid);
                store.deliver(entry, W.failed, text);
            } else {
                flying.delete(cid);
                store.deliver(entry, W.unsent);
                clearTimeout(hold);
                hold = setTimeout(release, retry_after_ms + 50 + Math.random() * 200);
            }
            watch(true);
        },
        retry(entry) {
            keep(entry.act!, entry);
            store.deliver(entry, W.sending);
            flush();
        },
        discard(entry) {
            land(entry.act!.cid);
            store.discard(entry);
        },
    };
}
