// The conversation as a text file, made in the browser from what it shows.
import type { Block, Sender } from "./protocol";
import type { Entry } from "./store";
import { dayOf, timeOf } from "./words";

const said = ({ text, title, alt, name, url, cards, options, items }: Block): string => [
    text ?? title ?? alt ?? name, url, ...[...cards ?? [], ...items ?? []].map((c) => `- ${c.title ?? c.label}`),
    ...(options ?? []).map((o) => `- ${typeof o === "string" ? o : o.label}`),
].filter(Boolean).join("\n");

export function save(name: string, entries: Entry[], nameOf: (from: Sender) => string): void {
    const text = entries.map(({ at, from, blocks }) =>
        `[${dayOf(at)}, ${timeOf(at)}] ${nameOf(from)}:\n${blocks.map(said).filter(Boolean).join("\n")}\n`).join("\n");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = `${name}.txt`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
