// The frames of the agent channel (schema/agent-channel.md), as far as this
// page uses them.

export interface Block {
    kind: string; text?: string; title?: string; url?: string; thumb?: string; name?: string;
    items?: { label: string }[]; options?: { label: string }[];
}
export interface Message { seq: number; from: "bot" | "human" | "visitor"; blocks: Block[]; at: string }
export interface Note { cid: string; agent: string; text: string; at: string }
export interface Waiting {
    id: string; conversation: string; reason: string; status: "waiting" | "assigned";
    agent?: string; agent_id?: string; requested_at: string;
}
export interface Canned { id: string; title: string; text: string }
export type Status = "bot" | "waiting" | "human" | "closed";

export type Incoming =
    | { type: "ready"; agent: { id: string; name: string }; queue: Waiting[]; canned: Canned[] }
    | { type: "queue"; queue: Waiting[]; people: number }
    | { type: "conversation"; conversation: string; status: Status; agent?: string; locale?: string; seq: number; messages: Message[]; notes: Note[] }
    | ({ type: "message"; conversation: string } & Message)
    | { type: "typing"; conversation: string; from: string }
    | { type: "ack"; cid?: string; conversation: string; seq?: number }
    | { type: "error"; cid?: string; conversation?: string; code: string; title: string }
    | { type: "bye"; reason: string }
    | { type: "pong" };

export type Outgoing =
    | { type: "open"; conversation: string; after?: number }
    | { type: "take" | "hand_back" | "close" | "release"; conversation: string; cid: string; force?: boolean }
    | { type: "message" | "note"; conversation: string; cid: string; text: string }
    | { type: "typing"; conversation: string }
    | { type: "ping" };
