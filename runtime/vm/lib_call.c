/* pcall and xpcall that no script can use to go on past its budget: where the
 * turn is being ended (preempt.c) they raise again, and a turn that has run
 * out of memory is ended, too, for each further try would be a whole
 * collection in one go. The handler of xpcall runs after the stack is unwound:
 * Lua would call it inside the hook that raised, with hooks off. */
#include "vm/internal.h"
#include "vm/lib.h"

/* Lua looks for the pcall that catches an error by walking down all calls, for
 * each pcall on the way while a turn is ended: with the square of their number.
 * Lua's own limit, 200 nested ones, does not hold for a coroutine that waited. */
#define PCALL_LEVELS 4000

static void check_depth(lua_State *L)
{
    lua_Debug ar;
    if (lua_getstack(L, PCALL_LEVELS, &ar)) luaL_error(L, "stack overflow: pcall too deep in a recursion");
}

static int failed(lua_State *L, int status) // error at the top
{
    struct vm_state *s = vm_state_of(L);
    if (status == LUA_ERRMEM) vm_preempt_out_of_memory(L, s);
    if (s->killing) return lua_error(L);
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

static int called(lua_State *L, int status, lua_KContext below)
{
    if (status != LUA_OK && status != LUA_YIELD) return failed(L, status);
    return lua_gettop(L) - (int)below;
}

static int l_pcall(lua_State *L)
{
    luaL_checkany(L, 1);
    check_depth(L);
    lua_pushboolean(L, 1);
    lua_insert(L, 1); // true f ..
    return called(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, called), 0);
}

static int handled(lua_State *L, int status, lua_KContext ctx) // false result
{
    (void)ctx;
    return status == LUA_OK || status == LUA_YIELD ? 2 : failed(L, status);
}

static int tried(lua_State *L, int status, lua_KContext ctx) // handler true results.. or error
{
    (void)ctx;
    if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L) - 1;
    failed(L, status); // handler true false error
    lua_replace(L, 2);
    lua_settop(L, 2); // handler error
    lua_pushvalue(L, 1);
    lua_insert(L, 2); // handler handler error
    lua_pushboolean(L, 0);
    lua_replace(L, 1);
    return handled(L, lua_pcallk(L, 1, 1, 0, 0, handled), 0);
}

static int l_xpcall(lua_State *L)
{
    int n = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    check_depth(L);
    lua_pushvalue(L, 1); // f handler args.. f
    lua_pushvalue(L, 2);
    lua_replace(L, 1); // handler handler args.. f
    lua_pushboolean(L, 1);
    lua_replace(L, 2); // handler true args.. f
    lua_insert(L, 3);  // handler true f args..
    return tried(L, lua_pcallk(L, n - 2, LUA_MULTRET, 0, 0, tried), 0);
}

void vm_call_open(lua_State *L)
{
    static const luaL_Reg functions[] = {{"pcall", l_pcall}, {"xpcall", l_xpcall}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
