/* The string library but for patterns and format, which have files of their
 * own. pack and unpack are the stock library's behind a look at their format. */
#include <ctype.h>
#include <lualib.h>
#include <string.h>

#include "vm/internal.h"
#include "vm/lib.h"

size_t vm_position(lua_Integer i, size_t len)
{
    if (i > 0) return (size_t)i;
    if (i == 0 || i < -(lua_Integer)len) return 1;
    return len + (size_t)i + 1;
}

size_t vm_end_position(lua_Integer i, size_t len)
{
    if (i > (lua_Integer)len) return len;
    if (i >= 0) return (size_t)i;
    return i < -(lua_Integer)len ? 0 : len + (size_t)i + 1;
}

static int l_len(lua_State *L)
{
    size_t len;
    luaL_checklstring(L, 1, &len);
    lua_pushinteger(L, (lua_Integer)len);
    return 1;
}

static int l_sub(lua_State *L)
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    size_t from = vm_position(luaL_checkinteger(L, 2), len);
    size_t to = vm_end_position(luaL_optinteger(L, 3, -1), len);
    if (from > to)
        lua_pushliteral(L, "");
    else
        lua_pushlstring(L, s + from - 1, to - from + 1);
    return 1;
}

static int l_byte(lua_State *L)
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    lua_Integer i = luaL_optinteger(L, 2, 1);
    size_t from = vm_position(i, len), to = vm_end_position(luaL_optinteger(L, 3, (lua_Integer)from), len);
    if (from > to) return 0;
    size_t n = to - from + 1;
    if (n > UNPACK_MAX) return luaL_error(L, "string slice too long");
    luaL_checkstack(L, (int)n, "string slice too long");
    for (size_t k = 0; k < n; k++) lua_pushinteger(L, (unsigned char)s[from - 1 + k]);
    return (int)n;
}

static int l_char(lua_State *L)
{
    luaL_Buffer b;
    int n = lua_gettop(L);
    char *out = luaL_buffinitsize(L, &b, (size_t)n);
    for (int i = 1; i <= n; i++) {
        lua_Unsigned c = (lua_Unsigned)luaL_checkinteger(L, i);
        luaL_argcheck(L, c <= 255, i, "value out of range");
        out[i - 1] = (char)c;
    }
    luaL_pushresultsize(&b, (size_t)n);
    return 1;
}

static int l_lower(lua_State *L)
{
    size_t len;
    luaL_Buffer b;
    const char *s = luaL_checklstring(L, 1, &len);
    char *out = luaL_buffinitsize(L, &b, len);
    for (size_t i = 0; i < len; i++) out[i] = (char)tolower((unsigned char)s[i]);
    luaL_pushresultsize(&b, len);
    return 1;
}

static int l_upper(lua_State *L)
{
    size_t len;
    luaL_Buffer b;
    const char *s = luaL_checklstring(L, 1, &len);
    char *out = luaL_buffinitsize(L, &b, len);
    for (size_t i = 0; i < len; i++) out[i] = (char)toupper((unsigned char)s[i]);
    luaL_pushresultsize(&b, len);
    return 1;
}

static int l_reverse(lua_State *L)
{
    size_t len;
    luaL_Buffer b;
    const char *s = luaL_checklstring(L, 1, &len);
    char *out = luaL_buffinitsize(L, &b, len);
    for (size_t i = 0; i < len; i++) out[i] = s[len - 1 - i];
    luaL_pushresultsize(&b, len);
    return 1;
}

static int l_rep(lua_State *L)
{
    size_t len, gap_len;
    luaL_Buffer b;
    const char *s = luaL_checklstring(L, 1, &len);
    lua_Integer n = luaL_checkinteger(L, 2);
    const char *gap = luaL_optlstring(L, 3, "", &gap_len);
    if (n <= 0 || len + gap_len == 0) return lua_pushliteral(L, ""), 1;
    if (len > STRING_MAX || gap_len > STRING_MAX ||
        (lua_Unsigned)n > (STRING_MAX + gap_len) / (len + gap_len))
        return luaL_error(L, "resulting string too large");
    size_t total = (size_t)n * (len + gap_len) - gap_len;
    char *out = luaL_buffinitsize(L, &b, total);
    memcpy(out, s, len);
    if (n > 1) memcpy(out + len, gap, gap_len);
    for (size_t done = len + gap_len; done < total; done *= 2) /* twice as much each time */
        memcpy(out + done, out, done < total - done ? done : total - done);
    luaL_pushresultsize(&b, total);
    return 1;
}

/* ---- pack and unpack ---- */

#define PACK_FORMAT_MAX 1000      /* characters: each can put a value on the stack */
#define PACK_NUMBER_MAX (1 << 16) /* of "c65536": bytes that one option makes */

/* The stock function, once no option of the format at 1 makes it run long. */
static int l_packing(lua_State *L) // upvalue: string.pack or unpack
{
    size_t len;
    const char *f = luaL_checklstring(L, 1, &len);
    luaL_argcheck(L, len <= PACK_FORMAT_MAX, 1, "too long a format");
    long number = 0, sum = 0;
    for (size_t i = 0; i < len; i++) {
        number = isdigit((unsigned char)f[i]) ? number * 10 + f[i] - '0' : 0;
        if (number > PACK_NUMBER_MAX || (sum += number) > 16 * PACK_NUMBER_MAX)
            return luaL_argerror(L, 1, "too large a size");
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

static void take_stock(lua_State *L, const char *name) // ours stock
{
    lua_getfield(L, -1, name);
    lua_pushcclosure(L, l_packing, 1);
    lua_setfield(L, -3, name);
}

static const luaL_Reg functions[] = {
    {"byte", l_byte}, {"char", l_char}, {"format", vm_format},  {"len", l_len},     {"lower", l_lower},
    {"rep", l_rep},   {"sub", l_sub},   {"reverse", l_reverse}, {"upper", l_upper}, {NULL, NULL},
};

void vm_string_open(lua_State *L)
{
    luaL_newlib(L, functions); // ours
    luaL_setfuncs(L, vm_pattern_functions, 0);
    lua_pushcfunction(L,
                      luaopen_string); /* it also gives texts their metatable, for ("x"):rep(3) and "1" + 1 */
    lua_call(L, 0, 1);                 // ours stock
    take_stock(L, "pack");
    take_stock(L, "unpack");
    lua_pop(L, 1);
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1); // ours "" mt
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
}
