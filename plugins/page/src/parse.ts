// Checks what the server sends. A frame that makes no sense becomes null and
// is ignored; a block that makes no sense becomes its text, or disappears.
import type {
    Action, Block, Bot, CardBlock, Command, Fault, Field, FieldType, FormBlock, MenuItem, Message, Option, Phase,
    Sender, ServerFrame,
} from "./protocol";

type Raw = Record<string, unknown>;

const isRaw = (v: unknown): v is Raw => typeof v === "object" && v !== null && !Array.isArray(v);
const str = (v: unknown): string => (typeof v === "string" ? v : typeof v === "number" ? String(v) : "");
const opt = (v: unknown): string | undefined => str(v) || undefined;
const int = (v: unknown): number => (typeof v === "number" && Number.isSafeInteger(v) ? v : -1);
const num = (v: unknown): number | undefined => (typeof v === "number" && v >= 0 ? v : undefined);
const list = (v: unknown): Raw[] => (Array.isArray(v) ? v.filter(isRaw) : []);

const FIELD_TYPES = new Set<string>([
    "text", "email", "phone", "number", "date", "time", "select", "textarea", "checkbox", "consent",
]);
const PHASES = new Set<string>(["bot", "waiting", "human", "closed"]);

function option(v: unknown): Option {
    if (!isRaw(v)) return { label: str(v), value: str(v) };
    return { label: str(v.label) || str(v.value), value: str(v.value) || str(v.label) };
}

const options = (v: unknown): Option[] => (Array.isArray(v) ? v.map(option).filter((o) => o.label) : []);

const titleOf = (v: Raw): string => str(v.title) || str(v.label) || str(v.name) || str(v.value);
const hintOf = (v: Raw): string => str(v.hint) || str(v.description);

/** The bot's commands: a list, alone or under `items`. */
function commands(v: unknown): Command[] {
    return list(isRaw(v) ? v.items : v)
        .map((c) => ({ name: str(c.name) || str(c.command), title: titleOf(c), hint: hintOf(c) }))
        .filter((c) => c.name !== "");
}

function menuItem(v: Raw): MenuItem {
    const name = str(v.name) || str(v.command);
    const act: MenuItem["act"] = str(v.value) || !name
        ? { type: "choice", value: str(v.value) || titleOf(v) } : { type: "command", name, args: {} };
    return { title: titleOf(v), hint: hintOf(v), act };
}

function action(v: Raw): Action {
    const label = str(v.label) || str(v.title);
    if (str(v.url)) return { label, url: str(v.url) };
    if (str(v.command)) return { label, command: str(v.command) };
    return { label, value: str(v.value) || label };
}

function card(v: Raw): CardBlock {
    const image = isRaw(v.image) ? v.image : { url: v.image, alt: v.alt };
    return {
        kind: "card", title: str(v.title), text: opt(v.text), url: opt(v.url),
        image: opt(image.url), alt: str(image.alt), actions: list(v.actions ?? v.buttons).map(action),
    };
}

function field(v: Raw): Field {
    const named = str(v.type) === "choice" ? "select" : str(v.type);
    const type = FIELD_TYPES.has(named) ? (named as FieldType) : "text";
    return {
        name: str(v.name), type, label: str(v.label) || str(v.name), required: v.required === true,
        hint: opt(v.hint), placeholder: opt(v.placeholder), value: opt(v.value), error: opt(v.error),
        options: options(v.options), min: opt(v.min), max: opt(v.max), max_length: num(v.max_length),
    };
}

function form(v: Raw): FormBlock {
    const text = v.text === v.title ? undefined : opt(v.text); // the text alone is for those who know no forms
    return {
        kind: "form", form: str(v.form) || str(v.name), title: opt(v.title), text,
        submit: opt(v.submit), fields: list(v.fields).map(field).filter((f) => f.name !== ""),
    };
}

