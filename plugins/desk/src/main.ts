// The team's desk: a person signs in with a key, sees who waits, and answers.
// It is what a team uses until it has its own tool on the same channel.
import { button, h } from "../../shared/dom";
import { chatView } from "./chat_view";
import { Desk } from "./desk";
import { forgetKey, keepKey, loginView, storedKey } from "./login";
import { queueView } from "./queue_view";
import { type Line, Socket } from "./socket";

const app = document.getElementById("app")!;
const announcer = h("div", { class: "unseen", role: "status" });
document.body.append(announcer);
let line: Line = "connecting";
let desk: Desk;

const LINES: Record<Line, string> = { connecting: "Connecting…", up: "Connected", down: "Connection lost. Trying again…", refused: "Signed out" };

function alertPerson(text: string): void {
    announcer.textContent = text;
    document.title = document.hidden ? `● ${text}` : "Team desk";
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) document.title = "Team desk"; });

function signOut(problem = ""): void {
    desk?.socket?.stop();
    forgetKey();
    app.replaceChildren(loginView(problem, signIn));
}

// A redraw keeps the focus, the caret and the place in the log.
function draw(): void {
    const focused = document.activeElement as HTMLElement | null;
    const mark = focused?.id || focused?.dataset.id;
    const caret = focused instanceof HTMLTextAreaElement ? [focused.selectionStart, focused.selectionEnd] as const : null;
    const log = app.querySelector(".log");
    const atEnd = !log || log.scrollHeight - log.scrollTop - log.clientHeight < 60;
    const place = log?.scrollTop ?? 0;
    app.replaceChildren(h("div", { class: `desk ${desk.current ? "reading" : ""}` },
        h("header", { class: "bar" },
            h("h1", { class: "bar-title" }, "Team desk"),
            h("p", { class: "bar-line muted", "data-line": line }, h("span", { class: "dot" }), LINES[line]),
            h("p", { class: "bar-me muted" }, desk.me.name),
            button("quiet", () => signOut(), "Sign out")),
        h("main", { class: "panes" }, queueView(desk), chatView(desk))));
    const next = app.querySelector(".log");
    if (next) next.scrollTop = atEnd ? next.scrollHeight : place;
    const again = mark ? document.getElementById(mark) ?? app.querySelector<HTMLElement>(`[data-id="${mark}"]`) : null;
    again?.focus({ preventScroll: true });
    if (caret && again instanceof HTMLTextAreaElement) again.setSelectionRange(...caret);
}

function signIn(key: string): void {
    keepKey(key);
    desk = new Desk(draw, alertPerson);
    const socket = new Socket(key, (frame) => desk.receive(frame), (now, why) => {
        line = now;
        if (now === "refused") signOut(why);
        else draw();
    });
    desk.socket = socket;
    void socket.start();
}

const key = storedKey();
if (key) signIn(key);
else signOut();
