// What stands above the first message: who one talks with, the greeting, and
// a few commands to start from. The commands leave with the first message.
import { commandAct, menuList, type Actions } from "./blocks";
import { h } from "./dom";
import type { Bot } from "./protocol";
import { richText } from "./rich_text";

const STARTERS = 6;

export class Intro {
    readonly root = h("section", { class: "intro", hidden: true });
    private readonly starters = h("div", { class: "starters" });

    show(bot: Bot, actions: Actions): void {
        const initial = [...bot.name.trim()][0]?.toUpperCase() ?? "";
        const avatar = h("div", { class: "avatar large", "aria-hidden": true }, initial);
        const name = h("p", { class: "intro-name", dir: "auto" }, bot.name);
        const items = bot.menu.slice(0, STARTERS).map((c) => ({ ...c, act: commandAct(c.name) }));
        this.starters.replaceChildren(...(items.length ? [menuList(items, actions)] : []));
        this.root.replaceChildren(avatar, name, ...(bot.greeting ? [richText(bot.greeting)] : []), this.starters);
        this.root.hidden = false;
    }

    begun(): void {
        this.starters.hidden = true;
        this.root.classList.add("begun");
    }
}
