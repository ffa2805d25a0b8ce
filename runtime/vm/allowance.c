/* See allowance.h, and host.allow, by which the scripts set it. */
#include "vm/allowance.h"

#include <string.h>

#include "vm/internal.h"

#define HOST_CALLS 20000 /* of one turn, where no plan says otherwise */

void vm_allowance_init(struct vm_allowance *a)
{
    memset(a, 0, sizeof *a);
    a->cpu_ns = -1;
    a->host_calls = HOST_CALLS;
}

const struct vm_allowance *vm_allowance(const struct vm_state *s) { return &s->allowed; }
size_t vm_allowance_memory(const struct vm_state *s) { return s->alloc.cap; }

/* A cap below what the state holds now is met by its next turns: they fail,
 * and it is made anew under that cap. */
void vm_allowance_set(struct vm_state *s, const struct vm_allowance *a)
{
    s->allowed = *a;
    s->alloc.cap = a->memory != 0 ? a->memory : s->config->memory_cap;
}

/* allow(plan, cpu_seconds or nil, memory_mb or nil, log_lines, host_calls) */
static int l_allow(lua_State *L)
{
    size_t n;
    struct vm_state *s = vm_state_of(L);
    struct vm_allowance a;
    const char *plan = luaL_checklstring(L, 1, &n);
    lua_Integer cpu = luaL_optinteger(L, 2, -1), memory = luaL_optinteger(L, 3, 0);
    lua_Integer lines = luaL_checkinteger(L, 4), calls = luaL_checkinteger(L, 5);
    luaL_argcheck(L, n >= 1 && n <= VM_PLAN_MAX, 1, "a name of 1 to 32 bytes");
    luaL_argcheck(L, cpu >= -1 && cpu <= 3600, 2, "at most 3600 seconds");
    luaL_argcheck(L, memory >= 0 && memory <= 65536, 3, "at most 65536 MB");
    luaL_argcheck(L, lines >= 0 && lines <= 1000000, 4, "at most 1000000 lines");
    luaL_argcheck(L, calls >= 1 && calls <= 10000000, 5, "1 to 10000000 calls");
    if (!s->config->plans) return 0;
    vm_allowance_init(&a);
    memcpy(a.plan, plan, n);
    a.cpu_ns = cpu < 0 ? -1 : cpu * 1000000000;
    a.memory = (size_t)memory << 20;
    a.log_lines = (uint32_t)lines;
    a.host_calls = (uint32_t)calls;
    vm_allowance_set(s, &a);
    return 0;
}

void vm_allow_open(lua_State *L) // host
{
    static const luaL_Reg functions[] = {{"allow", l_allow}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
