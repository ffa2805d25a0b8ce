/* Life of a tenant's lua_State: libraries, prelude, entry functions. */
#include "vm/state.h"

#include <assert.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "vm/bundle.h"
#include "vm/chain.h"
#include "vm/internal.h"
#include "vm/json.h"

/* Percent of the live size at which a new cycle begins. Turns leave short-lived
 * garbage only, so a longer pause trades some memory for half the collector's
 * work; the cap still forces a collection when it is met. */
#define GC_PAUSE 300
/* In a state with thousands of live conversations, twice its live size again
 * would be garbage when the cycle begins: tens of megabytes, scattered between
 * what lives, which no trim can give back. */
#define LARGE_STATE (4u << 20)
#define GC_PAUSE_LARGE 160
/* Elements that the collector visits for each 16 bytes taken. Lua's own 100
 * would make one allocation of a megabyte run a whole cycle in one go. */
#define GC_WORK 16

static int on_panic(lua_State *L)
{
    fprintf(stderr, "{\"level\":\"fatal\",\"msg\":\"Lua error outside a protected call: %s\"}\n",
            lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "?");
    return 0; /* Lua aborts */
}

/* What limits are called in metrics. */
const char *const vm_limit_names[VM_LIMITS] = {
    [VM_LIMIT_CPU] = "cpu",       [VM_LIMIT_SLICE] = "slice", [VM_LIMIT_MEMORY] = "memory",
    [VM_LIMIT_OUTPUT] = "output", [VM_LIMIT_CALLS] = "calls", [VM_LIMIT_COROUTINES] = "coroutines",
    [VM_LIMIT_LOG] = "log",
};

/* A quarter of the cap, so that one command leaves the others of its tenant room. */
size_t vm_state_turn_memory(const struct vm_state *s)
{
    return s->alloc.cap == 0 ? SIZE_MAX / 4 : s->alloc.cap / 4;
}

/* Just below the cap: at the cap itself Lua would collect everything in one go. */
size_t vm_state_full(const struct vm_state *s)
{
    return s->alloc.cap == 0 ? SIZE_MAX : s->alloc.cap - s->alloc.cap / 16;
}

/* Begins a cycle of the collector now, and the next as soon as it is done, so
 * that garbage is gone before the limit is met. */
void vm_state_hurry(struct vm_state *s)
{
    s->pressed = true;
    lua_gc(s->L, LUA_GCINC, 110, GC_WORK, 0);
    lua_gc(s->L, LUA_GCSTEP, 100);
}

static void set_pause(struct vm_state *s)
{
    int pause = s->alloc.used > LARGE_STATE ? GC_PAUSE_LARGE : GC_PAUSE;
    if (pause == s->pause) return;
    s->pause = pause;
    lua_gc(s->L, LUA_GCINC, pause, GC_WORK, 0);
}

/* Past half the cap, or a quarter of what a turn may take, a long pause would
 * end in an emergency: one whole collection in one go, which stalls the loop. */
void vm_state_mind_memory(struct vm_state *s, const struct vm_turn *t)
{
    if (s->alloc.cap == 0) return set_pause(s);
    if (!s->pressed && s->alloc.used > s->alloc.cap / 2) {
        vm_state_hurry(s);
    } else if (s->pressed && s->alloc.used < s->alloc.cap / 3 && t->memory < vm_state_turn_memory(s) / 4) {
        s->pressed = false;
        s->pause = 0;
    }
    if (!s->pressed) set_pause(s);
}

/* Raised from inside the allocator, while Lua makes a hash part: the place at
 * which Lua itself raises "table overflow", so nothing is half done there. */
void vm_state_refuse(struct vm_alloc *a)
{
    struct vm_state *s = container_of(a, struct vm_state, alloc);
    s->limits[VM_LIMIT_MEMORY]++;
    lua_State *L = vm_running(s);
    luaL_where(L, 0); /* the line that sets a key; "" where a function in C does */
    if (lua_rawlen(L, -1) == 0) luaL_where(L, 1);
    lua_pushfstring(L, "%smore than %d keys in one table that are no list positions", lua_tostring(L, -1),
                    VM_KEYS_MAX);
    lua_error(L);
}

