/* Any bytes as JSON: the server's reader takes exactly what the reference takes
 * and makes the same value of it, and what it made is written and read again
 * without a change. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "json_reference.h"
#include "vm/internal.h"
#include "vm/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool fine, const char *what)
{
    if (fine) return;
    fprintf(stderr, "%s\n", what);
    abort();
}

static void round_trip(lua_State *L, const char *text, size_t len)
{
    const char *why = NULL;
    struct buf b;
    if (!vm_json_decode(L, text, len, &why)) return;
    buf_init(&b);
    if (vm_json_encode(L, -1, &b, &why)) { /* not what is longer, or has too many names */
        require(vm_json_decode(L, b.data, b.len, &why), "what was written cannot be read");
        require(json_same(L), "another value was read than written");
    }
    buf_deinit(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct vm_state *vm;
    static struct vm_config config;
    const char *why = NULL;
    config.clock = clock_real();
    if (vm == NULL) vm = vm_state_new(&config, 1);
    require(json_agree(vm->L, (const char *)data, len, &why), why ? why : "");
    round_trip(vm->L, (const char *)data, len);
    lua_settop(vm->L, 0);
    lua_gc(vm->L, LUA_GCSTEP, 10);
    return 0;
}
