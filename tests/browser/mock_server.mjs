// A server that speaks the visitor channel well enough to test the page, and
// badly on request: it drops sockets, delays acks, repeats and withholds
// messages. Runs inside a test, or by itself: node mock_server.mjs [PORT] [DIST].
import { randomUUID } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { WebSocketServer } from "ws";
import { answer, bot, spoken } from "./mock_bot.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const CID = /^[!-~]{1,64}$/;
const ACTS = new Set(["message", "choice", "command", "form"]);

/** The full page's own policy, read from where the real server has it. */
async function readPolicy() {
    const source = await readFile(join(here, "../../scripts/api/page.lua"), "utf8");
    const define = /local POLICY = ([\s\S]*?)\n\n/.exec(source)[1];
    return [...define.matchAll(/"([^"]*)"/g)].map((m) => m[1]).join("") + "'none'";
}

const TYPES = { js: "text/javascript", css: "text/css", svg: "image/svg+xml", html: "text/html; charset=utf-8" };

/** path -> [type, bytes] of what widget_assets.c serves; the version in `version`. */
async function readFiles(dist) {
    const version = /WIDGET_VERSION "([^"]+)"/.exec(String(await readFile(join(dist, "widget_version.h"))))[1];
    const files = new Map();
    for (const name of await readdir(dist)) {
        const type = TYPES[name.split(".").pop()];
        if (type) files.set(`/w/${version}/${name}`, [type, await readFile(join(dist, name))]);
    }
    files.set("/w.js", files.get(`/w/${version}/w.js`));
    files.set("/favicon.svg", files.get(`/w/${version}/favicon.svg`));
    const page = String(files.get(`/w/${version}/page.html`)[1]);
    const values = { lang: "en", title: bot.name, description: bot.greeting, noscript: "" };
    files.set("/chat/", [TYPES.html, page.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)]);
    return files;
}

/** A website that embeds the widget, under the strictest policy that its docs promise to work with. */
function hostPage(server, params) {
    const attributes = [...params].filter(([name]) => name.startsWith("data-")).map(([name, value]) => ` ${name}="${value}"`).join("");
    const dir = params.get("dir") ?? "ltr";
    return `<!doctype html><html lang="en" dir="${dir}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Café Lindenhof</title><script src="/host.js"></script>
<script async src="${server.widgetUrl}/w.js" data-bot="pk_demo"${attributes}></script></head><body>
<main><h1>Café Lindenhof</h1><p>Coffee, cake and a garden in the middle of the city.</p><p><a href="/host?next=1">Our menu</a></p></main></body></html>`;
}

class Conversation {
    /** @type {{ type: string, seq: number, from: string, blocks: unknown[], at: string, cid?: string, re?: number }[]} */
    messages = [];
    byCid = new Map();
    sessions = new Set();
    read = 0;

    constructor(id, visitor, clock) {
        this.id = id;
        this.visitor = visitor;
        this.clock = clock;
    }

    add(from, blocks, cid, re) {
        const message = { type: "message", seq: this.messages.length + 1, from, blocks, at: this.clock() };
        if (cid) message.cid = cid;
        if (re) message.re = re;
        this.messages.push(message);
        return message;
    }
}

export class MockServer {
    url = ""; // as the full page has it
    widgetUrl = ""; // as websites have it
    conversations = new Map();
    bot = structuredClone(bot);
    /** @type {string | null} */
    now = null; // fixed time of messages, for pictures
    /** @type {string[]} */
    requests = []; // of the widget's files
    /** @type {Record<string, any>[]} */
    signals = []; // every other frame
    hostScript = ""; // what the website itself runs, before the tag
    hellos = []; // every hello frame
    acts = []; // every act frame, repeated ones too
    upgrades = 0;
    faults = {
        blockSockets: false, // answer upgrades with 403
        down: false, // refuse everything of the channel
        refuse: false, // the domain is not allowed
        dropAfter: 0, // close the socket after this many frames were sent on it
        loseAck: 0, // this many acts are stored, and the socket dies before the ack
        ackDelay: 0, // ms
        doubled: false, // every frame is sent twice
        withhold: new Set(), // seqs not sent live; replay has them
        echo: "no", // own messages repeated to their sender: no, plain, cid
        /** @type {Record<string, unknown> | null} */
        error: null, // answer the next act with this error frame
        replyDelay: 0, // ms, with a typing frame before it
    };

    async listen(port, dist) {
        this.policy = await readPolicy();
        this.files = await readFiles(dist);
        this.http = createServer((request, response) => this.request(request, response));
        this.ws = new WebSocketServer({ noServer: true, handleProtocols: () => "azentiko.v1" });
        this.http.on("upgrade", (request, socket, head) => this.upgrade(request, socket, head));
        await new Promise((resolve) => this.http.listen(port, "127.0.0.1", resolve));
        this.url = this.widgetUrl = `http://127.0.0.1:${this.http.address().port}`;
        return this;
    }

