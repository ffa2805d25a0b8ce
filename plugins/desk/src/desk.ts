// What the page knows: who I am, the queue, the conversations that were
// opened. Views draw from it and are told of each change.
import type { Canned, Incoming, Message, Note, Status, Waiting } from "./protocol";
import type { Socket } from "./socket";
import { newId } from "../../shared/id";

export interface Sent { cid: string; text: string; kind: "message" | "note"; failed?: string }
export interface Chat {
    id: string; status: Status; agent?: string; locale?: string; loaded: boolean;
    messages: Message[]; notes: Note[]; pending: Sent[]; unread: number; typingUntil: number; problem?: string;
}

const TYPING_SHOWN = 4000, TYPING_EVERY = 2500;

export class Desk {
    me = { id: "", name: "" };
    queue: Waiting[] = [];
    people = 0;
    canned: Canned[] = [];
    chats = new Map<string, Chat>();
    current: string | null = null;
    socket: Socket | null = null;
    private lastTyping = 0;

    constructor(private changed: () => void, private alert: (text: string) => void) {}

    chat(id: string): Chat {
        let chat = this.chats.get(id);
        if (!chat) {
            chat = { id, status: "bot", loaded: false, messages: [], notes: [], pending: [], unread: 0, typingUntil: 0 };
            this.chats.set(id, chat);
        }
        return chat;
    }

    mine(chat: Chat): boolean { return chat.status === "human" && this.queue.some((w) => w.conversation === chat.id && w.agent_id === this.me.id); }

    open(id: string): void {
        this.current = id;
        const chat = this.chat(id);
        chat.unread = 0;
        chat.problem = undefined;
        this.socket?.send({ type: "open", conversation: id });
        this.changed();
    }

    back(): void { this.current = null; this.changed(); }

    act(type: "take" | "hand_back" | "close" | "release", force = false): void {
        if (!this.current) return;
        this.chat(this.current).problem = undefined;
        this.socket?.send({ type, conversation: this.current, cid: newId(), ...(force ? { force } : {}) });
    }

    say(kind: "message" | "note", text: string): void {
        if (!this.current) return;
        const cid = newId();
        this.chat(this.current).pending.push({ cid, text, kind });
        this.socket?.send({ type: kind, conversation: this.current, cid, text });
        this.changed();
    }

    typing(): void {
        if (!this.current || Date.now() - this.lastTyping < TYPING_EVERY) return;
        this.lastTyping = Date.now();
        this.socket?.send({ type: "typing", conversation: this.current });
    }

    receive(frame: Incoming): void {
        switch (frame.type) {
            case "ready":
                this.me = frame.agent;
                this.canned = frame.canned;
                this.setQueue(frame.queue);
                for (const chat of this.chats.values()) if (chat.loaded) this.socket?.send({ type: "open", conversation: chat.id });
                break;
            case "queue": this.people = frame.people; this.setQueue(frame.queue); break;
            case "conversation": this.load(frame); break;
            case "message": this.add(this.chat(frame.conversation), frame); break;
            case "typing": this.showTyping(this.chat(frame.conversation)); break;
            case "ack": this.settle(frame.conversation, frame.cid); break;
            case "error": this.fail(frame); break;
            default: return;
        }
        this.changed();
    }

    private setQueue(queue: Waiting[]): void {
        const known = new Set(this.queue.map((w) => w.id));
        for (const w of queue) if (w.status === "waiting" && !known.has(w.id)) this.alert("A visitor is waiting.");
        this.queue = queue;
        const open = new Map(queue.map((w) => [w.conversation, w]));
        for (const chat of this.chats.values()) {
            const w = open.get(chat.id);
            if (w) chat.status = w.status === "assigned" ? "human" : "waiting";
            else if (chat.status === "human" || chat.status === "waiting") chat.status = "bot";
            chat.agent = w?.agent;
        }
    }

    private load(frame: Extract<Incoming, { type: "conversation" }>): void {
        const chat = this.chat(frame.conversation);
        chat.loaded = true;
        chat.status = frame.status;
        chat.agent = frame.agent;
        chat.locale = frame.locale;
        chat.notes = frame.notes;
        for (const message of frame.messages) this.add(chat, message, true);
    }

    private add(chat: Chat, message: Message, history = false): void {
        if (chat.messages.some((m) => m.seq === message.seq)) return;
        chat.messages.push(message);
        chat.messages.sort((a, b) => a.seq - b.seq);
        if (message.from === "visitor") chat.typingUntil = 0;
        if (history || message.from !== "visitor") return;
        if (this.current !== chat.id || document.hidden) { chat.unread += 1; this.alert("A visitor wrote."); }
    }

    private showTyping(chat: Chat): void {
        chat.typingUntil = Date.now() + TYPING_SHOWN;
        window.setTimeout(this.changed, TYPING_SHOWN + 50);
    }

    // A message comes back as a frame of its own; a note does not.
    private settle(id: string, cid?: string): void {
        const chat = this.chat(id);
        const sent = chat.pending.find((p) => p.cid === cid);
        chat.pending = chat.pending.filter((p) => p.cid !== cid);
        if (sent?.kind === "note" && cid) chat.notes.push({ cid, agent: this.me.name, text: sent.text, at: new Date().toISOString() });
        if (!sent && chat.loaded) this.socket?.send({ type: "open", conversation: id, after: chat.messages.at(-1)?.seq ?? 0 });
    }

    private fail(frame: Extract<Incoming, { type: "error" }>): void {
        if (!frame.conversation) return;
        const chat = this.chat(frame.conversation);
        const sent = chat.pending.find((p) => p.cid === frame.cid);
        if (sent) sent.failed = frame.title;
        else chat.problem = frame.title;
    }
}
