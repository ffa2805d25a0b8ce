// Forms inside the conversation: labels, the browser's own fields, pickers,
// checks and words about what is wrong, which stand beside the field.
import { optionOf } from "./blocks";
import { fill, h } from "../../shared/dom";
import { inline, richText } from "../../shared/rich_text";
import type { Block, Field } from "./protocol";
import { act } from "./talk";
import { t, W } from "./words";

const PHONE = /^\+?[\d\s()./-]{5,25}$/;

let serial = 0; // makes ids unique in the chat

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
interface Row { name: string; input: Control; mark(words: string): void; check(): void; given(): unknown; box: HTMLElement }

function makeRow({ name, required, placeholder, value, options, hint, label = name, type = "text", min, max, max_length: maxlength = 2000, error: problem = "" }: Field): Row {
    const id = `f${serial += 1}`;
    const tick = /^c/.test(type); // checkbox, consent
    const phone = type === "phone";
    const props = {
        id, name, required, placeholder, maxlength, min, max, step: "any", value, dir: "auto", checked: value === "true",
        type: tick ? "checkbox" : phone ? "tel" : type, autocomplete: phone ? "tel" : /^(e?mail|name|organization)$/.exec(name)?.[0],
        "aria-describedby": `${id}h`,
    };
    const input: Control = options ? h("select", props, h("option", { value: "" }, t(W.choose)), options.map((option) => {
        const { label: words, value: own = words } = optionOf(option);
        return h("option", { value: own, selected: own === value }, words);
    })) : type === "textarea" ? h("textarea", props, value) : h("input", props);
    const error = h("small.error");
    const named = h("label", { for: id, dir: "auto" }, inline(label), !required && !tick && ` (${t(W.optional)})`);
    const about = h("small", { id: `${id}h`, dir: "auto" }, hint, error);
    const mark = (words: string): void => {
        error.textContent = words;
        input.ariaInvalid = String(!!words);
    };
    const check = (): void => {
        if (phone) input.setCustomValidity(!input.value || PHONE.test(input.value.trim()) ? "" : t(W.bad_phone));
        mark(input.validationMessage);
    };
    input.onchange = () => { if (error.textContent) check(); };
    mark(problem);
    return {
        name, input, mark, check, box: h(tick ? "div.field tick" : "div.field", {}, tick && input, named, !tick && input, about),
        given(): unknown {
            const words = input.value.trim();
            return tick ? (input as HTMLInputElement).checked : type === "number" && words ? Number(words) : words;
        },
    };
}

function openForm({ title, form = "", text, fields = [], submit = t(W.send) }: Block, sent: () => void): HTMLElement {
    const rows = fields.map(makeRow);
    const general = h("p.error", { role: "alert" });
    const send = h("button.primary", {}, submit);
    const bad = (): Control | undefined => {
        const first = rows.find(({ input }) => input.ariaInvalid === "true")?.input;
        first?.focus();
        return first;
    };
    return h("form.form", {
        novalidate: true, "aria-label": title || form,
        submit(event: Event) {
            event.preventDefault();
            for (const row of rows) row.check();
            if (send.disabled || bad()) return;
            send.disabled = true;
            act({ type: "form", form, fields: Object.fromEntries(rows.map(({ name, given }) => [name, given()])) }, title || form, (fault) => {
                if (!fault) return sent();
                send.disabled = false;
                general.textContent = fault.title;
                for (const { name, pointer = "", detail = fault.title } of fault.errors ?? []) {
                    rows.find((row) => row.name === (name ?? pointer.split("/").pop()))?.mark(detail);
                }
                bad();
            });
        },
    }, text !== title && richText(text), rows.map(({ box }) => box), general, send);
}

/** An old or finished form is one line that opens it again. */
export function formBlock(block: Block, fresh: boolean): HTMLElement {
    const line = h("summary", {}, block.title || t(W.form_open));
    const box: HTMLElement = h("details", { open: fresh }, line, openForm(block, () => {
        box.toggleAttribute("open");
        fill(line, block.title, h("p.done", {}, `✓ ${t(W.sent)}`));
        line.focus(); // it must not fall out of the chat
    }));
    return box;
}
