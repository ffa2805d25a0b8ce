// What the browser remembers between visits: who the visitor is, which
// conversation is theirs, and what was not yet acknowledged. Nothing is
// written before the visitor's first act, and nothing at all in noStorage
// mode. Every unsent act has its own key, so two tabs never overwrite each
// other's. A browser that refuses storage simply forgets.
import type { SentAct } from "./protocol";

export interface Identity { visitor: string; conversation: string }
export interface Unsent { act: SentAct; label: string; at: number }
export interface Memory {
    identity(): Identity | undefined;
    keep(identity: Identity): void;
    unsent(): Unsent[];
    keepUnsent(item: Unsent): void;
    dropUnsent(cid: string): void;
    /** Whether the panel stands open, for the next page of the same visit. */
    opened(open: boolean): void;
    /** Forgets who the visitor is; all: what is unsent too. */
    forget(all?: boolean): void;
    /** The visitor has acted: from now on things may be kept. */
    enable(): void;
}

export function openMemory(bot: string, off: boolean): Memory {
    const base = `azentiko:${bot}`;
    let enabled = false;
    const attempt = <T>(action: () => T): T | undefined => {
        try {
            return off ? undefined : action();
        } catch {
            return undefined; // storage is off, full, or holds something else
        }
    };
    const read = (key: string): unknown => attempt(() => JSON.parse(localStorage.getItem(key) ?? "null") as unknown);
    const write = (key: string, value: object): void => {
        if (enabled) attempt(() => localStorage.setItem(key, JSON.stringify(value)));
    };
    const drop = (key: string): void => void attempt(() => localStorage.removeItem(key));
    const unsentKeys = (): string[] => attempt(() => Object.keys(localStorage).filter((k) => k.startsWith(`${base}:`))) ?? [];
    const identity = (): Identity | undefined => {
        const found = read(base) as Identity | null | undefined;
        return found?.visitor && found.conversation ? found : undefined;
    };
    enabled = identity() !== undefined;
    return {
        identity,
        keep: (who) => write(base, who),
        unsent: () => unsentKeys().map((key) => read(key) as Unsent | null | undefined)
            .filter((u): u is Unsent => !!u?.act?.cid).sort((a, b) => a.at - b.at),
        keepUnsent: (item) => write(`${base}:${item.act.cid}`, item),
        dropUnsent: (cid) => drop(`${base}:${cid}`),
        opened: (open) => void attempt(() => (open ? sessionStorage.setItem(base, "1") : sessionStorage.removeItem(base))),
        forget(all) {
            drop(base);
            if (!all) return;
            unsentKeys().forEach(drop);
            enabled = false;
        },
        enable() { enabled = true; },
    };
}
