/* pairs and next in a fixed order: numbers, then texts by their bytes, then
 * booleans. So a script that is run again takes the same path. The positions
 * of a list are walked as they are; other keys are collected and sorted
 * first, and of those a table may have KEYS_MAX. */
#include <stdlib.h>
#include <string.h>

#include "vm/internal.h"
#include "vm/lib.h"

#define KEYS_MAX 20000
#define KEY_BYTES_MAX (1u << 20) /* of all keys: what the comparisons read */
#define LOCAL_KEYS 24

struct key {
    int rank; /* 0 number, 1 text, 2 boolean */
    double number;
    lua_Integer integer;
    const char *text; /* anchored by the table */
    size_t len;
};

#define WALK_LOOK 512 /* steps between two looks at the clock */
#define WALK_MAX_NS (8000000ull * AZK_SLOWNESS)

bool vm_walk_too_long(struct vm_walk *w)
{
    if (++w->steps % WALK_LOOK != 0) return false;
    uint64_t now = clock_thread_cpu_ns();
    if (w->from_ns == 0) w->from_ns = now;
    return now - w->from_ns > WALK_MAX_NS;
}

static int compare(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    if (x->rank != y->rank) return x->rank - y->rank;
    if (x->rank != 1)
        return x->number < y->number   ? -1
               : x->number > y->number ? 1
                                       : (x->integer > y->integer) - (x->integer < y->integer);
    size_t n = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->text, y->text, n);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

static void read_key(lua_State *L, int at, struct key *k)
{
    memset(k, 0, sizeof *k);
    switch (lua_type(L, at)) {
    case LUA_TNUMBER:
        k->number = lua_tonumber(L, at);
        if (lua_isinteger(L, at)) k->integer = lua_tointeger(L, at);
        break;
    case LUA_TSTRING:
        k->rank = 1;
        k->text = lua_tolstring(L, at, &k->len);
        break;
    case LUA_TBOOLEAN:
        k->rank = 2;
        k->number = lua_toboolean(L, at);
        break;
    default:
        luaL_error(L, "pairs: a key that is a %s has no fixed order; use numbers, texts or booleans",
                   luaL_typename(L, at));
    }
}

static void push_key(lua_State *L, const struct key *k)
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

/* ---- pairs ---- */

struct keys {
    struct key local[LOCAL_KEYS], *list;
    size_t count, room, bytes;
    struct vm_walk walk;
    lua_Integer length; /* of the list part: walked, not collected */
    bool early;         /* a number that belongs before or between the positions */
};

/* The list moves to blocks of the Lua stack at slot 2: an error frees it. */
static void grow(lua_State *L, struct keys *keys)
{
    if (keys->count >= KEYS_MAX)
        luaL_error(L, "pairs: more than %d keys that are no list positions", KEYS_MAX);
    keys->room *= 4;
    struct key *block = lua_newuserdatauv(L, keys->room * sizeof *block, 0); // t k block
    memcpy(block, keys->list, keys->count * sizeof *block);
    keys->list = block;
    lua_replace(L, 2);
}

static void collect(lua_State *L, struct keys *keys) // t nil
{
    keys->list = keys->local;
    keys->room = LOCAL_KEYS;
    keys->count = keys->bytes = 0;
    memset(&keys->walk, 0, sizeof keys->walk);
    lua_pushnil(L);
    while (lua_next(L, 1)) { // t x key value
        lua_pop(L, 1);
        if (vm_walk_too_long(&keys->walk)) luaL_error(L, "pairs: the keys of this table collide");
        if (keys->length > 0 && lua_isinteger(L, -1)) {
            lua_Integer i = lua_tointeger(L, -1);
            if (i >= 1 && i <= keys->length) continue;
        }
        if (keys->count == keys->room) {
            grow(L, keys);
        }
        struct key *k = &keys->list[keys->count++];
        read_key(L, 3, k);
        if (k->rank == 0 && k->number < (double)keys->length) keys->early = true;
        if ((keys->bytes += k->len) > KEY_BYTES_MAX) luaL_error(L, "pairs: more than 1 MiB of keys");
    }
}

static int l_step(lua_State *L) // upvalues: table, length, other keys, position
{
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(4)), length = lua_tointeger(L, lua_upvalueindex(2));
    for (;;) {
        if (++i <= length)
            lua_pushinteger(L, i);
        else if (lua_rawgeti(L, lua_upvalueindex(3), i - length) == LUA_TNIL)
            return 1;
        lua_pushvalue(L, -1);
        if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) break; /* else a hole, or removed meanwhile */
        lua_pop(L, 2);
    }
    lua_pushinteger(L, i);
    lua_replace(L, lua_upvalueindex(4));
    return 2;
}

static int paired(lua_State *L, int status, lua_KContext ctx)
{
    (void)L, (void)status, (void)ctx;
    return 3;
}

static int l_pairs(lua_State *L)
{
    struct keys keys;
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_callk(L, 1, 3, 0, paired);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_pushnil(L); // t nil
    keys.length = (lua_Integer)lua_rawlen(L, 1);
    keys.early = false;
    collect(L, &keys);
    if (keys.early) {
        keys.length = 0;
        collect(L, &keys);
    }
    if (keys.count > 1) qsort(keys.list, keys.count, sizeof *keys.list, compare);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, keys.length);
    lua_createtable(L, (int)keys.count, 0); // t x t length others
    for (size_t i = 0; i < keys.count; i++) {
        push_key(L, &keys.list[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, l_step, 4);
    return 1;
}

/* The least key behind the given one, found by looking at all. */
static int l_next(lua_State *L)
{
    struct key after, least, k;
    struct vm_walk walk = {0};
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    bool first = lua_isnil(L, 2), found = false;
    if (!first) read_key(L, 2, &after);
    lua_pushnil(L);
    while (lua_next(L, 1)) { // t after key value
        lua_pop(L, 1);
        if (vm_walk_too_long(&walk)) luaL_error(L, "next: the keys of this table collide");
        read_key(L, 3, &k);
        if (!first && compare(&k, &after) <= 0) continue;
        if (found && compare(&k, &least) >= 0) continue;
        least = k;
        found = true;
    }
    if (!found) return lua_pushnil(L), 1;
    push_key(L, &least);
    lua_pushvalue(L, -1);
    lua_rawget(L, 1);
    return 2;
}

void vm_order_open(lua_State *L)
{
    static const luaL_Reg functions[] = {{"pairs", l_pairs}, {"next", l_next}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
