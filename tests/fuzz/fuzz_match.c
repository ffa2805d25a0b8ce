/* Patterns, replacements and formats from any bytes: what our bounded library
 * gives must be what the stock one gives (tests/unit/lua_twin.h). */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua_twin.h"
#include "twin_code.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input is split at zero bytes: text, pattern, replacement; the first byte is a position. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int open;
    const char *ours, *stock;
    char n[12];
    struct twin_text args[4] = {{"", 0}, {"", 0}, {"", 0}, {n, 0}};
    if (!open) twin_open(TWIN_PATTERNS);
    open = 1;
    if (size == 0 || size > 80) return 0; /* the stock matcher has no bound */
    args[3].len = (size_t)snprintf(n, sizeof n, "%d", (int)(data[0] % 16) - 6);
    const char *at = (const char *)data + 1, *end = (const char *)data + size;
    for (int i = 0; i < 3 && at < end; i++) {
        const char *stop = memchr(at, '\0', (size_t)(end - at));
        args[i].s = at;
        args[i].len = (size_t)((stop ? stop : end) - at);
        at += args[i].len + 1;
    }
    if (twin_same(args, 4, &ours, &stock)) return 0;
    fprintf(stderr, "ours:  %s\nstock: %s\n", ours ? ours : "nil", stock ? stock : "nil");
    abort();
}
