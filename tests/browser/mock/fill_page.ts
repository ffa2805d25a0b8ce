// One of each block, a form with faults, a refused message and one that waits.
import { expect, type Visitor } from "../fixtures";
import type { MockServer } from "../mock_server.mjs";

const BLOCKS = ["choices", "menu", "card", "cards", "image", "file", "source", "rating", "rich", "form"];

export async function fillPage(visitor: Visitor, server: MockServer): Promise<void> {
    for (const block of BLOCKS) await visitor.say(block);
    await expect(visitor.page.locator("form.form")).toBeVisible();
    await visitor.page.locator("form.form .primary").click();
    await visitor.page.locator(".star").nth(2).click();
    await visitor.settled();
    server.faults.error = { code: "odd", title: "No." };
    await visitor.say("refused");
    await expect(visitor.log.locator(".foot .error")).toBeVisible();
    server.faults.error = { code: "rate_limited", retry_after_ms: 60000 };
    await visitor.say("waiting");
}
