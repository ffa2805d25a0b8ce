/* What surrounds the running of a coroutine (chain.c): values in, budget and
 * memory accounts, outcome out. */
#include "vm/deliver.h"

#include <string.h>

#include "base/mem.h"
#include "store/encode.h"
#include "vm/chain.h"
#include "vm/internal.h"
#include "vm/json.h"

/* Slots that the values of one resume need at most: rows with all their column
 * names are the widest. Taken before anything is pushed, because an overflow
 * of the host's own pushing would be an error that nothing catches. */
#define PUSH_SLOTS (VM_VALUES_MAX + ROWS_COLUMNS_MAX + 2 * JSON_DEPTH_MAX + 32)

static void push_param(lua_State *L, const struct param *p)
{
    switch (p->type) {
    case PARAM_NULL: lua_pushnil(L); break;
    case PARAM_INT: lua_pushinteger(L, p->integer); break;
    case PARAM_REAL: lua_pushnumber(L, p->real); break;
    case PARAM_TEXT:
    case PARAM_BLOB: lua_pushlstring(L, p->text, p->len); break;
    }
}

static void push_rows(lua_State *L, const struct buf *rows)
{
    struct rows_reader r;
    struct param value[ROWS_COLUMNS_MAX];
    lua_newtable(L); // list
    if (rows == NULL || rows_open(&r, rows) != ERR_OK) return;
    int list = lua_gettop(L);
    for (int c = 0; c < r.columns; c++) lua_pushlstring(L, r.name[c], r.name_len[c]); // list names..
    for (lua_Integer i = 1; rows_next(&r, value); i++) {
        lua_createtable(L, 0, r.columns); // list names.. row
        for (int c = 0; c < r.columns; c++) {
            lua_pushvalue(L, list + 1 + c);
            push_param(L, &value[c]);
            lua_rawset(L, -3);
        }
        lua_rawseti(L, list, i);
    }
    lua_settop(L, list);
}

static void push_value(lua_State *L, const struct vm_value *v)
{
    const char *why;
    switch (v->type) {
    case VM_NIL: lua_pushnil(L); break;
    case VM_TRUE: lua_pushboolean(L, 1); break;
    case VM_INT: lua_pushinteger(L, v->integer); break;
    case VM_TEXT: lua_pushlstring(L, v->text, v->len); break;
    case VM_JSON:
        if (!vm_json_decode(L, v->text, v->len, &why)) lua_pushlstring(L, v->text, v->len);
        break;
    case VM_ROWS: push_rows(L, v->rows); break;
    }
}

struct vm_fiber *vm_fiber_take(struct vm_state *s)
{
    struct vm_fiber *f = s->idle;
    if (f != NULL) {
        s->idle = f->next;
        s->idle_count--;
        return f;
    }
    f = mem_zalloc(sizeof *f);
    f->co = lua_newthread(s->L);
    f->ref = luaL_ref(s->L, LUA_REGISTRYINDEX);
    return f;
}

void vm_fiber_drop(struct vm_state *s, struct vm_fiber *f)
{
    if (f == NULL) return;
    vm_chain_drop(f);
    luaL_unref(s->L, LUA_REGISTRYINDEX, f->ref);
    mem_free(f);
}

static void give_back(struct vm_state *s, struct vm_fiber *f)
{
    if (s->idle_count >= FIBERS_KEPT) return vm_fiber_drop(s, f);
    lua_settop(f->co, 0);
    f->next = s->idle;
    s->idle = f;
    s->idle_count++;
}

/* Only texts are shown: any other error value could run a script's code when
 * converted. */
static void keep_error(struct vm_state *s, lua_State *co, const char *prefix)
{
    buf_reset(&s->error);
    buf_str(&s->error, prefix);
    lua_Debug ar;
    if (lua_gettop(co) > 0 && lua_type(co, -1) == LUA_TSTRING) {
        size_t n;
        const char *text = lua_tolstring(co, -1, &n);
        buf_add(&s->error, text, n > 500 ? 500 : n);
    } else if (prefix[0] == '\0') {
        buf_str(&s->error, "an error value that is not a text");
    }
    if (prefix[0] != '\0' && lua_getstack(co, 0, &ar) && lua_getinfo(co, "Sl", &ar))
        buf_fmt(&s->error, " at %s:%d", ar.short_src, ar.currentline);
}

/* What the state grew by is the turn's; what a collection gave back, too. */
static void account(struct vm_state *s, struct vm_turn *t, size_t before)
{
    size_t now = s->alloc.used;
    t->memory = now >= before              ? t->memory + (now - before)
                : t->memory > before - now ? t->memory - (before - now)
                                           : 0;
    vm_state_mind_memory(s, t);
}