const BLOCKS: Record<string, (v: Raw) => Block> = {
    text: (v) => ({ kind: "text", text: str(v.text) }),
    choices: (v) => ({ kind: "choices", text: opt(v.text), options: options(v.options ?? v.items) }),
    menu: (v) => ({ kind: "menu", text: opt(v.text), title: opt(v.title), items: list(v.items).map(menuItem) }),
    card,
    cards: (v) => ({ kind: "cards", text: opt(v.text), cards: list(v.cards ?? v.items).map(card) }),
    form,
    image: (v) => ({ kind: "image", url: str(v.url), alt: str(v.alt), width: num(v.width), height: num(v.height) }),
    file: (v) => ({ kind: "file", url: str(v.url), name: str(v.name) || str(v.title), size: num(v.size) }),
    source: (v) => ({ kind: "source", title: str(v.title) || str(v.url), url: str(v.url) }),
    rating: (v) => ({
        kind: "rating", text: opt(v.text), form: str(v.form) || "rating", max: Math.min(num(v.max) ?? 5, 10),
    }),
};

function blocks(v: unknown): Block[] {
    return list(v).flatMap((b): Block[] => {
        const kind = str(b.kind);
        if (Object.hasOwn(BLOCKS, kind)) return [BLOCKS[kind]!(b)];
        return str(b.text) ? [{ kind: "text", text: str(b.text) }] : [];
    });
}

function message(v: Raw): Message | null {
    const seq = int(v.seq);
    const from = str(v.from);
    if (seq < 1 || !["bot", "human", "visitor"].includes(from)) return null;
    const at = Date.parse(str(v.at));
    return {
        type: "message", seq, from: from as Sender, blocks: blocks(v.blocks),
        at: Number.isNaN(at) ? Date.now() : at, re: num(v.re), cid: opt(v.cid),
    };
}

/** Error frames and problem+json bodies look alike, so both come through here. */
export function fault(v: Raw): Fault {
    const fields = list(v.errors ?? v.fields).map((e) => ({
        name: str(e.name) || str(e.pointer).split("/").pop() || "",
        text: str(e.detail) || str(e.title) || str(e.text),
    }));
    return {
        type: "error", code: str(v.code), title: str(v.title), cid: opt(v.cid),
        retry_after_ms: num(v.retry_after_ms), fields,
    };
}

function bot(v: Raw): Bot {
    const theme = isRaw(v.theme) ? v.theme : {};
    return {
        name: str(v.name) || "Chat", locale: str(v.locale), accent: str(theme.accent) || str(theme.color),
        greeting: str(v.greeting), menu: commands(v.menu),
    };
}

const FRAMES: Record<string, (v: Raw) => ServerFrame | null> = {
    ready: (v) => ({
        type: "ready", visitor: str(v.visitor), conversation: str(v.conversation), seq: Math.max(int(v.seq), 0),
        resumed: v.resumed === true, bot: bot(isRaw(v.bot) ? v.bot : {}),
        status: PHASES.has(str(v.status)) ? (v.status as Phase) : "bot",
    }),
    message,
    error: fault,
    ack: (v) => (int(v.seq) > 0 && str(v.cid) ? { type: "ack", cid: str(v.cid), seq: int(v.seq) } : null),
    delta: (v) => ({ type: "delta", re: int(v.re), text: str(v.text) }),
    typing: (v) => ({ type: "typing", from: v.from === "human" ? "human" : "bot" }),
    status: (v) =>
        PHASES.has(str(v.conversation)) ? { type: "status", conversation: v.conversation as Phase } : null,
    bye: (v) => ({ type: "bye", reconnect_ms: num(v.reconnect_ms) ?? 1000 }),
    pong: () => ({ type: "pong" }),
};

/** One text frame, or null if it is not one that this page knows. */
export function parseFrame(text: string): ServerFrame | null {
    let v: unknown;
    try {
        v = JSON.parse(text);
    } catch {
        return null;
    }
    if (!isRaw(v) || !Object.hasOwn(FRAMES, str(v.type))) return null;
    return FRAMES[str(v.type)]!(v);
}
