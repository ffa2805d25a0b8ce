// Two ways to carry frames: a WebSocket, and where that is blocked, POST for
// what the visitor does plus a stream of server-sent events. A wire lives for
// one connection, reports its end exactly once, and never reconnects; that
// is link.ts's job.
import type { ClientFrame, Fault, Hello, Ready, ServerFrame } from "./protocol";

export interface Wire { send(frame: ClientFrame): void; close(): void }
export interface WireEvents {
    frame(frame: ServerFrame): void;
    /** refusal: the server's own words, where it said why it will not serve. */
    closed(refusal?: Fault): void;
}
type Open = (base: string, bot: string, hello: Hello, events: WireEvents) => Wire;

const SILENCE_MS = 45_000; // of a stream; the server comments every 15 s

function address(base: string, path: string, params: Record<string, unknown>): URL {
    const url = new URL(path, base);
    for (const [name, value] of Object.entries(params)) {
        if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url;
}

/** A frame that makes no sense is none. */
function read(text: unknown): ServerFrame | undefined {
    try {
        const frame = JSON.parse(String(text)) as ServerFrame | null;
        return frame?.type ? frame : undefined;
    } catch {
        return undefined;
    }
}

/** Opens a socket and says hello on it. */
export const openSocket: Open = (base, bot, hello, events) => {
    const url = address(base, "/v1/chat", { bot });
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url, "azentiko.v1");
    let ended = false;
    const end = (): void => {
        if (ended) return;
        ended = true;
        socket.close();
        events.closed();
    };
    socket.onopen = () => socket.send(JSON.stringify(hello));
    socket.onmessage = ({ data }) => {
        const frame = read(data);
        if (frame && !ended) events.frame(frame);
    };
    socket.onclose = end;
    return { send: (frame) => { if (socket.readyState === 1) socket.send(JSON.stringify(frame)); }, close: end };
};

/** A refused request as an error frame; what may pass by itself carries a time to wait. */
async function problem(response: Response, cid?: string): Promise<Fault> {
    const passing = response.status >= 500 || response.status === 429;
    const seconds = Number(response.headers.get("retry-after") ?? 2);
    const body = await response.json().catch(() => ({})) as object;
    return { title: "", code: "", retry_after_ms: passing ? seconds * 1000 : undefined, ...body, type: "error", cid };
}

/** Listens to the stream of events, whose address carries the hello. */
export const openStream: Open = (base, bot, { visitor, conversation, after, locale, tz }, events) => {
    const abort = new AbortController();
    const { signal } = abort;
    let queue = Promise.resolve(); // one request at a time, so that messages arrive as they were written
    let silence = 0;
    let ready: Ready | undefined;

    const close = (refusal?: Fault): void => {
        if (signal.aborted) return;
        clearTimeout(silence);
        abort.abort();
        events.closed(refusal);
    };
    const alive = (): void => {
        clearTimeout(silence);
        silence = setTimeout(close, SILENCE_MS);
    };
    const deliver = (text: string): void => {
        const frame = read(text);
        if (!frame || signal.aborted) return;
        if (frame.type === "ready") ready = frame;
        events.frame(frame);
    };
    const listen = async (): Promise<void> => {
        const url = address(base, "/v1/chat/events", { bot, visitor, conversation, after, locale, tz });
        const response = await fetch(url, { cache: "no-store", signal });
        if (!response.ok) {
            const fault = await problem(response);
            return close(fault.retry_after_ms === undefined ? fault : undefined);
        }
        const reader = response.body!.getReader();
        const utf8 = new TextDecoder();
        let rest = "";
        for (;;) {
            const { done, value } = await reader.read();
            if (done) return close();
            alive();
            const parts = (rest + utf8.decode(value, { stream: true })).split("\n\n");
            rest = parts.pop()!;
            for (const part of parts) {
                const lines = part.split("\n").filter((l) => l.startsWith("data:"));
                if (lines[0]) deliver(lines.map((l) => l.slice(5)).join("\n"));
            }
        }
    };
    const post = async (frame: ClientFrame): Promise<void> => {
        if (!ready) return;
        const cid = "cid" in frame ? frame.cid : undefined;
        const headers: Record<string, string> = { "content-type": "application/json", authorization: `Bearer ${ready.visitor}` };
        if (cid) headers["idempotency-key"] = cid;
        const url = address(base, "/v1/chat/messages", { bot, conversation: ready.conversation });
        const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(frame), signal });
        if (response.ok) deliver(await response.text());
        else events.frame(await problem(response, cid));
    };
    alive();
    listen().catch(() => close());
    return {
        close,
        send(frame) {
            if (frame.type === "typing" || frame.type === "ping") return; // not worth a request
            queue = queue.then(() => post(frame)).catch(() => close());
        },
    };
};
