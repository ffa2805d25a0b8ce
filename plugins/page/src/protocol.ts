// The visitor channel as the page sees it: the frames of version 1 and the
// blocks inside messages. Everything from the server is checked here once,
// so that the rest of the page may trust the types. Unknown fields are kept
// out of sight; an unknown block kind is shown as its text.

export interface TextBlock { kind: "text"; text: string }
export interface Option { label: string; value: string }
export interface ChoicesBlock { kind: "choices"; text?: string; options: Option[] }
export interface Command { name: string; title: string; hint: string }
/** One row of a menu in a message: a command, or what a choice of that value would do. */
export interface MenuItem { title: string; hint: string; act: Act }
export interface MenuBlock { kind: "menu"; text?: string; title?: string; items: MenuItem[] }
/** A button of a card: exactly one of value (choice), command or url is set. */
export interface Action { label: string; value?: string; command?: string; url?: string }
export interface CardBlock {
    kind: "card"; title: string; text?: string; image?: string; alt?: string; url?: string; actions: Action[];
}
export interface CardsBlock { kind: "cards"; text?: string; cards: CardBlock[] }
export type FieldType =
    "text" | "email" | "phone" | "number" | "date" | "time" | "select" | "textarea" | "checkbox" | "consent";
export interface Field {
    name: string; type: FieldType; label: string; required: boolean;
    hint?: string; placeholder?: string; value?: string; error?: string;
    options: Option[]; min?: string; max?: string; max_length?: number;
}
export interface FormBlock {
    kind: "form"; form: string; title?: string; text?: string; submit?: string; fields: Field[];
}
export interface ImageBlock { kind: "image"; url: string; alt: string; width?: number; height?: number }
export interface FileBlock { kind: "file"; url: string; name: string; size?: number }
export interface SourceBlock { kind: "source"; title: string; url: string }
export interface RatingBlock { kind: "rating"; text?: string; form: string; max: number }
export type Block =
    TextBlock | ChoicesBlock | MenuBlock | CardBlock | CardsBlock | FormBlock | ImageBlock | FileBlock |
    SourceBlock | RatingBlock;

export type Sender = "bot" | "human" | "visitor";
export type Phase = "bot" | "waiting" | "human" | "closed";
export interface Bot { name: string; locale: string; accent: string; greeting: string; menu: Command[] }

export interface Ready {
    type: "ready"; visitor: string; conversation: string; seq: number; resumed: boolean; bot: Bot; status: Phase;
}
export interface Message {
    type: "message"; seq: number; from: Sender; blocks: Block[]; at: number; re?: number; cid?: string;
}
export interface Fault {
    type: "error"; code: string; title: string; cid?: string; retry_after_ms?: number;
    fields: { name: string; text: string }[];
}
export type ServerFrame =
    Ready | Message | Fault
    | { type: "ack"; cid: string; seq: number }
    | { type: "delta"; re: number; text: string }
    | { type: "typing"; from: Sender }
    | { type: "status"; conversation: Phase }
    | { type: "bye"; reconnect_ms: number }
    | { type: "pong" };

/** What a visitor does; each has one effect, however often it is sent. */
export type Act =
    | { type: "message"; text: string }
    | { type: "choice"; value: string }
    | { type: "command"; name: string; args: Record<string, string> }
    | { type: "form"; form: string; fields: Record<string, unknown> };
export type SentAct = Act & { cid: string };
export interface Hello {
    type: "hello"; visitor?: string; conversation?: string; after?: number;
    page: { url: string; referrer: string; title: string }; locale: string; tz: string; screen: string;
}
export type ClientFrame = Hello | SentAct | { type: "typing" } | { type: "read"; seq: number } | { type: "ping" };

export const MAX_TEXT = 4000; // characters of one message
