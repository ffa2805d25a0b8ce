// Two ways to carry frames: a WebSocket, and where that is blocked, POST for
// what the visitor does plus a stream of server-sent events. A wire lives for
// one connection, reports its end exactly once, and never reconnects; that
// is link.ts's job.
import { fault, parseFrame } from "./parse";
import type { ClientFrame, Fault, Hello, Ready, ServerFrame } from "./protocol";

export interface Wire { send(frame: ClientFrame): void; close(): void }
export interface WireEvents {
    frame(frame: ServerFrame): void;
    /** refusal: the server's own words, where it said why it will not serve. */
    closed(refusal: Fault | null): void;
}

const OPEN_TIMEOUT_MS = 8000;
const STREAM_SILENCE_MS = 45_000; // the server comments every 15 s

/** Opens a socket and says hello on it. */
export function openSocket(publicKey: string, hello: Hello, events: WireEvents): Wire {
    const url = new URL("/v1/chat", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("bot", publicKey);
    const socket = new WebSocket(url, "azentiko.v1");
    let ended = false;
    const end = (): void => {
        if (ended) return;
        ended = true;
        clearTimeout(timer);
        socket.close();
        events.closed(null);
    };
    const timer = setTimeout(end, OPEN_TIMEOUT_MS);
    socket.addEventListener("open", () => {
        clearTimeout(timer);
        socket.send(JSON.stringify(hello));
    });
    socket.addEventListener("message", (event) => {
        const frame = typeof event.data === "string" ? parseFrame(event.data) : null;
        if (frame && !ended) events.frame(frame);
    });
    socket.addEventListener("close", end);
    return {
        send: (frame) => { if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame)); },
        close: end,
    };
}

/** Splits a stream of server-sent events into the data of each. */
async function readEvents(body: ReadableStream<Uint8Array>, alive: () => void, data: (text: string) => void) {
    const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
    let rest = "";
    for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        alive();
        const events = (rest + value.replace(/\r\n?/g, "\n")).split("\n\n");
        rest = events.pop() ?? "";
        for (const event of events) {
            const lines = event.split("\n").filter((l) => l.startsWith("data:"));
            if (lines.length) data(lines.map((l) => l.slice(5).trimStart()).join("\n"));
        }
    }
}

class Stream implements Wire {
    private readonly abort = new AbortController();
    private queue: Promise<unknown> = Promise.resolve();
    private silence = 0;
    private ready: Ready | null = null;

    constructor(private readonly publicKey: string, hello: Hello, private readonly events: WireEvents) {
        this.alive();
        void this.listen(hello).catch(() => undefined).finally(() => this.close());
    }

    close(refusal: Fault | null = null): void {
        if (this.abort.signal.aborted) return;
        clearTimeout(this.silence);
        this.abort.abort();
        this.events.closed(refusal);
    }

    /** One request at a time, so that messages arrive in the order in which they were written. */
    send(frame: ClientFrame): void {
        if (frame.type === "typing" || frame.type === "ping") return; // not worth a request
        this.queue = this.queue.then(() => this.post(frame)).catch(() => this.close());
    }

    private alive(): void {
        clearTimeout(this.silence);
        this.silence = setTimeout(() => this.close(), STREAM_SILENCE_MS);
    }

    private request(path: string, params: Record<string, unknown>, init: RequestInit): Promise<Response> {
        const url = new URL(path, location.href);
        for (const [name, value] of Object.entries({ bot: this.publicKey, ...params })) {
            if (value !== undefined) url.searchParams.set(name, String(value));
        }
        return fetch(url, { ...init, cache: "no-store", signal: this.abort.signal });
    }

    private async listen({ visitor, conversation, after, locale, tz }: Hello): Promise<void> {
        const params = { visitor, conversation, after, locale, tz };
        const response = await this.request("/v1/chat/events", params, { headers: { accept: "text/event-stream" } });
        if (response.ok && response.body) {
            return readEvents(response.body, () => this.alive(), (text) => this.deliver(text));
        }
        const temporary = response.status >= 500 || response.status === 429;
        this.close(temporary ? null : problem(response, await response.text()));
    }

    private async post(frame: ClientFrame): Promise<void> {
        const { ready } = this;
        if (!ready) return;
        const headers: Record<string, string> = {
            "content-type": "application/json", "authorization": `Bearer ${ready.visitor}`,
        };
        const cid = "cid" in frame ? frame.cid : undefined;
        if (cid) headers["idempotency-key"] = cid;
        const init = { method: "POST", headers, body: JSON.stringify(frame) };
        const response = await this.request("/v1/chat/messages", { conversation: ready.conversation }, init);
        const text = await response.text();
        if (response.ok) this.deliver(text);
        else this.events.frame({ ...problem(response, text), cid });
    }

    private deliver(text: string): void {
        const frame = parseFrame(text);
        if (!frame || this.abort.signal.aborted) return;
        if (frame.type === "ready") this.ready = frame;
        this.events.frame(frame);
    }
}

/** A refused request as an error frame; what may pass by itself carries a time to wait. */
function problem(response: Response, text: string): Fault {
    let body: Record<string, unknown> = {};
    try {
        body = JSON.parse(text) as Record<string, unknown>;
    } catch { /* not ours: a proxy's error page */ }
    const seconds = Number(response.headers.get("retry-after") ?? NaN);
    const temporary = response.status >= 500 || response.status === 429;
    const wait = seconds >= 0 ? seconds * 1000 : temporary ? 2000 : undefined;
    return fault({ retry_after_ms: wait, ...body });
}

/** Listens to the stream of events, whose address carries the hello. */
export function openStream(publicKey: string, hello: Hello, events: WireEvents): Wire {
    return new Stream(publicKey, hello, events);
}
