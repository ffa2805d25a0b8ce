// Sends a file to the conversation; the message that shows it comes back over
// the channel like any other.
import type { Identity } from "./memory";

export async function upload(base: string, bot: string, who: Partial<Identity> | undefined, file: File): Promise<void> {
    const url = new URL("/v1/chat/files", base);
    url.search = String(new URLSearchParams({ bot, conversation: who?.conversation ?? "", name: file.name }));
    const headers = { authorization: `Bearer ${who?.visitor}`, "content-type": file.type || "application/octet-stream" };
    const response = await fetch(url, { method: "POST", headers, body: file });
    if (!response.ok) throw new Error(String(response.status));
}