struct vm_state *vm_state_new(const struct vm_config *config, int64_t tenant)
{
    struct vm_state *s = mem_zalloc(sizeof *s);
    s->config = config;
    s->tenant = tenant;
    s->alloc.cap = config->memory_cap;
    vm_allowance_init(&s->allowed);
    s->alloc.soft = SIZE_MAX;
    s->alloc.trip = vm_preempt_memory;
    s->alloc.deep = vm_preempt_deep;
    s->alloc.refuse = vm_state_refuse;
    s->alloc.trusted = tenant == 0;
    s->activate = s->deliver = s->entries = LUA_NOREF;
    buf_init(&s->scratch);
    buf_init(&s->error);
    s->L = lua_newstate(vm_alloc_fn, &s->alloc);
    lua_atpanic(s->L, on_panic);
    *(struct vm_state **)lua_getextraspace(s->L) = s; /* coroutines inherit it */
    set_pause(s);
    vm_base_open(s->L);
    vm_json_open(s->L);
    lua_setglobal(s->L, "json");
    return s;
}

void vm_state_free(struct vm_state *s)
{
    if (s == NULL) return;
    log_quota_tell(s, true);
    while (s->idle != NULL) vm_fiber_drop(s, vm_fiber_take(s));
    lua_close(s->L);
    bundle_release(s->bundle);
    buf_deinit(&s->scratch);
    buf_deinit(&s->error);
    mem_free(s);
}

static int fail(struct vm_state *s, char *why, size_t why_len)
{
    const char *text = lua_type(s->L, -1) == LUA_TSTRING ? lua_tostring(s->L, -1) : "prelude failed";
    snprintf(why, why_len, "%s", text);
    lua_settop(s->L, 0);
    return ERR_INVALID;
}

/* Calls what is on the stack; the whole of it counts as one slice that cannot
 * yield, so an endless loop ends at the turn budget. */
static int protected_call(struct vm_state *s, int nargs, int nresults)
{
    s->alloc.strict = true;
    s->alloc.soft = SIZE_MAX;
    s->coroutines = s->log_lines = 0;
    vm_preempt_begin(s, s->L);
    int status = lua_pcall(s->L, nargs, nresults, 0);
    vm_preempt_end(s, s->L);
    s->alloc.strict = false;
    return status;
}

static void set_entry(struct vm_state *s, int *ref, const char *name) // entries
{
    luaL_unref(s->L, LUA_REGISTRYINDEX, *ref);
    lua_pushstring(s->L, name);
    lua_rawget(s->L, -2);
    *ref = luaL_ref(s->L, LUA_REGISTRYINDEX);
}

static bool has_function(lua_State *L, const char *name) // entries
{
    lua_pushstring(L, name);
    bool yes = lua_rawget(L, -2) == LUA_TFUNCTION;
    lua_pop(L, 1);
    return yes;
}

int vm_state_boot(struct vm_state *s, struct bundle *b, char *why, size_t why_len)
{
    lua_State *L = s->L;
    struct bundle *old = s->bundle;
    const struct bundle_file *init = bundle_find(b, "prelude/init.lua");
    if (init == NULL) return snprintf(why, why_len, "prelude/init.lua is missing"), ERR_NOT_FOUND;
    s->bundle = bundle_retain(b); /* host.load reads it while booting */
    if (luaL_loadbufferx(L, init->code, init->code_len, "=prelude/init.lua", "b") != LUA_OK) goto broken;
    lua_newtable(L);
    vm_turn_open(L);
    vm_http_open(L);
    vm_files_open(L);
    vm_secret_open(L);
    vm_allow_open(L);
    vm_host_open(L); // init host
    if (protected_call(s, 1, 1) != LUA_OK) goto broken;
    if (lua_type(L, -1) != LUA_TTABLE || !has_function(L, "activate") || !has_function(L, "deliver") ||
        !has_function(L, "check")) {
        lua_pushliteral(L, "prelude/init.lua: must return a table with activate, deliver and check");
        goto broken;
    }
    set_entry(s, &s->activate, "activate");
    set_entry(s, &s->deliver, "deliver");
    luaL_unref(L, LUA_REGISTRYINDEX, s->entries);
    s->entries = luaL_ref(L, LUA_REGISTRYINDEX);
    bundle_release(old);
    return ERR_OK;
broken:
    s->bundle = old;
    bundle_release(b);
    return fail(s, why, why_len);
}

