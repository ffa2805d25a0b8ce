/* The table library. Plain tables are read raw; a table with metamethods goes
 * the slow way, but its length is always what it holds: with a lying __len a
 * loop in here would last for ever. sort with a function of the script, and
 * of anything but numbers or short texts, is itself Lua, so it is preempted
 * and may wait like the script. */
#include <stdlib.h>
#include <string.h>

#include "vm/internal.h"
#include "vm/lib.h"

/* The length of the table at 1; *raw: it has no metatable. */
static lua_Integer length_of(lua_State *L, bool *raw)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    *raw = true;
    if (lua_getmetatable(L, 1)) {
        *raw = false;
        lua_pop(L, 1);
        if (luaL_getmetafield(L, 1, "__len") != LUA_TNIL)
            luaL_argerror(L, 1, "a table with '__len' is not taken here");
    }
    return (lua_Integer)lua_rawlen(L, 1);
}

static void get(lua_State *L, bool raw, lua_Integer i)
{
    if (raw)
        lua_rawgeti(L, 1, i);
    else
        lua_geti(L, 1, i);
}

static void set(lua_State *L, bool raw, lua_Integer i)
{
    if (raw)
        lua_rawseti(L, 1, i);
    else
        lua_seti(L, 1, i);
}

static int l_insert(lua_State *L)
{
    bool raw;
    lua_Integer end = length_of(L, &raw) + 1, at = end;
    if (lua_gettop(L) == 3) {
        at = luaL_checkinteger(L, 2);
        luaL_argcheck(L, (lua_Unsigned)at - 1 < (lua_Unsigned)end, 2, "position out of bounds");
        if (end - at > MOVES_MAX) return luaL_error(L, "too many elements to move");
        for (lua_Integer i = end; i > at; i--) {
            get(L, raw, i - 1);
            set(L, raw, i);
        }
    } else if (lua_gettop(L) != 2) {
        return luaL_error(L, "wrong number of arguments to 'insert'");
    }
    set(L, raw, at);
    return 0;
}

static int l_remove(lua_State *L)
{
    bool raw;
    lua_Integer size = length_of(L, &raw), at = luaL_optinteger(L, 2, size);
    if (at != size) luaL_argcheck(L, (lua_Unsigned)at - 1 <= (lua_Unsigned)size, 2, "position out of bounds");
    if (size - at > MOVES_MAX) return luaL_error(L, "too many elements to move");
    get(L, raw, at);
    for (; at < size; at++) {
        get(L, raw, at + 1);
        set(L, raw, at);
    }
    lua_pushnil(L);
    set(L, raw, at);
    return 1;
}

static int l_move(lua_State *L)
{
    lua_Integer from = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3), to = luaL_checkinteger(L, 4);
    int target = lua_isnoneornil(L, 5) ? 1 : 5;
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, target, LUA_TTABLE);
    if (last >= from) {
        luaL_argcheck(L, from > 0 || last < LUA_MAXINTEGER + from, 3, "too many elements to move");
        lua_Integer n = last - from + 1;
        luaL_argcheck(L, n <= MOVES_MAX, 3, "too many elements to move");
        luaL_argcheck(L, to <= LUA_MAXINTEGER - n + 1, 4, "destination wrap around");
        bool down = to > last || to <= from || target != 1;
        for (lua_Integer k = 0; k < n; k++) {
            lua_Integer i = down ? k : n - 1 - k;
            lua_geti(L, 1, from + i);
            lua_seti(L, target, to + i);
        }
    }
    lua_pushvalue(L, target);
    return 1;
}

#define NUMBERS_MAX 20000 /* that one call writes as texts: 0.4 µs each */

static int l_concat(lua_State *L)
{
    bool raw;
    size_t gap_len;
    luaL_Buffer b;
    int numbers = 0;
    lua_Integer last = length_of(L, &raw);
    const char *gap = luaL_optlstring(L, 2, "", &gap_len);
    lua_Integer i = luaL_optinteger(L, 3, 1);
    last = luaL_optinteger(L, 4, last);
    if (last >= i && (lua_Unsigned)last - (lua_Unsigned)i >= MOVES_MAX)
        return luaL_error(L, "too many elements to join");
    luaL_buffinit(L, &b);
    for (bool more = i <= last; more; i++) {
        get(L, raw, i);
        if (lua_type(L, -1) == LUA_TNUMBER && ++numbers > NUMBERS_MAX)
            return luaL_error(L, "too many numbers to join");
        if (!lua_isstring(L, -1))
            return luaL_error(L, "invalid value (%s) at index %I in table for 'concat'", luaL_typename(L, -1),
                              (LUAI_UACINT)i);
        luaL_addvalue(&b);
        more = i < last;
        if (more) luaL_addlstring(&b, gap, gap_len);
        if (luaL_bufflen(&b) > STRING_MAX) return luaL_error(L, "resulting string too large");
    }
    luaL_pushresult(&b);
    return 1;
}

static int l_pack(lua_State *L)
{
    int n = lua_gettop(L);
    lua_createtable(L, n, 1);
    lua_insert(L, 1);
    for (int i = n; i >= 1; i--) lua_rawseti(L, 1, i);
    lua_pushinteger(L, n);
    lua_setfield(L, 1, "n");
    return 1;
}

static int l_unpack(lua_State *L)
{
    lua_Integer i = luaL_optinteger(L, 2, 1);
    lua_Integer last = lua_isnoneornil(L, 3) ? luaL_len(L, 1) : luaL_checkinteger(L, 3);
    if (i > last) return 0;
    lua_Unsigned n = (lua_Unsigned)last - (lua_Unsigned)i;
    if (n >= UNPACK_MAX || !lua_checkstack(L, (int)n + 1)) return luaL_error(L, "too many results to unpack");
    for (lua_Unsigned k = 0; k <= n; k++) lua_geti(L, 1, i + (lua_Integer)k);
    return (int)n + 1;
}

