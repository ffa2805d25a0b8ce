// A line to the real server that can be cut, and be narrow for what is large.
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { test as base } from "../fixtures";

export const origin = process.env.AZENTIKO_URL?.replace(/\/$/, "");

const NARROW = 300_000; // bytes of one connection that pass while it is narrow

export interface Line { origin: string; narrow: boolean; cut(): number }

/** The full page over such a line. */
export const test = base.extend<{ line: Line }>({
    server: async ({}, use) => { await use(undefined as never); },
    address: async ({ line }, use) => { await use(`${line.origin}/chat/pk_demo`); },
    line: async ({}, use) => {
        const target = new URL(origin!);
        const open = new Set<Socket>();
        const join = (from: Socket, to: Socket, passed = 0): void => {
            open.add(from);
            from.pipe(to);
            from.on("data", ({ length }) => {
                passed += length;
                if (line.narrow && passed > NARROW) from.unpipe(to).pause();
            });
            from.on("error", () => from.destroy());
            from.on("close", () => {
                open.delete(from);
                to.destroy();
            });
        };
        const proxy = createServer((near) => {
            const far = connect(Number(target.port), target.hostname);
            join(near, far);
            join(far, near);
        });
        await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
        const line: Line = {
            origin: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
            narrow: false,
            cut() {
                const count = open.size;
                for (const socket of open) socket.resetAndDestroy();
                return count;
            },
        };
        await use(line);
        for (const socket of open) socket.destroy();
        await new Promise((resolve) => proxy.close(resolve));
    },
});
