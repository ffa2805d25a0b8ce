/* See json.h. The encoder reads tables raw: no metamethod of a script runs. */
#include "vm/json.h"

#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "vm/internal.h"
#include "vm/json_read.h"
#include "vm/lib.h"

static const char array_key; /* registry key: its address */

static void push_array_mt(lua_State *L) { lua_rawgetp(L, LUA_REGISTRYINDEX, &array_key); }

void vm_json_mark_list(lua_State *L) // table at the top
{
    push_array_mt(L);
    lua_setmetatable(L, -2);
}

/* ---- decoding ---- */

bool vm_json_decode(lua_State *L, const char *text, size_t len, const char **why)
{
    if (len > JSON_BYTES_MAX) return *why = "longer than 1 MiB", false;
    return json_read(L, text, len, JSON_DEPTH_MAX, vm_state_scratch(vm_state_of(L)), why);
}

static int l_decode(lua_State *L)
{
    size_t n;
    const char *text = luaL_checklstring(L, 1, &n), *why = NULL;
    if (vm_json_decode(L, text, n, &why)) return 1;
    lua_pushnil(L);
    lua_pushfstring(L, "not valid JSON: %s", why);
    lua_pushliteral(L, "invalid");
    return 3;
}

/* ---- encoding ---- */

#define KEYS_MAX 4096

struct key {
    const char *s; /* anchored by the table being written */
    size_t len;
};

static bool write_value(lua_State *L, int index, struct buf *b, int depth, const char **why);

static int by_bytes(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    size_t n = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->s, y->s, n);
    return order ? order : x->len < y->len ? -1 : x->len > y->len;
}

static bool write_number(lua_State *L, int index, struct buf *b, const char **why)
{
    if (lua_isinteger(L, index)) return buf_int(b, lua_tointeger(L, index)), true;
    double d = lua_tonumber(L, index);
    if (!isfinite(d)) return *why = "a number is not finite", false;
    char text[32];
    snprintf(text, sizeof text, "%.15g", d);
    if (strtod(text, NULL) != d) snprintf(text, sizeof text, "%.17g", d);
    buf_str(b, text);
    return true;
}

/* -1: an object, else the list's length; -2 with *why: neither. */
static int list_length(lua_State *L, int t, size_t *members, const char **why)
{
    lua_Integer n = (lua_Integer)lua_rawlen(L, t), integers = 0;
    struct vm_walk walk = {0};
    *members = 0;
    lua_pushnil(L);
    while (lua_next(L, t)) {
        lua_pop(L, 1);
        if (vm_walk_too_long(&walk)) return lua_pop(L, 1), *why = "the keys of a table collide", -2;
        if (lua_type(L, -1) == LUA_TSTRING)
            (*members)++;
        else if (lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 1 && lua_tointeger(L, -1) <= n)
            integers++;
        else
            return lua_pop(L, 1), *why = "a table key is neither a name nor a list position", -2;
    }
    if (integers > 0 && (*members > 0 || integers != n))
        return *why = "a table mixes list and names, or has holes", -2;
    if (integers > 0) return (int)n;
    if (*members > 0) return -1;
    bool marked = false;
    if (lua_getmetatable(L, t)) {
        push_array_mt(L);
        marked = lua_rawequal(L, -1, -2);
        lua_pop(L, 2);
    }
    return marked ? 0 : -1;
}

static bool write_object(lua_State *L, int t, size_t count, struct buf *b, int depth, const char **why)
{
    struct key local[32], *keys = local;
    int top = lua_gettop(L);
    if (count > 32) keys = lua_newuserdatauv(L, count * sizeof *keys, 0); /* Lua's: an error below frees it */
    size_t n = 0;
    lua_pushnil(L);
    while (lua_next(L, t)) {
        lua_pop(L, 1);
        keys[n].s = lua_tolstring(L, -1, &keys[n].len);
        n++;
    }
    if (n > 1) qsort(keys, n, sizeof *keys, by_bytes);
    buf_char(b, '{');
    bool ok = true;
    for (size_t i = 0; i < n && ok; i++) {
        if (i > 0) buf_char(b, ',');
        buf_json(b, keys[i].s, keys[i].len);
        buf_char(b, ':');
        lua_pushlstring(L, keys[i].s, keys[i].len);
        lua_rawget(L, t);
        ok = write_value(L, lua_gettop(L), b, depth, why);
        lua_pop(L, 1);
    }
    buf_char(b, '}');
    lua_settop(L, top);
    return ok;
}

