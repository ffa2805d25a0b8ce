/* Coroutines of scripts. resume and yield do not nest Lua on the C stack: they
 * yield to the loop in deliver.c, which runs the coroutine that is meant. So a
 * script may be preempted and may wait in any of them, and no depth of them
 * gets around a limit. Only inside a call that cannot yield (a metamethod that
 * C calls, a file being loaded) a coroutine is run on the spot.
 * There is no close, which crashes Lua 5.4.4 where __close is involved, and no
 * running, which would hand out the turn's own coroutine. */
#include "vm/chain.h"
#include "vm/internal.h"
#include "vm/lib.h"

#define COROUTINES_MAX 1000 /* that one turn may create */

static lua_State *check_coroutine(lua_State *L)
{
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co != NULL, 1, "thread");
    return co;
}

static const char *state_of(struct vm_state *s, lua_State *co)
{
    lua_Debug ar;
    unsigned marks = vm_marks(co);
    if (marks & VM_DEAD) return "dead";
    if (marks & VM_BUSY) return co == vm_running(s) ? "running" : "normal";
    switch (lua_status(co)) {
    case LUA_YIELD: return "suspended";
    case LUA_OK: return lua_gettop(co) == 0 && !lua_getstack(co, 0, &ar) ? "dead" : "suspended";
    default: return "dead";
    }
}

static int l_status(lua_State *L)
{
    return lua_pushstring(L, state_of(vm_state_of(L), check_coroutine(L))), 1;
}

static int l_create(lua_State *L)
{
    struct vm_state *s = vm_state_of(L);
    uint32_t *made = s->turn != NULL ? &s->turn->coroutines : &s->coroutines;
    luaL_checktype(L, 1, LUA_TFUNCTION);
    if (++*made > COROUTINES_MAX) {
        s->limits[VM_LIMIT_COROUTINES]++;
        return luaL_error(L, "a turn may create at most %d coroutines", COROUTINES_MAX);
    }
    lua_State *co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    return 1;
}

/* Pushes an error text and returns false, or moves the n arguments at the top
 * of L to co, which can then run. */
static bool load(lua_State *L, struct vm_state *s, lua_State *co, int n)
{
    const char *state = state_of(s, co), *why = NULL;
    if (state[0] != 's')
        why = state[0] == 'd' ? "cannot resume dead coroutine" : "cannot resume non-suspended coroutine";
    else if (!lua_checkstack(co, n + 1))
        why = "too many arguments to resume";
    else if (!vm_chain_has_room(s))
        why = "C stack overflow"; /* the stock library's words */
    if (why != NULL) return lua_pushstring(L, why), false;
    lua_xmove(L, co, n);
    s->other_args = n;
    return true;
}

/* After the loop came back: what the other yielded or returned is at the top,
 * or its error. */
static int resumed(lua_State *L, int status, lua_KContext below)
{
    (void)status;
    if (vm_state_of(L)->other_failed) {
        lua_pushboolean(L, 0);
        lua_insert(L, -2);
        return 2;
    }
    lua_pushboolean(L, 1);
    lua_insert(L, (int)below + 1);
    return lua_gettop(L) - (int)below;
}

static int l_resume(lua_State *L)
{
    struct vm_state *s = vm_state_of(L);
    lua_State *co = check_coroutine(L);
    if (!load(L, s, co, lua_gettop(L) - 1)) {
        lua_pushboolean(L, 0);
        lua_insert(L, -2);
        return 2;
    }
    return vm_switch(L, s, co, resumed);
}

static int wrapped(lua_State *L, int status, lua_KContext below)
{
    (void)status;
    if (!vm_state_of(L)->other_failed) return lua_gettop(L) - (int)below;
    if (lua_type(L, -1) == LUA_TSTRING) { /* where it was called is part of the message */
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int l_wrapper(lua_State *L) // upvalue: coroutine
{
    struct vm_state *s = vm_state_of(L);
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    if (load(L, s, co, lua_gettop(L))) return vm_switch(L, s, co, wrapped);
    s->other_failed = true;
    return wrapped(L, LUA_OK, 0);
}

static int l_wrap(lua_State *L)
{
    l_create(L);
    lua_pushcclosure(L, l_wrapper, 1);
    return 1;
}

static int l_yield(lua_State *L)
{
    struct vm_state *s = vm_state_of(L);
    if (!vm_in_coroutine(s)) return luaL_error(L, "attempt to yield from outside a coroutine");
    if (!lua_isyieldable(L)) return luaL_error(L, "attempt to yield across a C-call boundary");
    s->action = VM_YIELD;
    return lua_yield(L, lua_gettop(L));
}

static int l_isyieldable(lua_State *L)
{
    return lua_pushboolean(L, vm_in_coroutine(vm_state_of(L)) && lua_isyieldable(L)), 1;
}

static const luaL_Reg functions[] = {
    {"create", l_create}, {"isyieldable", l_isyieldable},
    {"resume", l_resume}, {"status", l_status},
    {"wrap", l_wrap},     {"yield", l_yield},
    {NULL, NULL},
};

void vm_coroutine_open(lua_State *L) { luaL_newlib(L, functions); }
