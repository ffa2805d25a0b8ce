// The line to the server: a ticket for the key, a socket for the ticket, and
// again after a break. What was sent and not acknowledged is sent once more;
// its cid keeps it from counting twice.
import { newId } from "../../shared/id";
import type { Incoming, Outgoing } from "./protocol";

export type Line = "connecting" | "up" | "down" | "refused";

const FIRST_WAIT = 500, LAST_WAIT = 15000, PING = 25000;

export class Socket {
    private ws: WebSocket | null = null;
    private unacked = new Map<string, Outgoing>();
    private wait = FIRST_WAIT;
    private pinger = 0;
    private stopped = false;

    constructor(
        private key: string,
        private onFrame: (frame: Incoming) => void,
        private onLine: (line: Line, why?: string) => void,
    ) {}

    async start(): Promise<void> {
        this.onLine("connecting");
        let ticket: string;
        try {
            const answer = await fetch("/v1/agent/tickets", {
                method: "POST",
                headers: { authorization: `Bearer ${this.key}`, "idempotency-key": newId(), "content-type": "application/json" },
                body: "{}",
            });
            if (answer.status === 401 || answer.status === 403) {
                const problem = (await answer.json().catch(() => ({}))) as { title?: string };
                return this.onLine("refused", problem.title ?? "This key is not accepted.");
            }
            if (!answer.ok) throw new Error(String(answer.status));
            ticket = ((await answer.json()) as { ticket: string }).ticket;
        } catch {
            return this.again();
        }
        if (!this.stopped) this.open(ticket);
    }

    private open(ticket: string): void {
        const address = `${location.origin.replace(/^http/, "ws")}/v1/agent?ticket=${encodeURIComponent(ticket)}`;
        const ws = new WebSocket(address, "azentiko.v1");
        this.ws = ws;
        ws.onmessage = (event) => this.receive(JSON.parse(String(event.data)) as Incoming);
        ws.onclose = () => {
            window.clearInterval(this.pinger);
            if (this.ws === ws && !this.stopped) this.again();
        };
    }

    private receive(frame: Incoming): void {
        if (frame.type === "ready") {
            this.wait = FIRST_WAIT;
            this.pinger = window.setInterval(() => this.raw({ type: "ping" }), PING);
            this.onLine("up");
            this.onFrame(frame);
            for (const waiting of this.unacked.values()) this.raw(waiting);
            return;
        }
        if ((frame.type === "ack" || frame.type === "error") && frame.cid) this.unacked.delete(frame.cid);
        if (frame.type === "bye") {
            this.stop();
            return this.onLine("refused", "This key was revoked.");
        }
        this.onFrame(frame);
    }

    private again(): void {
        this.ws = null;
        if (this.stopped) return;
        this.onLine("down");
        window.setTimeout(() => { if (!this.stopped) void this.start(); }, this.wait * (0.7 + Math.random() * 0.6));
        this.wait = Math.min(this.wait * 2, LAST_WAIT);
    }

    private raw(frame: Outgoing): void {
        if (this.ws?.readyState === WebSocket.OPEN) this.ws.send(JSON.stringify(frame));
    }

    /** Frames with a cid are kept until they are answered; others may get lost with the line. */
    send(frame: Outgoing): void {
        if ("cid" in frame) this.unacked.set(frame.cid, frame);
        this.raw(frame);
    }

    stop(): void {
        this.stopped = true;
        this.ws?.close();
    }
}
