// The visitor channel, version 1, as the chat sees it: frames and blocks. All
// of it is types. The server is trusted to send its own shapes; everything
// that reaches the page passes dom.ts, which makes text of it and checks addresses.

export interface Option { label?: string; value?: string }
export interface Command { name: string; title: string; hint?: string; group?: string }
export interface Picture { url: string; alt?: string }
export interface Action extends Option { title?: string; name?: string; command?: string; url?: string; hint?: string; description?: string }
export interface Field extends Option {
    name: string; type?: string; required?: boolean; hint?: string; placeholder?: string; error?: string;
    options?: (Option | string)[]; min?: string | number; max?: string | number; max_length?: number; url?: string;
}
/** A block of any kind; which fields it has is said by kind. */
export interface Block {
    kind: string; text?: string; label?: string; title?: string; url?: string; alt?: string; name?: string; size?: number; max?: number;
    width?: number; height?: number; form?: string; submit?: string; thumb?: string;
    options?: (Option | string)[]; items?: Action[];
    image?: Picture | string; actions?: Action[]; buttons?: Action[]; cards?: Block[]; fields?: Field[];
}
export type Sender = "bot" | "human" | "visitor";
export type Phase = "bot" | "waiting" | "human" | "closed";
export interface Bot {
    name: string; locale?: string; greeting?: string; locales?: string[];
    theme?: { accent?: string; color?: string; logo?: string; powered_by?: string }; menu?: Command[]; files?: { max_bytes: number; types: string[] };
    /** The menu may change by itself after so long; and with the visitor's page, which the server wants to be told. */
    refresh_ms?: number; pages?: boolean;
}

export interface Ready {
    type: "ready"; visitor: string; conversation: string; seq: number; resumed: boolean; bot: Bot; status?: Phase;
}
export interface Message {
    type: "message"; seq: number; from: Sender; blocks: Block[]; at: string; re?: number; cid?: string;
}
export interface Fault {
    type: "error"; code: string; title: string; cid?: string; retry_after_ms?: number;
    errors?: { name?: string; pointer?: string; detail?: string }[];
}
export type ServerFrame =
    Ready | Message | Fault
    | { type: "ack"; cid: string; seq: number }
    | { type: "delta"; re: number; text: string }
    | { type: "typing"; from: Sender }
    | { type: "delivered" | "read"; seq: number }
    | { type: "status"; conversation: Phase }
    | { type: "bye"; reconnect_ms: number }
    | { type: "menu"; menu: Command[]; refresh_ms?: number }
    | { type: "forgotten" }
    | { type: "pong" };

/** What a visitor does; each has one effect, however often it is sent. */
export type Act =
    | { type: "message"; text: string }
    | { type: "choice"; value: string }
    | { type: "command"; name: string; args: Record<string, unknown>; via?: "typed" | "page" }
    | { type: "form"; form: string; fields: Record<string, unknown> };
export type SentAct = Act & { cid: string };
/** Who the website's own server says the visitor is, and its proof. */
export interface Claim { user: string; hash?: string; expires?: number; traits?: object }
export interface Hello {
    type: "hello"; visitor?: string; conversation?: string; after?: number;
    identity?: Claim; page: { url: string; referrer: string; title: string }; locale: string; tz: string; screen: string;
}
export type ClientFrame =
    | Hello | SentAct | { type: "typing" | "ping" | "close" | "forget" } | { type: "page"; page: { url: string } } | { type: "read"; seq: number }
    | { type: "locale"; locale: string } | { type: "event"; name: string; data: object };

export const MAX_TEXT = 4000; // characters of one message
