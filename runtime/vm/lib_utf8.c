/* The utf8 library: strict by default, with the lax forms of up to six bytes
 * where the caller asks for them. */
#include <stdint.h>
#include <string.h>

#include "vm/internal.h"
#include "vm/lib.h"

#define LAX_MAX 0x7FFFFFFFu
#define PATTERN "[\0-\x7F\xC2-\xFD][\x80-\xBF]*"

static bool continues(const char *s) { return ((unsigned char)*s & 0xC0) == 0x80; }

/* The character at s (NUL-terminated): its length, or 0 when it is none. */
static size_t decode(const char *s, uint32_t *code, bool strict)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000};
    unsigned char c = (unsigned char)*s;
    size_t n = 1;
    if (c < 0x80) return *code = c, 1;
    while (n < 7 && (c & (0x80u >> n))) n++;
    if (n < 2 || n > 6) return 0;
    uint32_t value = c & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        if (!continues(s + i)) return 0;
        value = value << 6 | ((unsigned char)s[i] & 0x3F);
    }
    if (value < least[n] || value > LAX_MAX) return 0;
    if (strict && (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))) return 0;
    return *code = value, n;
}

static lua_Integer position(lua_Integer i, size_t len)
{
    if (i >= 0) return i;
    return (lua_Unsigned)0 - (lua_Unsigned)i > len ? 0 : (lua_Integer)len + i + 1;
}

static int l_len(lua_State *L)
{
    size_t len;
    lua_Integer n = 0;
    const char *s = luaL_checklstring(L, 1, &len);
    lua_Integer from = position(luaL_optinteger(L, 2, 1), len), to = position(luaL_optinteger(L, 3, -1), len);
    bool strict = !lua_toboolean(L, 4);
    luaL_argcheck(L, 1 <= from && from - 1 <= (lua_Integer)len, 2, "initial position out of bounds");
    luaL_argcheck(L, to - 1 < (lua_Integer)len, 3, "final position out of bounds");
    for (from--; from < to; n++) {
        uint32_t code;
        size_t step = decode(s + from, &code, strict);
        if (step == 0) return lua_pushnil(L), lua_pushinteger(L, from + 1), 2;
        from += (lua_Integer)step;
    }
    return lua_pushinteger(L, n), 1;
}

static int l_codepoint(lua_State *L)
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    lua_Integer from = position(luaL_optinteger(L, 2, 1), len),
                to = position(luaL_optinteger(L, 3, from), len);
    bool strict = !lua_toboolean(L, 4);
    int n = 0;
    luaL_argcheck(L, from >= 1, 2, "out of bounds");
    luaL_argcheck(L, to <= (lua_Integer)len, 3, "out of bounds");
    if (from > to) return 0;
    if (to - from >= UNPACK_MAX) return luaL_error(L, "string slice too long");
    luaL_checkstack(L, (int)(to - from) + 1, "string slice too long");
    for (from--; from < to; n++) {
        uint32_t code;
        size_t step = decode(s + from, &code, strict);
        if (step == 0) return luaL_error(L, "invalid UTF-8 code");
        lua_pushinteger(L, code);
        from += (lua_Integer)step;
    }
    return n;
}

static int l_char(lua_State *L)
{
    luaL_Buffer b;
    int n = lua_gettop(L);
    luaL_buffinit(L, &b);
    for (int i = 1; i <= n; i++) {
        lua_Unsigned code = (lua_Unsigned)luaL_checkinteger(L, i);
        luaL_argcheck(L, code <= LAX_MAX, i, "value out of range");
        lua_pushfstring(L, "%U", (long)code);
        luaL_addvalue(&b);
    }
    luaL_pushresult(&b);
    return 1;
}

static int l_offset(lua_State *L)
{
    size_t size;
    const char *s = luaL_checklstring(L, 1, &size);
    lua_Integer n = luaL_checkinteger(L, 2), len = (lua_Integer)size;
    lua_Integer at = position(luaL_optinteger(L, 3, n >= 0 ? 1 : len + 1), size) - 1;
    luaL_argcheck(L, 0 <= at && at <= len, 3, "position out of bounds");
    if (n == 0) {
        while (at > 0 && continues(s + at)) at--;
        return lua_pushinteger(L, at + 1), 1;
    }
    if (continues(s + at)) return luaL_error(L, "initial position is a continuation byte");
    for (; n < 0 && at > 0; n++) do
            at--;
        while (at > 0 && continues(s + at));
    if (n > 0) n--;
    for (; n > 0 && at < len; n--) do
            at++;
        while (continues(s + at));
    if (n != 0) return lua_pushnil(L), 1;
    return lua_pushinteger(L, at + 1), 1;
}

static int step(lua_State *L, bool strict)
{
    size_t len;
    uint32_t code;
    const char *s = luaL_checklstring(L, 1, &len);
    lua_Unsigned at = (lua_Unsigned)lua_tointeger(L, 2);
    if (at < len) /* behind the character at position `at`, which begins at offset at - 1 */
        while (continues(s + at)) at++;
    if (at >= len) return 0;
    size_t n = decode(s + at, &code, strict);
    if (n == 0) return luaL_error(L, "invalid UTF-8 code");
    lua_pushinteger(L, (lua_Integer)at + 1);
    lua_pushinteger(L, code);
    return 2;
}

static int l_step_strict(lua_State *L) { return step(L, true); }
static int l_step_lax(lua_State *L) { return step(L, false); }

static int l_codes(lua_State *L)
{
    luaL_checkstring(L, 1);
    lua_pushcfunction(L, lua_toboolean(L, 2) ? l_step_lax : l_step_strict);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

static const luaL_Reg functions[] = {
    {"char", l_char}, {"codepoint", l_codepoint}, {"codes", l_codes},
    {"len", l_len},   {"offset", l_offset},       {NULL, NULL},
};

void vm_utf8_open(lua_State *L)
{
    luaL_newlib(L, functions);
    lua_pushlstring(L, PATTERN, sizeof PATTERN - 1);
    lua_setfield(L, -2, "charpattern");
}
