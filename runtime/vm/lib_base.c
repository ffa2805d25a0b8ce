/* The globals of every state: an allow-list built in one place. Left out on
 * purpose: io, os, package, debug, coroutine, load and its kin, collectgarbage,
 * print, string.dump, math.random (randomness is a step). Changed: pairs and
 * next have a fixed order, tostring shows no address, setmetatable refuses
 * what no budget can stop (__gc, __mode, __close), and table.insert, remove,
 * sort, concat, move and string.rep refuse arguments that make them loop without end. Not
 * bounded yet: patterns, whose matching is C, too. */
#include <lualib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vm/internal.h"

/* ---- pairs in a fixed order: numbers, texts by bytes, booleans ---- */

struct order_key {
    int rank; /* 0 number, 1 text, 2 boolean */
    double number;
    lua_Integer integer;
    const char *text; /* anchored by the table */
    size_t len;
};

static int compare_keys(const void *a, const void *b)
{
    const struct order_key *x = a, *y = b;
    if (x->rank != y->rank) return x->rank - y->rank;
    if (x->rank != 1)
        return x->number < y->number   ? -1
               : x->number > y->number ? 1
                                       : (x->integer > y->integer) - (x->integer < y->integer);
    size_t n = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->text, y->text, n);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

static void read_key(lua_State *L, struct order_key *k) // key at -1
{
    memset(k, 0, sizeof *k);
    switch (lua_type(L, -1)) {
    case LUA_TNUMBER:
        k->number = lua_tonumber(L, -1);
        if (lua_isinteger(L, -1)) k->integer = lua_tointeger(L, -1);
        break;
    case LUA_TSTRING:
        k->rank = 1;
        k->text = lua_tolstring(L, -1, &k->len);
        break;
    case LUA_TBOOLEAN:
        k->rank = 2;
        k->number = lua_toboolean(L, -1);
        break;
    default:
        luaL_error(L, "pairs: a key that is a %s has no fixed order; use numbers, texts or booleans",
                   luaL_typename(L, -1));
    }
}

static void push_key(lua_State *L, const struct order_key *k)
{
    if (k->rank == 1)
        lua_pushlstring(L, k->text, k->len);
    else if (k->rank == 2)
        lua_pushboolean(L, k->number != 0);
    else if (k->number == (double)k->integer)
        lua_pushinteger(L, k->integer);
    else
        lua_pushnumber(L, k->number);
}

/* Pushes the sorted key list of the table at t. */
static size_t push_keys(lua_State *L, int t)
{
    size_t n = 0, i = 0;
    for (lua_pushnil(L); lua_next(L, t); n++) lua_pop(L, 1);
    struct order_key *keys = lua_newuserdatauv(L, (n + 1) * sizeof *keys, 0);
    for (lua_pushnil(L); lua_next(L, t);) {
        lua_pop(L, 1);
        read_key(L, &keys[i++]);
    }
    qsort(keys, n, sizeof *keys, compare_keys);
    lua_createtable(L, (int)n, 0); // ud list
    for (i = 0; i < n; i++) {
        push_key(L, &keys[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_remove(L, -2);
    return n;
}

static int l_pairs_step(lua_State *L) // upvalues: table, keys, position
{
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(3));
    for (;;) {
        if (lua_rawgeti(L, lua_upvalueindex(2), ++i) == LUA_TNIL) return 1;
        lua_pushvalue(L, -1);
        if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) break; // removed meanwhile: skip
        lua_pop(L, 2);
    }
    lua_pushinteger(L, i);
    lua_replace(L, lua_upvalueindex(3));
    return 2;
}

static int l_pairs(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    push_keys(L, 1); // t keys
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, l_pairs_step, 3);
    return 1;
}

static int l_next(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    lua_Integer n = (lua_Integer)push_keys(L, 1), i = 1; // t k keys
    if (!lua_isnil(L, 2)) {
        for (; i <= n; i++) {
            lua_rawgeti(L, 3, i);
            bool same = lua_rawequal(L, -1, 2);
            lua_pop(L, 1);
            if (same) break;
        }
        if (i++ > n) return luaL_error(L, "next: no such key in the table");
    }
    if (i > n) return lua_pushnil(L), 1;
    lua_rawgeti(L, 3, i);
    lua_pushvalue(L, -1);
    lua_rawget(L, 1);
    return 2;
}

/* ---- no addresses, no unstoppable metamethods ---- */

static int l_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    if (luaL_callmeta(L, 1, "__tostring")) {
        if (!lua_isstring(L, -1)) return luaL_error(L, "'__tostring' must return a text");
        return 1;
    }
    switch (lua_type(L, 1)) {
    case LUA_TNUMBER:
    case LUA_TSTRING:
    case LUA_TBOOLEAN:
    case LUA_TNIL: luaL_tolstring(L, 1, NULL); break;
    default: lua_pushstring(L, luaL_typename(L, 1));
    }
    return 1;
}