    async close() {
        this.dropAll();
        this.http.closeAllConnections();
        await new Promise((resolve) => this.http.close(resolve));
    }

    /** Cuts every connection without a word. */
    dropAll() {
        for (const conversation of this.conversations.values()) {
            for (const session of conversation.sessions) session.cut();
            conversation.sessions.clear();
        }
    }

    /** The one conversation of a test. */
    only() { return [...this.conversations.values()].find((c) => c.messages.length) ?? [...this.conversations.values()][0]; }

    /** The bot says something unasked. */
    say(conversation, blocks, from = "bot") { this.emit(conversation, conversation.add(from, blocks)); }

    emit(conversation, message, except) {
        if (this.faults.withhold.delete(message.seq)) return;
        for (const session of conversation.sessions) if (session !== except) session.send(message);
    }

    upgrade(request, socket, head) {
        const url = new URL(request.url, this.url);
        const status = this.faults.down ? "503 Service Unavailable" : this.faults.blockSockets || this.faults.refuse ? "403 Forbidden"
            : url.searchParams.get("bot") === "pk_demo" ? null : "404 Not Found";
        if (status) return socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`);
        this.upgrades += 1;
        this.ws.handleUpgrade(request, socket, head, (peer) => {
            let sent = 0;
            const session = {
                cut: () => peer.terminate(),
                send: (frame) => {
                    if (peer.readyState !== peer.OPEN) return;
                    for (let i = 0; i < (this.faults.doubled ? 2 : 1); i += 1) peer.send(JSON.stringify(frame));
                    sent += 1;
                    if (this.faults.dropAfter && sent >= this.faults.dropAfter) peer.terminate();
                },
            };
            peer.on("message", (data) => this.frame(session, JSON.parse(String(data))));
            peer.on("close", () => session.conversation?.sessions.delete(session));
        });
    }

    frame(session, frame) {
        if (frame.type === "hello") return this.hello(session, frame);
        if (frame.type === "ping") return session.send({ type: "pong" });
        if (frame.type === "read") session.conversation.read = Math.max(session.conversation.read, frame.seq);
        if (ACTS.has(frame.type)) return this.act(session, frame);
        this.signals.push(frame);
        if (frame.type === "close") this.status(session.conversation, "closed");
        if (frame.type === "forget") this.forget(session.conversation);
    }

    status(conversation, status) {
        conversation.status = status;
        for (const session of conversation.sessions) session.send({ type: "status", conversation: status });
    }

    forget(conversation) {
        this.conversations.delete(conversation.id);
        for (const session of conversation.sessions) session.send({ type: "forgotten" });
    }

    seat(frame) {
        const known = this.conversations.get(frame.conversation);
        if (known && known.visitor === frame.visitor) return known;
        // A visitor without a conversation gets a new one, under the same name.
        const conversation = new Conversation(`conv_${randomUUID()}`, `vis_${randomUUID()}`, () => this.now ?? new Date().toISOString());
        this.conversations.set(conversation.id, conversation);
        return conversation;
    }

    hello(session, frame) {
        this.hellos.push(frame);
        const conversation = this.seat(frame);
        session.conversation = conversation;
        session.send({
            type: "ready", visitor: conversation.visitor, conversation: conversation.id, seq: conversation.messages.length,
            bot: this.bot, resumed: frame.conversation === conversation.id, status: conversation.status ?? "bot",
        });
        conversation.sessions.add(session);
        for (const message of conversation.messages.slice(frame.after ?? 0)) session.send(message);
    }

    act(session, frame) {
        this.acts.push(frame);
        const { conversation } = session;
        const { faults } = this;
        if (faults.error) {
            session.send({ type: "error", cid: frame.cid, ...faults.error });
            faults.error = null;
            return;
        }
        let seq = conversation.byCid.get(frame.cid);
        if (!CID.test(frame.cid)) throw new Error("bad cid");
        const isNew = seq === undefined;
        if (isNew) {
            const own = conversation.add("visitor", spoken(frame), frame.cid);
            seq = own.seq;
            conversation.byCid.set(frame.cid, seq);
            this.emit(conversation, own, session);
            const { cid: _, ...plain } = own;
            if (faults.echo !== "no") session.send(faults.echo === "cid" ? own : plain);
        }
        if (faults.loseAck > 0) {
            faults.loseAck -= 1;
            if (isNew) this.reply(conversation, frame, seq);
            return session.cut();
        }
        setTimeout(() => session.send({ type: "ack", cid: frame.cid, seq }), faults.ackDelay);
        if (isNew) setTimeout(() => this.reply(conversation, frame, seq), faults.ackDelay);
    }

    reply(conversation, frame, re) {
        const send = () => this.emit(conversation, conversation.add("bot", answer(frame), undefined, re));
        if (!this.faults.replyDelay) return send();
        for (const session of conversation.sessions) session.send({ type: "typing", from: "bot" });
        setTimeout(send, this.faults.replyDelay);
    }

    async request(request, response) {
        const url = new URL(request.url, this.url);
        if (request.method === "OPTIONS") {
            return response.writeHead(204, { "access-control-allow-origin": "*", "access-control-allow-headers": "authorization, content-type, idempotency-key" }).end();
        }
        if (url.pathname === "/v1/chat/messages") return this.post(request, response, url);
        if (url.pathname === "/v1/chat/events") return this.events(request, response, url);
        if (url.pathname === "/v1/chat/config") return this.config(response, url);
        if (url.pathname === "/favicon.ico") return response.writeHead(204).end();
        if (url.pathname === "/host.js") return response.writeHead(200, { "content-type": "text/javascript" }).end(this.hostScript);
        if (url.pathname === "/host") return this.website(response, url);
        const isPage = url.pathname.startsWith("/chat/");
        const file = this.files.get(isPage ? "/chat/" : url.pathname);
        if (!file) return response.writeHead(404).end();
        this.requests.push(url.pathname);
        const policy = isPage ? { "content-security-policy": this.policy } : { "access-control-allow-origin": "*" };
        response.writeHead(200, { "content-type": file[0], "cache-control": "no-cache", ...policy });
        response.end(isPage ? file[1].replace("{bot}", url.pathname.split("/")[2]) : file[1]);
    }

    /** /host: another origin than the widget's, since it is opened as localhost and the widget comes from 127.0.0.1. */
    website(response, url) {
        const self = `http://localhost:${this.http.address().port}`;
        const socket = this.widgetUrl.replace("http", "ws");
        const policy = `default-src 'none'; script-src ${self} ${this.widgetUrl}; connect-src ${this.widgetUrl} ${socket}; require-trusted-types-for 'script'; trusted-types 'none'`
            + (url.searchParams.has("strict") ? "" : "; img-src data: https:");
        response.writeHead(200, { "content-type": TYPES.html, "content-security-policy": policy });
        response.end(hostPage(this, url.searchParams));
    }

