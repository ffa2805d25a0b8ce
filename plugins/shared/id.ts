/** 32 random hexadecimal digits. No randomUUID: it is missing on pages without TLS. */
export const newId = (): string => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
