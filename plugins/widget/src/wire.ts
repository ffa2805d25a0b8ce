// Two ways to carry frames: a WebSocket, and where that is blocked, POST for
// what the visitor does plus a stream of server-sent events. A wire lives for
// one connection, reports its end exactly once, and never reconnects; that
// is link.ts's job.
import { host } from "./chat";
import type { ClientFrame, Fault, Hello, ServerFrame } from "./protocol";
import { identity } from "./talk";

export type Wire = [send: (frame: ClientFrame) => void, close: () => void];
type Open = (hello: Hello, receive: (frame: ServerFrame) => void, ended: () => void) => Wire;

/** An address of the chat's server for this bot; params that are undefined are left out. */
export const address = (path: string, params = {}): string =>
    `${new URL(`/v1/chat${path}`, host.base).href}?${new URLSearchParams(JSON.parse(JSON.stringify({ bot: host.config.bot, ...params })) as {})}`;

/** Opens a socket and says hello on it. */
export const openSocket: Open = (hello, receive, ended) => {
    const socket = new WebSocket(address("").replace("http", "ws"), "azentiko.v1");
    const send = (frame: ClientFrame): void => socket.send(JSON.stringify(frame));
    const close = (): void => {
        if (!socket.onclose) return;
        socket.onmessage = socket.onclose = null;
        socket.close();
        ended();
    };
    socket.onopen = () => send(hello);
    socket.onmessage = ({ data }) => receive(JSON.parse(data as string) as ServerFrame);
    socket.onclose = close;
    return [send, close];
};

/** Listens to the stream of events, whose address carries the hello. */
export const openStream: Open = ({ visitor, conversation, after, locale, tz, identity: claim }, receive, ended) => {
    const source = new EventSource(address("/events", { visitor, conversation, after, locale, tz, ...claim, traits: undefined }));
    let queue = Promise.resolve(); // one request at a time, so that messages arrive as they were written
    const close = (): void => {
        if (!source.onerror) return;
        source.onmessage = source.onerror = null;
        source.close();
        ended();
    };
    source.onmessage = ({ data }) => receive(JSON.parse(data as string) as ServerFrame);
    source.onerror = close;
    const post = async (frame: ClientFrame): Promise<void> => {
        const cid = (frame as { cid?: string }).cid;
        const response = await fetch(address("/messages", { conversation: identity.conversation }), {
            method: "POST", body: JSON.stringify(frame),
            headers: { "content-type": "application/json", authorization: `Bearer ${identity.visitor}`, ...cid && { "idempotency-key": cid } },
        });
        if (!response.ok) receive(await problem(response, cid));
        else receive(cid ? await response.json() as ServerFrame : { type: "pong" });
    };
    return [(frame) => { queue = queue.then(() => post(frame)).catch(close); }, close];
};

/** A refused request as an error frame; what may pass by itself carries a time to wait. */
export const problem = async (response: Response, cid?: string): Promise<Fault> => ({
    ...await response.json().catch(() => null) as Fault, type: "error", cid,
    retry_after_ms: response.status > 499 || response.status === 429 ? Number(response.headers.get("retry-after") ?? 2) * 1e3 : undefined,
});
