// Forms inside the conversation: labels, the browser's own field types and
// checks, and messages in the visitor's language beside the field.
import { button, h } from "./dom";
import { t } from "./i18n";
import type { Actions, Outcome } from "./blocks";
import type { Field, FormBlock } from "./protocol";
import { richText } from "./rich_text";

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
interface Row { field: Field; control: Control; error: HTMLElement; box: HTMLElement }

const DEFAULT_MAX = 2000; // characters of one field
const PHONE = /^\+?[\d\s()./-]{5,25}$/;
const INPUTS: Record<string, { type: string; autocomplete?: string; inputmode?: string }> = {
    text: { type: "text" },
    email: { type: "email", autocomplete: "email", inputmode: "email" },
    phone: { type: "tel", autocomplete: "tel", inputmode: "tel" },
    number: { type: "number", inputmode: "decimal" },
    date: { type: "date" },
    time: { type: "time" },
    checkbox: { type: "checkbox" },
    consent: { type: "checkbox" },
};

let serial = 0; // makes ids unique on the page

const isTick = (field: Field): boolean => field.type === "checkbox" || field.type === "consent";

function control(field: Field, id: string): Control {
    const common = { id, name: field.name, required: field.required, placeholder: field.placeholder };
    if (field.type === "select") {
        const choices = field.options.map((o) => h("option", { value: o.value, selected: o.value === field.value }, o.label));
        return h("select", { ...common, placeholder: undefined }, h("option", { value: "" }, t("choose")), ...choices);
    }
    const maxlength = field.max_length ?? DEFAULT_MAX;
    if (field.type === "textarea") {
        return h("textarea", { ...common, rows: 3, maxlength, dir: "auto" }, field.value);
    }
    if (isTick(field)) return h("input", { ...common, ...INPUTS[field.type], checked: field.value === "true" });
    const autocomplete = field.name === "name" ? "name" : INPUTS[field.type]?.autocomplete;
    const step = field.type === "number" ? "any" : undefined;
    return h("input", {
        ...common, ...INPUTS[field.type], autocomplete, maxlength, step, min: field.min, max: field.max,
        value: field.value, dir: "auto",
    });
}

function makeRow(field: Field): Row {
    serial += 1;
    const id = `field-${serial}`;
    const input = control(field, id);
    const hint = field.hint ? h("span", { class: "field-hint", id: `${id}-hint`, dir: "auto" }, field.hint) : null;
    const error = h("span", { class: "field-error", id: `${id}-error`, hidden: true });
    const described = [hint?.id, error.id].filter(Boolean).join(" ");
    input.setAttribute("aria-describedby", described);
    const optional = !field.required && !isTick(field) && h("span", { class: "optional" }, ` (${t("optional")})`);
    const label = h("label", { for: id, dir: "auto" }, field.label, optional);
    const box = isTick(field)
        ? h("div", { class: "field tick" }, input, label, hint, error)
        : h("div", { class: "field" }, label, hint, input, error);
    return { field, control: input, error, box };
}

/** What is wrong with it, in words, or "". */
function complaint({ field, control: input }: Row): string {
    const { validity } = input;
    if (validity.badInput) return t(field.type === "number" ? "bad_number" : "bad_date");
    if (validity.valueMissing || (field.required && !isTick(field) && !input.value.trim())) {
        return t(isTick(field) ? "need_tick" : field.type === "select" ? "need_choice" : "need_value");
    }
    if (validity.typeMismatch) return t("bad_email");
    if (validity.rangeUnderflow) return t("too_small", { n: field.min ?? "" });
    if (validity.rangeOverflow) return t("too_large", { n: field.max ?? "" });
    if (field.type === "phone" && input.value && !PHONE.test(input.value.trim())) return t("bad_phone");
    if (input.value.length > (field.max_length ?? DEFAULT_MAX)) return t("too_long", { n: field.max_length ?? DEFAULT_MAX });
    return "";
}

function mark(row: Row, text: string): void {
    row.error.textContent = text;
    row.error.hidden = text === "";
    row.control.setAttribute("aria-invalid", String(text !== ""));
}

function valueOf({ field, control: input }: Row): unknown {
    if (isTick(field)) return (input as HTMLInputElement).checked;
    const text = input.value.trim();
    return field.type === "number" && text !== "" ? Number(text) : text;
}

/** Marks every field; the first bad one gets the focus. */
function check(rows: Row[]): boolean {
    let first: Row | null = null;
    for (const row of rows) {
        const text = complaint(row);
        mark(row, text);
        if (text && !first) first = row;
    }
    first?.control.focus();
    return first === null;
}

function showOutcome(rows: Row[], general: HTMLElement, outcome: Outcome): void {
    if (outcome.ok) return;
    for (const { name, text } of outcome.fields) {
        const row = rows.find((r) => r.field.name === name);
        if (row) mark(row, text);
    }
    const bad = rows.find((r) => r.control.getAttribute("aria-invalid") === "true");
    general.textContent = outcome.text;
    general.hidden = false;
    (bad?.control ?? rows[0]?.control)?.focus();
}

function openForm(block: FormBlock, actions: Actions, onSent: () => void): HTMLElement {
    const rows = block.fields.map(makeRow);
    for (const row of rows) {
        if (row.field.error) mark(row, row.field.error);
        row.control.addEventListener("change", () => { if (!row.error.hidden) mark(row, complaint(row)); });
    }
    const general = h("p", { class: "field-error", role: "alert", hidden: true });
    const submit = h("button", { type: "submit", class: "primary" }, block.submit || t("send"));
    const form = h("form", { class: "form", novalidate: true, "aria-label": block.title || block.form },
        block.title && h("p", { class: "form-title", dir: "auto" }, block.title),
        block.text && richText(block.text), ...rows.map((r) => r.box), general, submit);
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        general.hidden = true;
        if (submit.disabled || !check(rows)) return;
        const fields = Object.fromEntries(rows.map((r) => [r.field.name, valueOf(r)]));
        submit.disabled = true;
        void actions.act({ type: "form", form: block.form, fields }, block.title || t("submitted")).then((outcome) => {
            submit.disabled = false;
            if (outcome.ok) onSent();
            else showOutcome(rows, general, outcome);
        });
    });
    return form;
}

/** An old or finished form is one line that opens it again. */
export function formBlock(block: FormBlock, actions: Actions, fresh: boolean): HTMLElement {
    const box = h("div", { class: "form-box" });
    const close = (sent: boolean): void => {
        const title = h("p", { class: "form-title", dir: "auto" }, block.title || block.form);
        const again = button(t("open_form"), "quiet", () => open(true));
        const done = sent && h("p", { class: "form-sent" }, `✓ ${t("submitted")}`);
        const line = h("div", { class: "form closed", tabindex: -1 }, title, done, again);
        const held = box.contains(document.activeElement);
        box.replaceChildren(line);
        if (held) line.focus(); // the focus must not fall out of the page
    };
    const open = (focus: boolean): void => {
        box.replaceChildren(openForm(block, actions, () => close(true)));
        if (focus) box.querySelector<HTMLElement>("input,select,textarea")?.focus();
    };
    if (fresh) open(false);
    else close(false);
    return box;
}
