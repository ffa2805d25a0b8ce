// The full page: the chat in the form of a page, for the bot that the server
// has written into it.
import { start } from "./chat";

const panel = document.getElementById("chat")!;
const { bot, color, locale } = panel.dataset;
void start({
    base: new URL(".", import.meta.url).href, config: { bot, color, locale }, panel, full: true,
    emit() { /* nobody listens on a page of our own */ }, close() { /* it cannot be closed */ }, unread() { /* the title says it */ },
}).then((chat) => chat.show(true, true));
