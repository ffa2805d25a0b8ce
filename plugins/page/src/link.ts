// Keeps the page connected. One state at a time:
//   connecting -> online      the server said ready
//   connecting -> waiting     the wire broke; another try follows by timer
//   online     -> waiting     the same, or the server said bye
//   connecting -> refused     the server will not serve this page; the end
// A socket that fails twice before "ready" gives way to the event stream; the
// next break tries the socket first again.
import type { ClientFrame, Fault, Hello, Ready, ServerFrame } from "./protocol";
import { openSocket, openStream, type Wire } from "./wire";

export type LinkState =
    | { is: "connecting" } | { is: "online" }
    | { is: "waiting"; until: number } // wall clock, ms
    | { is: "refused"; why: Fault };

export interface LinkEvents {
    hello(): Hello;
    ready(frame: Ready): void;
    frame(frame: ServerFrame): void;
    state(state: LinkState): void;
}

const BACKOFF_MIN_MS = 400;
const BACKOFF_MAX_MS = 30_000;
const READY_TIMEOUT_MS = 10_000;
const PING_EVERY_MS = 25_000;
const PONG_TIMEOUT_MS = 8000;

export class Link {
    private wire: Wire | null = null;
    private current: LinkState = { is: "connecting" };
    private attempt = 0; // breaks in a row without a useful frame between them
    private streaming = false; // what carries the current connection
    private socketFailures = 0; // sockets in a row that broke before ready
    private timer = 0; // next try, or the time-out of this one
    private pongTimer = 0;
    private wait: number | null = null; // what bye asked for

    constructor(private readonly publicKey: string, private readonly events: LinkEvents) {}

    start(): void {
        addEventListener("online", () => this.hurry());
        addEventListener("offline", () => this.probe());
        document.addEventListener("visibilitychange", () => {
            if (document.visibilityState !== "visible") return;
            if (this.current.is === "online") this.probe();
            else this.hurry();
        });
        setInterval(() => { if (document.visibilityState === "visible") this.probe(); }, PING_EVERY_MS);
        this.connect();
    }

    get online(): boolean { return this.current.is === "online"; }

    /** False if there is no connection; the caller keeps what must not be lost. */
    send(frame: ClientFrame): boolean {
        if (!this.online || !this.wire) return false;
        this.wire.send(frame);
        return true;
    }

    /** Drops the connection and resumes at once: something is missing or late. */
    resync(): void {
        if (!this.wire) return this.hurry();
        this.wait = 0;
        this.wire.close();
    }

    /** Tries now instead of at the end of the wait. */
    hurry(): void {
        if (this.current.is === "waiting") this.connect();
    }

    private probe(): void {
        if (this.pongTimer || this.streaming || !this.send({ type: "ping" })) return;
        this.pongTimer = setTimeout(() => this.resync(), PONG_TIMEOUT_MS);
    }

    private set(state: LinkState): void {
        this.current = state;
        this.events.state(state);
    }

    private connect(): void {
        clearTimeout(this.timer);
        this.set({ is: "connecting" });
        this.timer = setTimeout(() => this.wire?.close(), READY_TIMEOUT_MS);
        this.streaming = this.socketFailures >= 2;
        const open = this.streaming ? openStream : openSocket;
        const events = {
            frame: (frame: ServerFrame): void => this.receive(frame),
            closed: (refusal: Fault | null): void => this.broke(refusal),
        };
        try {
            this.wire = open(this.publicKey, this.events.hello(), events);
        } catch {
            this.broke(null); // the browser itself forbids it
        }
    }

    private receive(frame: ServerFrame): void {
        clearTimeout(this.pongTimer);
        this.pongTimer = 0;
        if (frame.type === "ready") {
            clearTimeout(this.timer);
            this.socketFailures = this.streaming ? 1 : 0;
            this.set({ is: "online" });
            this.events.ready(frame);
        } else if (frame.type === "bye") {
            this.wait = frame.reconnect_ms * (0.7 + 0.6 * Math.random());
            this.wire?.close();
        } else {
            this.attempt = 0;
            if (frame.type !== "pong") this.events.frame(frame);
        }
    }

    private broke(refusal: Fault | null): void {
        clearTimeout(this.timer);
        clearTimeout(this.pongTimer);
        this.pongTimer = 0;
        this.wire = null;
        if (refusal) return this.set({ is: "refused", why: refusal });
        if (!this.online) this.socketFailures = this.streaming ? 1 : this.socketFailures + 1;
        const wait = this.wait ?? this.backoff();
        this.wait = null;
        this.attempt += 1;
        this.set({ is: "waiting", until: Date.now() + wait });
        this.timer = setTimeout(() => this.connect(), wait);
    }

    /** Exponential, with jitter over its upper half; the first try after a good connection is quick. */
    private backoff(): number {
        if (this.attempt === 0) return 50 + Math.random() * BACKOFF_MIN_MS;
        const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** this.attempt);
        return ceiling * (0.5 + Math.random() / 2);
    }
}