static void begin_slice(struct vm_state *s, struct vm_turn *t, lua_State *co)
{
    size_t most = vm_state_turn_memory(s);
    t->wait = WAIT_NONE;
    s->turn = t;
    s->alloc.soft = s->alloc.used + (most / 2 > t->memory ? most / 2 - t->memory : 0);
    if (t->memory >= most / 2) s->alloc.soft = s->alloc.used + (most > t->memory ? most - t->memory : 0);
    if (s->alloc.soft > vm_state_full(s)) s->alloc.soft = vm_state_full(s);
    s->alloc.strict = true;
    vm_preempt_begin(s, co);
}

static bool end_slice(struct vm_state *s, lua_State *co)
{
    bool over = vm_preempt_end(s, co);
    s->alloc.strict = false;
    s->turn = NULL;
    return over;
}

static enum vm_outcome run(struct vm_state *s, struct vm_fiber *f, struct vm_turn *t, int nargs)
{
    int results = 0;
    size_t before = s->alloc.used;
    begin_slice(s, t, vm_top(f));
    int status = vm_chain_run(s, f, nargs, &results);
    lua_State *co = vm_top(f);
    bool over = end_slice(s, co);
    account(s, t, before);
    if (over) {
        keep_error(s, co, s->killing ? "" : "stopped: the turn has used up its CPU time,");
        vm_fiber_drop(s, f);
        return VM_KILLED;
    }
    if (status == LUA_YIELD) {
        if (s->preempted) return VM_PREEMPTED;
        lua_pop(co, results);
        return VM_WAIT;
    }
    if (status == LUA_OK) return give_back(s, f), VM_DONE;
    keep_error(s, co, "");
    vm_fiber_drop(s, f);
    if (status != LUA_ERRMEM) return VM_ERROR;
    s->limits[VM_LIMIT_MEMORY]++;
    vm_state_collect(s);
    return VM_ERROR;
}

/* A script may wait so deep in a recursion that no room is left for its answer. */
static enum vm_outcome overflow(struct vm_state *s, struct vm_fiber *f)
{
    buf_reset(&s->error);
    buf_str(&s->error, "stack overflow: the script waited too deep in a recursion");
    vm_fiber_drop(s, f);
    return VM_ERROR;
}

enum vm_outcome vm_start(struct vm_state *s, struct vm_fiber *f, struct vm_turn *t, int self,
                         const struct vm_value *values, int n)
{
    if (!lua_checkstack(f->co, PUSH_SLOTS)) return overflow(s, f);
    lua_rawgeti(f->co, LUA_REGISTRYINDEX, s->deliver);
    lua_rawgeti(f->co, LUA_REGISTRYINDEX, self);
    for (int i = 0; i < n; i++) push_value(f->co, &values[i]);
    return run(s, f, t, n + 1);
}

enum vm_outcome vm_resume(struct vm_state *s, struct vm_fiber *f, struct vm_turn *t,
                          const struct vm_value *values, int n)
{
    lua_State *co = vm_top(f); /* it may have waited in a coroutine of its own */
    if (!lua_checkstack(co, PUSH_SLOTS)) return overflow(s, f);
    for (int i = 0; i < n; i++) push_value(co, &values[i]);
    return run(s, f, t, n);
}

int vm_activate(struct vm_state *s, const char *kind, const char *key, int *ref)
{
    lua_State *L = s->L;
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->activate);
    lua_pushstring(L, kind);
    lua_pushstring(L, key);
    s->alloc.strict = true;
    s->alloc.soft = SIZE_MAX;
    vm_preempt_begin(s, L);
    int status = lua_pcall(L, 2, 1, 0);
    vm_preempt_end(s, L);
    s->alloc.strict = false;
    if (status != LUA_OK || lua_type(L, -1) != LUA_TTABLE) {
        keep_error(s, L, "");
        lua_settop(L, 0);
        return ERR_INTERNAL;
    }
    *ref = luaL_ref(L, LUA_REGISTRYINDEX);
    return ERR_OK;
}

void vm_deactivate(struct vm_state *s, int ref) { luaL_unref(s->L, LUA_REGISTRYINDEX, ref); }

const char *vm_error(struct vm_state *s) { return buf_cstr(&s->error); }

enum vm_outcome vm_call(struct vm_state *s, const char *entry, struct vm_turn *t,
                        const struct vm_value *values, int n)
{
    struct vm_fiber *f = vm_fiber_take(s);
    if (!lua_checkstack(f->co, PUSH_SLOTS)) return overflow(s, f);
    lua_rawgeti(f->co, LUA_REGISTRYINDEX, s->entries);
    lua_pushstring(f->co, entry);
    lua_rawget(f->co, -2);
    lua_remove(f->co, -2);
    for (int i = 0; i < n; i++) push_value(f->co, &values[i]);
    enum vm_outcome outcome = run(s, f, t, n);
    if (outcome == VM_WAIT || outcome == VM_PREEMPTED) {
        vm_fiber_drop(s, f);
        buf_reset(&s->error);
        buf_fmt(&s->error, "%s: may not wait here", entry);
        outcome = VM_ERROR;
    }
    return outcome;
}
