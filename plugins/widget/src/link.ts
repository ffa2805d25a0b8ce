// Keeps the chat connected: a wire that says "ready" is up; one that breaks is
// followed by another after a wait. After two sockets in a row that broke before
// "ready" the server is asked whether it serves this page at all; if it does,
// the event stream has its turn, and the next break tries the socket again.
import type { ClientFrame, ServerFrame } from "./protocol";
import { frame, hello, lost, refused } from "./talk";
import { address, openSocket, openStream, problem, type Wire } from "./wire";

const BACKOFF_MS = 400;
const BACKOFF_MAX_MS = 30_000;
const READY_MS = 10_000;
const PING_MS = 25_000;
const PONG_MS = 8000;

export let up = false;
export let broken = 0; // since when it is not up; 0 before the first break

let over = true; // nobody wants to be connected
let wire: Wire | undefined;
let attempt = 0; // breaks in a row without a useful frame between them
let failures = 0; // sockets in a row that broke before ready
let timer = 0; // next try, or the time-out of this one
let pong = 0;
let asked: number | undefined; // the wait that bye asked for

const calm = (): void => {
    clearTimeout(timer);
    clearTimeout(pong);
    pong = 0;
};
const close = (): void => wire?.[1]();

const ended = (): void => {
    calm();
    wire = undefined;
    if (over) return;
    if (!up) failures += 1;
    up = false;
    broken ||= Date.now();
    // Exponential, with jitter over its upper half; the first try after a good connection is quick.
    timer = setTimeout(connect, asked ?? (attempt ? Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** attempt) * (0.5 + Math.random() / 2) : 50 + Math.random() * BACKOFF_MS));
    asked = undefined;
    attempt += 1;
    lost();
};
const receive = (it: ServerFrame): void => {
    clearTimeout(pong);
    pong = 0;
    if (it.type === "bye") {
        asked = it.reconnect_ms * (0.7 + 0.6 * Math.random());
        return close();
    }
    if (it.type === "ready") {
        clearTimeout(timer);
        failures = broken = 0;
        up = true;
    } else attempt = 0;
    frame(it);
};

export async function connect(): Promise<void> {
    calm();
    over = false;
    timer = setTimeout(close, READY_MS);
    const stream = failures > 1;
    try {
        if (stream) {
            failures = 1;
            const response = await fetch(address("/config"), { signal: AbortSignal.timeout(READY_MS) });
            const fault = await problem(response);
            if (wire || over) return; // somebody was quicker
            if (!response.ok && !fault.retry_after_ms) return refused(fault);
        }
        wire = (stream ? openStream : openSocket)(hello(), receive, ended);
    } catch {
        ended(); // no network, or the browser itself forbids it
    }
}

/** False if there is no connection; the caller keeps what must not be lost. */
export const send = (it: ClientFrame): boolean => {
    if (up) wire![0](it);
    return up;
};

/** Tries now instead of at the end of the wait. */
export const hurry = (): void => { if (!over && !wire) void connect(); };

/** Drops the connection and resumes at once: something is missing or late. */
export const resync = (): void => {
    if (!wire) return hurry();
    asked = 0;
    close();
};
const look = (): void => {
    if (!document.hidden && !pong && send({ type: "ping" })) pong = setTimeout(resync, PONG_MS);
};

export const disconnect = (): void => {
    over = true;
    up = false;
    close();
    calm();
};

/* These stay for the life of the page; they do nothing while it is over. */
addEventListener("online", hurry);
addEventListener("offline", look);
document.addEventListener("visibilitychange", () => {
    look();
    hurry();
});
setInterval(look, PING_MS);
