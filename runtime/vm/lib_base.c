/* The globals of every state: an allow-list built in one place. Left out on
 * purpose: io, os, package, debug, load and its kin, collectgarbage, print,
 * string.dump, math.random (randomness is a step). What the stock library has
 * no bound for is our own: see lib.h. */
#include <lualib.h>
#include <string.h>

#include "vm/internal.h"
#include "vm/lib.h"

/* The text of any value, pushed. No address is shown, and no field of the
 * value but __tostring is asked. */
const char *vm_tostring(lua_State *L, int index, size_t *len)
{
    if (luaL_callmeta(L, index, "__tostring")) {
        if (!lua_isstring(L, -1)) luaL_error(L, "'__tostring' must return a string");
        return lua_tolstring(L, -1, len);
    }
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
    case LUA_TSTRING:
    case LUA_TBOOLEAN:
    case LUA_TNIL: return luaL_tolstring(L, index, len);
    default: lua_pushstring(L, luaL_typename(L, index)); return lua_tolstring(L, -1, len);
    }
}

static int l_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    vm_tostring(L, 1, NULL);
    return 1;
}

/* Its names are at hand, instead of looked up by their bytes in each call. */
static int l_type(lua_State *L) // upvalues: the names of the types
{
    luaL_checkany(L, 1);
    return lua_pushvalue(L, lua_upvalueindex(lua_type(L, 1) + 1)), 1;
}

#define NUMERAL_MAX 65536 /* bytes: a longer text is no number; of 4 MiB it would take 50 ms to say so */

static int l_tonumber(lua_State *L) // upvalue: Lua's own
{
    size_t len = 0;
    const char *s = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &len) : NULL;
    if (len > NUMERAL_MAX) return lua_pushnil(L), 1;
    if (lua_isnoneornil(L, 2)) {
        luaL_checkany(L, 1);
        if (lua_type(L, 1) == LUA_TNUMBER) return lua_settop(L, 1), 1;
        if (s == NULL || lua_stringtonumber(L, s) != len + 1) lua_pushnil(L);
        return 1;
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

static void keep_only(lua_State *L, const char *const *names) // source table, popped; result left
{
    lua_newtable(L);
    for (; *names != NULL; names++) {
        lua_getfield(L, -2, *names);
        lua_setfield(L, -2, *names);
    }
    lua_remove(L, -2);
}

static void open_stock(lua_State *L, lua_CFunction open, const char *const *names)
{
    lua_pushcfunction(L, open);
    lua_call(L, 0, 1);
    keep_only(L, names);
}

/* The first large buffer of a state makes the metatable of their boxes; from
 * then on a box is all that is made before its room (see is_wide in alloc.c). */
static void make_box(lua_State *L)
{
    luaL_Buffer b;
    luaL_buffinitsize(L, &b, LUAL_BUFFERSIZE + 1);
    luaL_pushresultsize(&b, 0);
    lua_pop(L, 1);
}

void vm_base_open(lua_State *L)
{
    static const char *const base[] = {"assert", "error",  "ipairs",   "rawequal", "rawget",
                                       "rawlen", "select", "tonumber", "type",     NULL};
    static const char *const maths[] = {"abs",  "ceil",       "floor", "fmod",       "huge", "log",
                                        "max",  "maxinteger", "min",   "mininteger", "modf", "pi",
                                        "sqrt", "tointeger",  "type",  "ult",        NULL};
    static const struct {
        const char *name;
        void (*open)(lua_State *L);
    } own[] = {{"string", vm_string_open},
               {"table", vm_table_open},
               {"utf8", vm_utf8_open},
               {"coroutine", vm_coroutine_open}};
    make_box(L);
    open_stock(L, luaopen_base, base); // allowed
    lua_pushcfunction(L, l_tostring);
    lua_setfield(L, -2, "tostring");
    for (int type = LUA_TNIL; type <= LUA_TTHREAD; type++) lua_pushstring(L, lua_typename(L, type));
    lua_pushcclosure(L, l_type, LUA_TTHREAD + 1);
    lua_setfield(L, -2, "type");
    lua_getfield(L, -1, "tonumber");
    lua_pushcclosure(L, l_tonumber, 1);
    lua_setfield(L, -2, "tonumber");
    vm_order_open(L);
    vm_meta_open(L);
    vm_call_open(L);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS); /* the old table goes with the next collection */
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        own[i].open(L);
        lua_setglobal(L, own[i].name);
    }
    open_stock(L, luaopen_math, maths); /* each of these takes the same short time on any number */
    lua_setglobal(L, "math");
}
