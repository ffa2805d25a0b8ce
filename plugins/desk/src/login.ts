// The way in: an API key with the scope "handovers:write". It stays in this tab only.
import { h } from "../../shared/dom";

const STORED = "azentiko.desk.key";

export const storedKey = (): string => sessionStorage.getItem(STORED) ?? "";
export const keepKey = (key: string): void => sessionStorage.setItem(STORED, key);
export const forgetKey = (): void => sessionStorage.removeItem(STORED);

export function loginView(problem: string, enter: (key: string) => void): HTMLElement {
    const field = h("input", {
        id: "key", class: "field", type: "password", autocomplete: "off", spellcheck: "false", required: true,
        placeholder: "azk_…", "aria-describedby": problem ? "key-hint key-problem" : "key-hint", "aria-invalid": problem ? "true" : undefined,
    });
    const form = h("form", { class: "login" },
        h("h1", {}, "Team desk"),
        h("p", { class: "muted", id: "key-hint" }, "Sign in with your API key. It is kept in this tab until you close it or sign out."),
        h("label", { for: "key" }, "API key"),
        field,
        problem ? h("p", { class: "problem", id: "key-problem", role: "alert" }, problem) : null,
        h("button", { type: "submit", class: "primary" }, "Sign in"),
    );
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        if (field.value.trim()) enter(field.value.trim());
    });
    queueMicrotask(() => field.focus());
    return h("main", { class: "gate" }, form);
}
