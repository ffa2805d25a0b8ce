// What the browser remembers between visits: who the visitor is, which
// conversation is theirs, and what was not yet acknowledged. Nothing is
// written before the visitor's first act, and nothing at all in noStorage
// mode. Every unsent act has its own key, so two tabs never overwrite each
// other's. A browser that refuses storage simply forgets.
import type { SentAct } from "./protocol";

export interface Identity { visitor: string; conversation: string }
export interface Unsent { act: SentAct; label: string; at: number }

let base = ""; // of all keys; none: nothing is kept
let enabled = false; // the visitor has acted

const attempt = <T>(action: () => T): T | undefined => {
    try {
        if (base) return action();
    } catch { /* storage is off, full, or holds something else */ }
    return undefined;
};
const recall = <T>(key: string): T | undefined => attempt(() => JSON.parse(localStorage[base + key] as string) as T);
const unsentKeys = (): string[] => attempt(() =>
    Object.keys(localStorage).filter((key) => key.startsWith(`${base}:`)).map((key) => key.slice(base.length))) ?? [];

/** key: "" for the identity, ":CID" for an unsent act. */
export const drop = (key = ""): void => void attempt(() => delete localStorage[base + key]);
export const keep = (value: object, key = ""): void => {
    if (enabled) attempt(() => { localStorage[base + key] = JSON.stringify(value); });
};

/** Who the visitor is, as far as it is known from an earlier visit. */
export function openMemory(bot: string, off: boolean): Partial<Identity> {
    base = off ? "" : `azentiko:${bot}`;
    const found = recall<Identity>("");
    enabled = !!found?.conversation;
    return found ?? {};
}

export const recallUnsent = (): Unsent[] => unsentKeys().map((key) => recall<Unsent>(key)!).filter((item) => item?.act?.cid)
    .sort((a, b) => a.at - b.at);

/** Whether the panel stands open, for the next page of the same visit. */
export const rememberOpen = (open: boolean): void => void attempt(() => {
    if (open) sessionStorage[base] = 1;
    else delete sessionStorage[base];
});

/** From now on things may be kept. */
export const enable = (): void => { enabled = true; };

/** Forgets who the visitor is and what is unsent. */
export function forgetAll(): void {
    drop();
    unsentKeys().forEach(drop);
    enabled = false;
}