/* A list of texts or anything else at the top, a line each; pops it. */
static void report_list(struct vm_state *s, struct buf *report)
{
    lua_State *L = s->L;
    if (lua_type(L, -1) == LUA_TTABLE) {
        lua_Integer n = (lua_Integer)lua_rawlen(L, -1);
        for (lua_Integer i = 1; i <= n; i++) {
            if (lua_rawgeti(L, -1, i) == LUA_TSTRING) buf_fmt(report, "%s\n", lua_tostring(L, -1));
            lua_pop(L, 1);
        }
    } else if (lua_type(L, -1) == LUA_TSTRING) {
        buf_fmt(report, "%s\n", lua_tostring(L, -1));
    }
    lua_pop(L, 1);
}

int vm_state_check(struct vm_state *s, struct buf *report)
{
    lua_rawgeti(s->L, LUA_REGISTRYINDEX, s->entries);
    lua_getfield(s->L, -1, "check");
    lua_remove(s->L, -2);
    int status = protected_call(s, 0, 1);
    size_t before = report->len;
    report_list(s, report);
    return status != LUA_OK || report->len != before ? ERR_INVALID : ERR_OK;
}

int vm_state_call(struct vm_state *s, const char *entry, const char *text, size_t len, struct buf *out)
{
    lua_State *L = s->L;
    const char *why = NULL;
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->entries);
    if (lua_getfield(L, -1, entry) != LUA_TFUNCTION) return lua_settop(L, 0), ERR_NOT_FOUND;
    lua_pushlstring(L, text, len);
    int status = protected_call(s, 1, 2); // entries value errors
    if (status != LUA_OK) return report_list(s, out), lua_settop(L, 0), ERR_INVALID;
    if (lua_isnil(L, -2)) return report_list(s, out), lua_settop(L, 0), ERR_INVALID;
    bool ok = vm_json_encode(L, -2, out, &why);
    if (!ok) buf_fmt(out, "%s\n", why);
    lua_settop(L, 0);
    return ok ? ERR_OK : ERR_INTERNAL;
}

struct bundle *vm_state_bundle(struct vm_state *s) { return s->bundle; }
bool vm_state_pressed(const struct vm_state *s) { return s->pressed; }
size_t vm_state_memory(const struct vm_state *s) { return s->alloc.used; }
void vm_state_collect(struct vm_state *s) { lua_gc(s->L, LUA_GCCOLLECT); }
bool vm_state_collect_step(struct vm_state *s) { return lua_gc(s->L, LUA_GCSTEP, 0) == 1; }
int64_t vm_state_tenant(const struct vm_state *s) { return s->tenant; }
const uint64_t *vm_state_limits(const struct vm_state *s) { return s->limits; }
uint64_t vm_state_faults(const struct vm_state *s) { return s->faults; }

bool vm_state_take_stall(struct vm_state *s)
{
    bool stalled = s->stalled;
    s->stalled = false;
    return stalled;
}

bool vm_state_exhausted(const struct vm_state *s)
{
    return s->alloc.cap != 0 && s->alloc.used > s->alloc.cap - s->alloc.cap / 8;
}

struct buf *vm_state_scratch(struct vm_state *s) { return &s->scratch; }