static int l_setmetatable(lua_State *L)
{
    static const char *const refused[] = {"__gc", "__mode", "__close"};
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_isnoneornil(L, 2)) {
        luaL_checktype(L, 2, LUA_TTABLE);
        for (size_t i = 0; i < 3; i++) {
            lua_pushstring(L, refused[i]);
            if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "'%s' is not available here", refused[i]);
            lua_pop(L, 1);
        }
    }
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
        return luaL_error(L, "cannot change a protected metatable");
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

/* ---- no loop in C that neither memory nor a hook ends ---- */

#define MOVES_MAX 10000000 /* elements: as many as fit any state */

static int call_stock(lua_State *L) // the function is the upvalue, its arguments the stack
{
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* The stock function, on a table whose length is what it holds. */
static int l_honest(lua_State *L) // upvalue: table.insert, remove, sort or concat
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (lua_iscfunction(L, 2)) return luaL_argerror(L, 2, "a function of Lua, not of the library");
    if (luaL_getmetafield(L, 1, "__len") != LUA_TNIL)
        return luaL_argerror(L, 1, "a table with '__len' is not taken here");
    return call_stock(L);
}

static int l_insert(lua_State *L) // a list may hold library functions, so its values are not looked at
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (luaL_getmetafield(L, 1, "__len") != LUA_TNIL)
        return luaL_argerror(L, 1, "a table with '__len' is not taken here");
    return call_stock(L);
}

static int l_move(lua_State *L) // upvalue: table.move
{
    lua_Integer from = luaL_checkinteger(L, 2), to = luaL_checkinteger(L, 3);
    luaL_argcheck(L, to < from || (from > 0 ? to - from < MOVES_MAX : to < from + MOVES_MAX), 3,
                  "too many elements to move");
    return call_stock(L);
}

static int l_rep(lua_State *L) // upvalue: string.rep
{
    size_t len, gap = 0;
    luaL_checklstring(L, 1, &len);
    luaL_checkinteger(L, 2);
    luaL_optlstring(L, 3, "", &gap);
    if (len == 0 && gap == 0) return lua_pushliteral(L, ""), 1;
    return call_stock(L);
}

static void wrap(lua_State *L, const char *lib, const char *name, lua_CFunction with)
{
    lua_getglobal(L, lib);
    lua_getfield(L, -1, name);
    lua_pushcclosure(L, with, 1);
    lua_setfield(L, -2, name);
    lua_pop(L, 1);
}

static const luaL_Reg changed[] = {
    {"pairs", l_pairs}, {"next", l_next}, {"tostring", l_tostring}, {"setmetatable", l_setmetatable},
    {NULL, NULL},
};

static void keep_only(lua_State *L, const char *const *names) // source table, popped; result left
{
    lua_newtable(L);
    for (; *names != NULL; names++) {
        lua_getfield(L, -2, *names);
        lua_setfield(L, -2, *names);
    }
    lua_remove(L, -2);
}

static void open_lib(lua_State *L, const char *name, lua_CFunction open, const char *const *names)
{
    lua_pushcfunction(L, open);
    lua_pushstring(L, name);
    lua_call(L, 1, 1);
    keep_only(L, names);
    lua_setglobal(L, name);
}

void vm_base_open(lua_State *L)
{
    static const char *const base[] = {"assert", "error",  "getmetatable", "ipairs", "pcall",    "rawequal",
                                       "rawget", "rawlen", "rawset",       "select", "tonumber", "type",
                                       NULL};
    static const char *const strings[] = {"byte",  "char",  "find",   "format", "gmatch",  "gsub",
                                          "len",   "lower", "match",  "rep",    "reverse", "sub",
                                          "upper", "pack",  "unpack", NULL};
    static const char *const tables[] = {"concat", "insert", "move",   "pack",
                                         "remove", "sort",   "unpack", NULL};
    static const char *const maths[] = {"abs",  "ceil",       "floor", "fmod",       "huge", "log",
                                        "max",  "maxinteger", "min",   "mininteger", "modf", "pi",
                                        "sqrt", "tointeger",  "type",  "ult",        NULL};
    static const char *const texts[] = {"char", "charpattern", "codepoint", "codes", "len", "offset", NULL};
    lua_pushcfunction(L, luaopen_base);
    lua_call(L, 0, 1);
    keep_only(L, base); // allowed
    luaL_setfuncs(L, changed, 0);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS); /* the old table goes with the next collection */
    open_lib(L, "string", luaopen_string, strings);
    open_lib(L, "table", luaopen_table, tables);
    open_lib(L, "math", luaopen_math, maths);
    open_lib(L, "utf8", luaopen_utf8, texts);
    wrap(L, "table", "remove", l_honest);
    wrap(L, "table", "concat", l_honest);
    wrap(L, "table", "sort", l_honest);
    wrap(L, "table", "insert", l_insert);
    wrap(L, "table", "move", l_move);
    wrap(L, "string", "rep", l_rep);
    lua_pushliteral(L, "");
    if (lua_getmetatable(L, -1)) { // "" mt
        lua_getglobal(L, "string");
        lua_setfield(L, -2, "__index");
        lua_pushboolean(L, 0);
        lua_setfield(L, -2, "__metatable");
    }
    lua_settop(L, 0);
}