    problem(response, status, code, title) {
        response.writeHead(status, { "content-type": "application/problem+json", "access-control-allow-origin": "*" });
        response.end(JSON.stringify({ status, code, title }));
    }

    /** The conversation that a POST may speak for, else it is answered. */
    admit(request, response, url) {
        const token = (request.headers.authorization ?? "").replace("Bearer ", "");
        const conversation = this.conversations.get(url.searchParams.get("conversation"));
        if (this.faults.down) this.problem(response, 503, "unavailable", "Down for the test");
        else if (conversation?.visitor !== token) this.problem(response, 401, "bad_visitor", "Who are you?");
        else return conversation;
        return null;
    }

    async post(request, response, url) {
        let body = "";
        for await (const chunk of request) body += chunk;
        const frame = JSON.parse(body);
        const conversation = this.admit(request, response, url);
        if (!conversation) return;
        if (ACTS.has(frame.type) && request.headers["idempotency-key"] !== frame.cid) {
            return this.problem(response, 400, "bad_frame", "The key must be the CID");
        }
        const answered = new Promise((resolve) => {
            const send = (answer) => (ACTS.has(frame.type) ? resolve(answer) : undefined);
            this.frame({ conversation, cut: () => resolve(null), send }, frame);
            if (!ACTS.has(frame.type)) resolve(null);
        });
        const answer = await answered;
        response.writeHead(answer ? 200 : 202, { "content-type": "application/json", "access-control-allow-origin": "*" });
        response.end(answer ? JSON.stringify(answer) : undefined);
    }

    /** Whether this bot may be talked to; else it is answered. */
    serves(response, url) {
        if (this.faults.down) this.problem(response, 503, "unavailable", "Down for the test");
        else if (this.faults.refuse) this.problem(response, 403, "origin_not_allowed", "This bot is not allowed on this website.");
        else if (url.searchParams.get("bot") === "pk_demo") return true;
        else this.problem(response, 404, "bot_not_found", "There is no bot with this key.");
        return false;
    }

    config(response, url) {
        if (!this.serves(response, url)) return;
        response.writeHead(200, { "content-type": "application/json", "access-control-allow-origin": "*" });
        response.end(JSON.stringify({ name: this.bot.name, locale: this.bot.locale }));
    }

    events(request, response, url) {
        if (!this.serves(response, url)) return;
        const params = Object.fromEntries(url.searchParams);
        response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store", "access-control-allow-origin": "*" });
        response.write(": hello\n\n");
        const session = {
            cut: () => response.destroy(),
            send: (f) => response.write(`${f.seq ? `id: ${f.seq}\n` : ""}data: ${JSON.stringify(f)}\n\n`),
        };
        response.on("close", () => session.conversation?.sessions.delete(session));
        this.hello(session, { type: "hello", ...params, after: Number(params.after ?? 0) });
    }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const [port = "0", dist = join(here, "../../build/gcc/plugins/widget/dist")] = process.argv.slice(2);
    const server = await new MockServer().listen(Number(port), dist);
    console.error(`${server.url}/chat/pk_demo`);
}
