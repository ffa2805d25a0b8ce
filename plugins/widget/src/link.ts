// Keeps the chat connected. One state at a time:
//   connecting -> online      the server said ready
//   connecting -> waiting     the wire broke; another try follows by timer
//   online     -> waiting     the same, or the server said bye
//   connecting -> refused     the server will not serve this page; the end
// A socket that fails twice before "ready" gives way to the event stream; the
// next break tries the socket first again.
import type { ClientFrame, Fault, Hello, Ready, ServerFrame } from "./protocol";
import { openSocket, openStream, type Wire } from "./wire";

export type LinkState = { is: "connecting" | "online" } | { is: "waiting"; until: number } | { is: "refused"; why: Fault };

export interface LinkEvents {
    hello(): Hello;
    ready(frame: Ready): void;
    frame(frame: ServerFrame): void;
    state(state: LinkState): void;
}
export interface Link {
    /** False if there is no connection; the caller keeps what must not be lost. */
    send(frame: ClientFrame): boolean;
    /** Drops the connection and resumes at once: something is missing or late. */
    resync(): void;
    /** Tries now instead of at the end of the wait. */
    hurry(): void;
    end(): void;
}

const BACKOFF_MS = 400;
const BACKOFF_MAX_MS = 30_000;
const READY_MS = 10_000;
const PING_MS = 25_000;
const PONG_MS = 8000;

export function openLink(base: string, bot: () => string, events: LinkEvents): Link {
    let wire: Wire | undefined;
    let state: LinkState = { is: "connecting" };
    let attempt = 0; // breaks in a row without a useful frame between them
    let streaming = false; // what carries the current connection
    let failures = 0; // sockets in a row that broke before ready
    let timer = 0; // next try, or the time-out of this one
    let pong = 0;
    let asked: number | undefined; // the wait that bye asked for
    let over = false;
    const life = new AbortController();

    const become = (next: LinkState): void => {
        state = next;
        events.state(next);
    };
    /** Exponential, with jitter over its upper half; the first try after a good connection is quick. */
    const backoff = (): number =>
        (attempt ? Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** attempt) * (0.5 + Math.random() / 2) : 50 + Math.random() * BACKOFF_MS);

    const broke = (refusal?: Fault): void => {
        clearTimeout(timer);
        clearTimeout(pong);
        pong = 0;
        wire = undefined;
        if (over) return;
        if (refusal) return become({ is: "refused", why: refusal });
        if (state.is !== "online") failures = streaming ? 1 : failures + 1;
        const wait = asked ?? backoff();
        asked = undefined;
        attempt += 1;
        timer = setTimeout(connect, wait);
        become({ is: "waiting", until: Date.now() + wait });
    };
    const receive = (frame: ServerFrame): void => {
        clearTimeout(pong);
        pong = 0;
        if (frame.type === "ready") {
            clearTimeout(timer);
            failures = streaming ? 1 : 0;
            become({ is: "online" });
            events.ready(frame);
        } else if (frame.type === "bye") {
            asked = frame.reconnect_ms * (0.7 + 0.6 * Math.random());
            wire?.close();
        } else {
            attempt = 0;
            if (frame.type !== "pong") events.frame(frame);
        }
    };
    const connect = (): void => {
        clearTimeout(timer);
        become({ is: "connecting" });
        timer = setTimeout(() => wire?.close(), READY_MS);
        streaming = failures > 1;
        try {
            wire = (streaming ? openStream : openSocket)(base, bot(), events.hello(), { frame: receive, closed: broke });
        } catch {
            broke(); // the browser itself forbids it
        }
    };
    const send = (frame: ClientFrame): boolean => {
        if (state.is !== "online" || !wire) return false;
        wire.send(frame);
        return true;
    };
    const hurry = (): void => { if (state.is === "waiting") connect(); };
    const resync = (): void => {
        if (!wire) return hurry();
        asked = 0;
        wire.close();
    };
    const probe = (): void => {
        if (!pong && !streaming && send({ type: "ping" })) pong = setTimeout(resync, PONG_MS);
    };
    const { signal } = life;
    addEventListener("online", hurry, { signal });
    addEventListener("offline", probe, { signal });
    document.addEventListener("visibilitychange", () => {
        if (document.hidden) return;
        if (state.is === "online") probe();
        else hurry();
    }, { signal });
    const pulse = setInterval(() => { if (!document.hidden) probe(); }, PING_MS);
    queueMicrotask(connect); // the caller has its link by then
    return {
        send, resync, hurry,
        end() {
            over = true;
            life.abort();
            clearInterval(pulse);
            clearTimeout(timer);
            wire?.close();
        },
    };
}
