/* See json_reference.h. lua-cjson reads every number as a double, takes bad
 * UTF-8 and a name twice, and cannot tell [] from {}: the checker refuses or
 * marks what it would get wrong, and the marks are turned back afterwards. */
#include "json_reference.h"

#include <lauxlib.h>
#include <lua5.4/lua-cjson.h>
#include <stdlib.h>
#include <string.h>

#include "json_check.h"
#include "vm/json.h"

static const char mark[] = "\x7f reference mark: "; /* no input of a test holds it */

struct mend {
    uint32_t entries; /* of all tables with string keys */
    bool marked;      /* something was rewritten */
};

/* Turns the scalar at the top into what it stands for; true when it changed. */
static bool mend_scalar(lua_State *L, const struct mend *m)
{
    lua_Integer i;
    size_t n;
    if (lua_type(L, -1) == LUA_TNUMBER) {
        if (lua_isinteger(L, -1) || !lua_numbertointeger(lua_tonumber(L, -1), &i)) return false;
        if ((lua_Number)i != lua_tonumber(L, -1)) return false;
    } else {
        if (!m->marked || lua_type(L, -1) != LUA_TSTRING) return false;
        const char *s = lua_tolstring(L, -1, &n);
        if (n <= sizeof mark - 1 || memcmp(s, mark, sizeof mark - 1) != 0) return false;
        i = strtoll(s + sizeof mark - 1, NULL, 10);
    }
    lua_pop(L, 1);
    lua_pushinteger(L, i);
    return true;
}

static bool is_empty_array(lua_State *L, const struct mend *m) // table at the top
{
    size_t n;
    if (!m->marked || lua_rawlen(L, -1) != 1) return false;
    bool yes = lua_rawgeti(L, -1, 1) == LUA_TSTRING && lua_tolstring(L, -1, &n) && n == sizeof mark - 1 &&
               memcmp(lua_tostring(L, -1), mark, n) == 0;
    lua_pop(L, 1);
    return yes;
}

static void mend_table(lua_State *L, struct mend *m) // table at the top, left there
{
    if (is_empty_array(L, m)) {
        lua_pushnil(L);
        lua_rawseti(L, -2, 1);
        vm_json_mark_list(L);
        return;
    }
    int t = lua_gettop(L);
    lua_pushnil(L);
    while (lua_next(L, t)) { // t k v
        if (lua_type(L, -2) == LUA_TSTRING) m->entries++;
        if (lua_type(L, -1) == LUA_TTABLE)
            mend_table(L, m);
        else if (mend_scalar(L, m)) {
            lua_pushvalue(L, -2); // t k v k
            lua_pushvalue(L, -2); // t k v k v
            lua_rawset(L, t);     // changing a field that exists is allowed in a traversal
        }
        lua_pop(L, 1);
    }
}

static void push_decode(lua_State *L, unsigned depth_max)
{
    static const char key;
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key) == LUA_TFUNCTION) return;
    lua_pop(L, 1);
    luaopen_cjson(L);                        // cjson
    lua_getfield(L, -1, "decode_max_depth"); // cjson fn
    lua_pushinteger(L, (lua_Integer)depth_max + 1);
    lua_call(L, 1, 0);
    lua_getfield(L, -1, "decode_invalid_numbers");
    lua_pushboolean(L, 0);
    lua_call(L, 1, 0);
    lua_getfield(L, -1, "decode"); // cjson decode
    lua_remove(L, -2);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
}

bool json_reference(lua_State *L, const char *text, size_t len, unsigned depth_max)
{
    struct json_facts facts;
    struct mend m = {0, false};
    struct buf out;
    if (!json_check(text, len, depth_max, &facts, NULL, NULL)) return false;
    luaL_checkstack(L, 2 * (int)depth_max + 16, "json");
    push_decode(L, depth_max);
    m.marked = facts.empty_arrays + facts.wide_integers > 0;
    buf_init(&out);
    json_check(text, len, depth_max, &facts, &out, mark);
    lua_pushlstring(L, out.data, out.len);
    buf_deinit(&out);
    lua_call(L, 1, 1);
    if (lua_type(L, -1) == LUA_TTABLE)
        mend_table(L, &m);
    else
        mend_scalar(L, &m);
    if (m.entries < facts.members) return lua_pop(L, 1), false; /* the same name twice */
    return true;
}

static bool same_marks(lua_State *L, int a, int b)
{
    bool mark_a = lua_getmetatable(L, a), mark_b = lua_getmetatable(L, b);
    bool same = mark_a == mark_b && (!mark_a || lua_rawequal(L, -1, -2));
    lua_pop(L, mark_a + mark_b);
    return same;
}

static size_t entries(lua_State *L, int t)
{
    size_t n = 0;
    for (lua_pushnil(L); lua_next(L, t); lua_pop(L, 1)) n++;
    return n;
}

bool json_same(lua_State *L)
{
    luaL_checkstack(L, 8, "json");
    int b = lua_gettop(L), a = b - 1;
    if (lua_type(L, a) != LUA_TTABLE || lua_type(L, b) != LUA_TTABLE)
        return lua_type(L, a) == lua_type(L, b) && lua_isinteger(L, a) == lua_isinteger(L, b) &&
               lua_rawequal(L, a, b);
    if (!same_marks(L, a, b) || entries(L, a) != entries(L, b)) return false;
    for (lua_pushnil(L); lua_next(L, a);) { // k v
        lua_pushvalue(L, -2);
        lua_rawget(L, b); // k v other
        bool same = json_same(L);
        lua_pop(L, same ? 2 : 3);
        if (!same) return false;
    }
    return true;
}

bool json_agree(lua_State *L, const char *text, size_t len, const char **why)
{
    int top = lua_gettop(L);
    const char *fault = NULL;
    bool ours = vm_json_decode(L, text, len, &fault), theirs = json_reference(L, text, len, JSON_DEPTH_MAX);
    bool same = ours == theirs && (!ours || json_same(L));
    if (!same) *why = ours != theirs ? (ours ? "only ours takes it" : fault) : "the values differ";
    lua_settop(L, top);
    return same;
}
