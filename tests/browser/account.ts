// Accounts of a test's own on the real server, made with its binary.
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { APIRequestContext } from "@playwright/test";

const { AZENTIKO_URL, AZENTIKO_BIN = "", AZENTIKO_DATA = "" } = process.env;
export const origin = AZENTIKO_URL?.replace(/\/$/, "") ?? "";
export const canMake = AZENTIKO_DATA !== "";

export interface Account { bot: string; id: string; key: string }

/** dataset: what is not in it is as little as can be. person: the name of the key. */
export async function makeAccount(request: APIRequestContext, dataset: { bot: object } & Record<string, unknown>, person = "Anna"): Promise<Account> {
    const run = (...words: string[]): string => execFileSync(AZENTIKO_BIN, [...words, "--data", AZENTIKO_DATA],
        { encoding: "utf8", env: { PATH: process.env.PATH } });
    const file = join(mkdtempSync(join(tmpdir(), "azentiko-")), "business.json");
    writeFileSync(file, JSON.stringify({
        format: "azentiko-dataset-1", business: { name: "A shop" }, ...dataset,
        bot: { locale: "en", greeting: "Hello!", domains: ["localhost", "127.0.0.1"], ...dataset.bot },
    }));
    const made = run("tenant", "create", "--from", file);
    const key = /azk_\w+/.exec(run("tenant", "key", "create", /tnt_\w+/.exec(made)![0], "--scopes", "*", "--name", person))![0];
    const bots = await request.get(`${origin}/v1/bots`, { headers: { authorization: `Bearer ${key}` } });
    return { bot: /pk_\w+/.exec(made)![0], id: (await bots.json() as { data: { id: string }[] }).data[0]!.id, key };
}

export async function publish(request: APIRequestContext, account: Account, files: Record<string, string>): Promise<void> {
    const done = await request.post(`${origin}/v1/bots/${account.id}/scripts/publish`, {
        headers: { authorization: `Bearer ${account.key}` }, data: { files },
    });
    if (!done.ok()) throw new Error(await done.text());
}
