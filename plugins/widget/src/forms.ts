// Forms inside the conversation: labels, the browser's own field types, date
// and time pickers and checks, and messages in the visitor's language beside
// the field.
import { optionOf, type DoAct } from "./blocks";
import { button, fill, h } from "./dom";
import type { Block, Fault, Field } from "./protocol";
import { inline, richText } from "./rich_text";
import { t, W } from "./words";

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
interface Row { field: Field; control: Control; error: HTMLElement; box: HTMLElement }

const MAX = 2000; // characters of one field
const PHONE = /^\+?[\d\s()./-]{5,25}$/;
const INPUTS: Record<string, string> = { email: "email", phone: "tel", number: "number", date: "date", time: "time", checkbox: "checkbox", consent: "checkbox" };

let serial = 0; // makes ids unique in the chat

const isTick = ({ type }: Field): boolean => INPUTS[type!] === "checkbox";

function control(field: Field, id: string): Control {
    const { type = "text", name, required, placeholder, value, options } = field;
    const common = { id, name, required, "aria-describedby": `${id}h ${id}e` };
    if (options) {
        return h("select", common, h("option", { value: "" }, t(W.choose)), options.map(optionOf).map((o) =>
            h("option", { value: o.value, selected: o.value === value }, o.label)));
    }
    const text = { ...common, placeholder, maxlength: field.max_length ?? MAX, dir: "auto" };
    if (type === "textarea") return h("textarea", { ...text, rows: 3 }, value);
    const input = INPUTS[type] ?? "text";
    if (isTick(field)) return h("input", { ...common, type: input, checked: value === "true" });
    const autocomplete = /^(email|tel)$/.test(input) ? input : /^(name|organization|postal-code)$/.test(name) ? name : undefined;
    return h("input", { ...text, type: input, value, autocomplete, min: field.min, max: field.max, step: input === "number" && "any" });
}

function makeRow(field: Field): Row {
    const id = `f${serial += 1}`;
    const input = control(field, id);
    const tick = isTick(field);
    const hint = field.hint && h("small", { id: `${id}h`, dir: "auto" }, field.hint);
    const error = h("small.error", { id: `${id}e`, hidden: true });
    const label = h("label", { for: id, dir: "auto" }, inline(field.label || field.name), !field.required && !tick && h("small", {}, ` (${t(W.optional)})`));
    return { field, control: input, error, box: h(`div.field${tick ? " tick" : ""}` as "div.x", {}, tick ? [input, label, hint] : [label, hint, input], error) };
}

/** What is wrong with it, in words, or "". */
function complaint({ field, control: input }: Row): string {
    const { validity: v, value } = input;
    if (v.badInput) return t(field.type === "number" ? W.bad_number : W.bad_date);
    if (v.valueMissing || (field.required && !value.trim())) return t(isTick(field) ? W.tick : field.options ? W.choose : W.need);
    if (v.typeMismatch) return t(W.bad_email);
    if (v.rangeUnderflow) return t(W.min, field.min);
    if (v.rangeOverflow) return t(W.max, field.max);
    return field.type === "phone" && value && !PHONE.test(value.trim()) ? t(W.bad_phone) : "";
}

function mark({ error, control: input }: Row, text: string): void {
    error.textContent = text;
    error.hidden = !text;
    input.ariaInvalid = String(!!text);
}

function valueOf({ field, control: input }: Row): unknown {
    if (isTick(field)) return (input as HTMLInputElement).checked;
    const text = input.value.trim();
    return field.type === "number" && text ? Number(text) : text;
}

const focusBad = (rows: Row[]): void => rows.find((r) => r.control.ariaInvalid === "true")?.control.focus();

function openForm(block: Block, act: DoAct, sent: () => void): HTMLElement {
    const { title, form = "", text } = block;
    const rows = (block.fields ?? []).map(makeRow);
    for (const row of rows) {
        if (row.field.error) mark(row, row.field.error);
        row.control.onchange = () => { if (!row.error.hidden) mark(row, complaint(row)); };
    }
    const general = h("p.error", { role: "alert", hidden: true });
    const submit = h("button.primary", {}, block.submit || t(W.send));
    const refused = ({ title: why, errors = [] }: Fault): void => {
        for (const { name, pointer = "", detail = why } of errors) {
            const row = rows.find((r) => r.field.name === (name ?? pointer.split("/").pop()));
            if (row) mark(row, detail);
        }
        general.textContent = why || t(W.wrong);
        general.hidden = false;
        focusBad(rows);
    };
    return h("form.form", {
        novalidate: true, "aria-label": title || form,
        submit(event: Event) {
            event.preventDefault();
            general.hidden = true;
            for (const row of rows) mark(row, complaint(row));
            if (submit.disabled || rows.some((r) => !r.error.hidden)) return focusBad(rows);
            submit.disabled = true;
            const fields = Object.fromEntries(rows.map((r) => [r.field.name, valueOf(r)]));
            void act({ type: "form", form, fields }, title || form).then((fault) => {
                submit.disabled = false;
                if (fault) refused(fault);
                else sent();
            });
        },
    }, title && h("p.title", { dir: "auto" }, title), text !== title && richText(text), rows.map((r) => r.box), general, submit);
}

/** An old or finished form is one line that opens it again. */
export function formBlock(block: Block, act: DoAct, fresh: boolean): HTMLElement {
    const box = h("div");
    const close = (done?: boolean): void => {
        const line = h("div.form closed", { tabindex: -1 }, h("p.title", { dir: "auto" }, block.title || block.form),
            done && h("p.done", {}, `✓ ${t(W.sent)}`), button("quiet", () => open(true), t(W.form_open)));
        const held = box.matches(":focus-within");
        fill(box, line);
        if (held) line.focus(); // the focus must not fall out of the chat
    };
    const open = (focus: boolean): void => {
        fill(box, openForm(block, act, () => close(true)));
        if (focus) box.querySelector<HTMLElement>("input,select,textarea")?.focus();
    };
    if (fresh) open(false);
    else close();
    return box;
}
