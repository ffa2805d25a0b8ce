// What the browser remembers between visits: who the visitor is, which
// conversation is theirs, and what was not yet acknowledged. Nothing is
// written before the visitor's first act. Every unsent act has its own key, so
// two tabs never overwrite each other's. A browser that refuses storage
// simply forgets.
import type { SentAct } from "./protocol";

export interface Identity { visitor: string; conversation: string }
export interface Unsent { act: SentAct; label: string; at: number }

export class Memory {
    private readonly base: string;
    private enabled = false;

    constructor(publicKey: string) {
        this.base = `azentiko:${publicKey}`;
        this.enabled = this.identity() !== null;
    }

    /** The visitor has acted: from now on things may be kept. */
    enable(identity: Identity | null): void {
        this.enabled = true;
        if (identity) this.keepIdentity(identity);
    }

    identity(): Identity | null {
        const v = this.read(this.base) as Partial<Identity> | null;
        return typeof v?.visitor === "string" && typeof v.conversation === "string" ? (v as Identity) : null;
    }

    keepIdentity(identity: Identity): void { this.write(this.base, identity); }

    unsent(): Unsent[] {
        const items = this.outboxKeys().map((key) => this.read(key) as Unsent | null);
        return items.filter((u): u is Unsent => typeof u?.act?.cid === "string").sort((a, b) => a.at - b.at);
    }

    keepUnsent(item: Unsent): void { this.write(`${this.base}:out:${item.act.cid}`, item); }
    dropUnsent(cid: string): void { this.attempt(() => localStorage.removeItem(`${this.base}:out:${cid}`)); }

    /** The server does not know this visitor any more. */
    forgetIdentity(): void { this.attempt(() => localStorage.removeItem(this.base)); }

    private outboxKeys(): string[] {
        return this.attempt(() => Object.keys(localStorage).filter((k) => k.startsWith(`${this.base}:out:`))) ?? [];
    }

    private read(key: string): unknown {
        return this.attempt(() => JSON.parse(localStorage.getItem(key) ?? "null") as unknown) ?? null;
    }

    private write(key: string, value: unknown): void {
        if (this.enabled) this.attempt(() => localStorage.setItem(key, JSON.stringify(value)));
    }

    private attempt<T>(action: () => T): T | null {
        try {
            return action();
        } catch {
            return null; // storage is off, full, or holds something else
        }
    }
}