static bool write_table(lua_State *L, int t, struct buf *b, int depth, const char **why)
{
    if (depth == 0) return *why = "nested too deep", false;
    size_t members;
    int n = list_length(L, t, &members, why);
    if (n == -2) return false;
    if (members > KEYS_MAX) return *why = "too many names in one object", false;
    if (n == -1) return write_object(L, t, members, b, depth - 1, why);
    buf_char(b, '[');
    for (int i = 1; i <= n; i++) {
        if (i > 1) buf_char(b, ',');
        lua_rawgeti(L, t, i);
        bool ok = write_value(L, lua_gettop(L), b, depth - 1, why);
        lua_pop(L, 1);
        if (!ok) return false;
    }
    buf_char(b, ']');
    return true;
}

static bool write_value(lua_State *L, int index, struct buf *b, int depth, const char **why)
{
    if (b->len > JSON_BYTES_MAX) return *why = "longer than 1 MiB", false;
    size_t n;
    const char *s;
    switch (lua_type(L, index)) {
    case LUA_TNIL: return buf_add(b, "null", 4), true;
    case LUA_TBOOLEAN: return buf_str(b, lua_toboolean(L, index) ? "true" : "false"), true;
    case LUA_TNUMBER: return write_number(L, index, b, why);
    case LUA_TSTRING:
        s = lua_tolstring(L, index, &n);
        if (!utf8_valid(s, n)) return *why = "a text is not valid UTF-8", false;
        return buf_json(b, s, n), true;
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(L, index) == NULL) return buf_add(b, "null", 4), true;
        break;
    case LUA_TTABLE: return write_table(L, index, b, depth, why);
    default: break;
    }
    *why = "a function or another value that JSON has no form for";
    return false;
}

bool vm_json_encode(lua_State *L, int index, struct buf *b, const char **why)
{
    size_t from = b->len;
    luaL_checkstack(L, 4 * JSON_DEPTH_MAX + 8, "json");
    if (write_value(L, lua_absindex(L, index), b, JSON_DEPTH_MAX, why)) return true;
    b->len = from;
    return false;
}

static int l_encode(lua_State *L)
{
    luaL_checkany(L, 1);
    struct buf *b = vm_state_scratch(vm_state_of(L));
    buf_reset(b);
    const char *why = NULL;
    if (vm_json_encode(L, 1, b, &why)) return lua_pushlstring(L, b->data, b->len), 1;
    lua_pushnil(L);
    lua_pushfstring(L, "cannot be written as JSON: %s", why);
    lua_pushliteral(L, "invalid");
    return 3;
}

static int l_array(lua_State *L)
{
    if (lua_isnoneornil(L, 1))
        lua_newtable(L);
    else
        luaL_checktype(L, 1, LUA_TTABLE), lua_settop(L, 1);
    /* A view of a library, or what serves as a metatable, keeps its own. */
    if (lua_getmetatable(L, 1)) {
        lua_rawgetp(L, LUA_REGISTRYINDEX, &array_key);
        luaL_argcheck(L, lua_rawequal(L, -1, -2), 1, "a table without a metatable");
        lua_settop(L, 1);
    }
    vm_json_mark_list(L);
    return 1;
}

static const luaL_Reg functions[] = {
    {"decode", l_decode},
    {"encode", l_encode},
    {"array", l_array},
    {NULL, NULL},
};

void vm_json_open(lua_State *L)
{
    lua_newtable(L); // mt
    lua_pushliteral(L, "array");
    lua_setfield(L, -2, "__name");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable"); // scripts may neither see nor change it
    lua_rawsetp(L, LUA_REGISTRYINDEX, &array_key);
    luaL_newlib(L, functions);
    lua_pushlightuserdata(L, NULL); /* as lua-cjson has it */
    lua_setfield(L, -2, "null");
}