/* ---- sort ---- */

#define SORT_PLAIN_MAX 20000 /* elements that C sorts: a few ms */
#define SORT_TEXT_MAX 200    /* bytes of a text that C compares */

struct element {
    double number;
    lua_Integer integer;
    const char *text; /* anchored by the table */
    uint32_t len, at;
};

static int by_integer(const void *a, const void *b)
{
    const struct element *x = a, *y = b;
    return (x->integer > y->integer) - (x->integer < y->integer);
}

static int by_number(const void *a, const void *b)
{
    const struct element *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static int by_text(const void *a, const void *b)
{
    const struct element *x = a, *y = b;
    int order = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* 'i' integer, 'f' float, 's' short text, 0 anything else; the value at the top, popped. */
static char read_element(lua_State *L, struct element *e, uint32_t at)
{
    size_t len;
    char kind = 0;
    e->at = at;
    if (lua_type(L, -1) == LUA_TSTRING) {
        e->text = lua_tolstring(L, -1, &len);
        e->len = (uint32_t)len;
        if (len <= SORT_TEXT_MAX) kind = 's';
    } else if (lua_isinteger(L, -1)) {
        e->integer = lua_tointeger(L, -1);
        kind = 'i';
    } else if (lua_type(L, -1) == LUA_TNUMBER) {
        e->number = lua_tonumber(L, -1);
        if (e->number == e->number) kind = 'f';
    }
    lua_pop(L, 1);
    return kind;
}

/* Sorts the list at 1 when all of it is of one plain kind; false: it is not. */
static bool sort_plain(lua_State *L, uint32_t n)
{
    struct element *list = lua_newuserdatauv(L, n * sizeof *list, 0);
    char kind = 0;
    for (uint32_t i = 0; i < n; i++) {
        lua_rawgeti(L, 1, (lua_Integer)i + 1);
        char k = read_element(L, &list[i], i + 1);
        if (k == 0 || (i > 0 && k != kind)) return false;
        kind = k;
    }
    qsort(list, n, sizeof *list, kind == 'i' ? by_integer : kind == 'f' ? by_number : by_text);
    lua_createtable(L, (int)n, 0); // .. copy
    for (uint32_t i = 1; i <= n; i++) {
        lua_rawgeti(L, 1, i);
        lua_rawseti(L, -2, i);
    }
    for (uint32_t i = 0; i < n; i++) {
        lua_rawgeti(L, -1, list[i].at);
        lua_rawseti(L, 1, (lua_Integer)i + 1);
    }
    return true;
}

/* A merge sort: the number of comparisons is bounded whatever they say. */
static const char sorter[] = "local function below(a, b) return a < b end\n"
                             "return function(t, n, less)\n"
                             "  less = less or below\n"
                             "  local from, to = {}, {}\n"
                             "  for i = 1, n do from[i] = t[i] end\n"
                             "  for low = 1, n, 8 do\n"
                             "    local high = low + 7\n"
                             "    if high > n then high = n end\n"
                             "    for i = low + 1, high do\n"
                             "      local value, j = from[i], i - 1\n"
                             "      while j >= low and less(value, from[j]) do\n"
                             "        from[j + 1], j = from[j], j - 1\n"
                             "      end\n"
                             "      from[j + 1] = value\n"
                             "    end\n"
                             "  end\n"
                             "  local width = 8\n"
                             "  while width < n do\n"
                             "    for low = 1, n, 2 * width do\n"
                             "      local middle, high = low + width, low + 2 * width\n"
                             "      if middle > n + 1 then middle = n + 1 end\n"
                             "      if high > n + 1 then high = n + 1 end\n"
                             "      local i, j = low, middle\n"
                             "      for k = low, high - 1 do\n"
                             "        if i < middle and (j >= high or not less(from[j], from[i])) then\n"
                             "          to[k], i = from[i], i + 1\n"
                             "        else\n"
                             "          to[k], j = from[j], j + 1\n"
                             "        end\n"
                             "      end\n"
                             "    end\n"
                             "    from, to, width = to, from, 2 * width\n"
                             "  end\n"
                             "  for i = 1, n do t[i] = from[i] end\n"
                             "end\n";

static int sorted(lua_State *L, int status, lua_KContext ctx)
{
    (void)L, (void)status, (void)ctx;
    return 0;
}

static int l_sort(lua_State *L) // upvalue: the sorter
{
    bool raw;
    lua_Integer n = length_of(L, &raw);
    if (n < 2) return 0;
    if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    if (lua_isnil(L, 2) && raw && n <= SORT_PLAIN_MAX && sort_plain(L, (uint32_t)n)) return 0;
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, 1);
    lua_pushinteger(L, n);
    lua_pushvalue(L, 2);
    lua_callk(L, 3, 0, 0, sorted);
    return 0;
}

static const luaL_Reg functions[] = {
    {"concat", l_concat}, {"insert", l_insert}, {"move", l_move}, {"pack", l_pack},
    {"remove", l_remove}, {"unpack", l_unpack}, {NULL, NULL},
};

void vm_table_open(lua_State *L)
{
    luaL_newlib(L, functions);
    if (luaL_loadbufferx(L, sorter, sizeof sorter - 1, "=table.sort", "t") != LUA_OK) lua_error(L);
    lua_call(L, 0, 1);
    lua_pushcclosure(L, l_sort, 1);
    lua_setfield(L, -2, "sort");
}
