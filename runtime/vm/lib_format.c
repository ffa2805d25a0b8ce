/* string.format. Each conversion is read and checked here and then written by
 * snprintf; %p is refused, for scripts see no addresses. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "vm/internal.h"
#include "vm/lib.h"

#define ITEM_MAX 512 /* "%99.99f" of the largest number has 410 characters */

struct conversion {
    char text[32]; /* "%-5.2", then what its argument needs */
    size_t len;
    char letter;
    bool precise; /* there is a "." */
};

static const char *allowed_flags(char letter)
{
    switch (letter) {
    case 'd':
    case 'i': return "-+ 0";
    case 'u': return "-0";
    case 'o':
    case 'x':
    case 'X': return "-#0";
    case 'c':
    case 's': return "-";
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G': return "-+ #0";
    case 'q': return "";
    default: return NULL;
    }
}

static const char *two_digits(const char *s, const char *end)
{
    for (int i = 0; i < 2 && s < end && isdigit((unsigned char)*s); i++) s++;
    return s;
}

/* Reads what follows '%' at s; returns what is behind it. */
static const char *read_conversion(lua_State *L, const char *s, const char *end, struct conversion *c)
{
    const char *from = s;
    s += strspn(s, "-+ #0"); /* ends at the NUL behind the format at the latest */
    size_t flags = (size_t)(s - from);
    s = two_digits(s, end);
    bool wide = s > from;
    c->precise = s < end && *s == '.';
    if (c->precise) s = two_digits(s + 1, end);
    c->letter = s < end ? *s : '\0';
    const char *allowed = allowed_flags(c->letter);
    bool ok = allowed != NULL && flags < 10 && strspn(from, allowed) >= flags &&
              !(c->letter == 'c' && c->precise) && !(c->letter == 'q' && (wide || c->precise));
    if (!ok) {
        lua_pushlstring(L, from, (size_t)(s - from) < 20 ? (size_t)(s - from) + (s < end) : 20);
        luaL_error(
            L, c->letter == 'p' ? "'%%%s' is not available here" : "invalid conversion '%%%s' to 'format'",
            lua_tostring(L, -1));
    }
    c->text[0] = '%';
    memcpy(c->text + 1, from, (size_t)(s - from));
    c->len = (size_t)(s - from) + 1;
    return s + 1;
}

static void finish(struct conversion *c, const char *length)
{
    snprintf(c->text + c->len, sizeof c->text - c->len, "%s%c", length, c->letter);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the conversion was checked above */
static void add_number(luaL_Buffer *b, struct conversion *c, int arg)
{
    char *out = luaL_prepbuffsize(b, ITEM_MAX);
    int n;
    if (c->letter == 'c') {
        finish(c, "");
        n = snprintf(out, ITEM_MAX, c->text, (int)luaL_checkinteger(b->L, arg));
    } else if (strchr("diuoxX", c->letter) != NULL) {
        finish(c, "ll");
        n = snprintf(out, ITEM_MAX, c->text, (long long)luaL_checkinteger(b->L, arg));
    } else {
        finish(c, "");
        n = snprintf(out, ITEM_MAX, c->text, luaL_checknumber(b->L, arg));
    }
    luaL_addsize(b, n < 0 ? 0 : n < ITEM_MAX ? (size_t)n : ITEM_MAX - 1);
}

static void add_string(luaL_Buffer *b, struct conversion *c, int arg)
{
    size_t len;
    char *out = luaL_prepbuffsize(b, ITEM_MAX); /* first: it wants the buffer's own slot at the top */
    const char *s = vm_tostring(b->L, arg, &len);
    if (c->len == 1 || (!c->precise && len >= 100)) return luaL_addvalue(b); /* nothing to cut or pad */
    luaL_argcheck(b->L, len == strlen(s), arg, "string contains zeros");
    finish(c, "");
    int n = snprintf(out, ITEM_MAX, c->text, s);
    luaL_addsize(b, n < 0 ? 0 : n < ITEM_MAX ? (size_t)n : ITEM_MAX - 1);
    lua_pop(b->L, 1);
}
#pragma GCC diagnostic pop

/* ---- %q: a value as Lua source ---- */

static void quote_text(luaL_Buffer *b, const char *s, size_t len)
{
    luaL_addchar(b, '"');
    for (; len > 0; s++, len--) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\' || c == '\n') {
            luaL_addchar(b, '\\');
            luaL_addchar(b, (char)c);
        } else if (iscntrl(c)) {
            char text[8];
            snprintf(text, sizeof text, len > 1 && isdigit((unsigned char)s[1]) ? "\\%03d" : "\\%d", c);
            luaL_addstring(b, text);
        } else {
            luaL_addchar(b, (char)c);
        }
    }
    luaL_addchar(b, '"');
}

static void quote_number(luaL_Buffer *b, int arg)
{
    char text[64];
    double d = lua_tonumber(b->L, arg);
    if (lua_isinteger(b->L, arg)) {
        lua_Integer i = lua_tointeger(b->L, arg);
        snprintf(text, sizeof text, i == LUA_MININTEGER ? "0x%llx" : "%lld", (long long)i);
    } else if (isnan(d)) {
        snprintf(text, sizeof text, "(0/0)");
    } else if (isinf(d)) {
        snprintf(text, sizeof text, "%s1e9999", d < 0 ? "-" : "");
    } else {
        snprintf(text, sizeof text, "%a", d);
    }
    luaL_addstring(b, text);
}

static void quote(luaL_Buffer *b, int arg)
{
    size_t len;
    const char *s;
    switch (lua_type(b->L, arg)) {
    case LUA_TSTRING: s = lua_tolstring(b->L, arg, &len); return quote_text(b, s, len);
    case LUA_TNUMBER: return quote_number(b, arg);
    case LUA_TNIL: return luaL_addstring(b, "nil");
    case LUA_TBOOLEAN: return luaL_addstring(b, lua_toboolean(b->L, arg) ? "true" : "false");
    default: luaL_argerror(b->L, arg, "value has no literal form");
    }
}

int vm_format(lua_State *L)
{
    size_t len;
    luaL_Buffer b;
    int top = lua_gettop(L), arg = 1;
    const char *s = luaL_checklstring(L, 1, &len), *end = s + len;
    luaL_buffinit(L, &b);
    while (s < end) {
        const char *mark = memchr(s, '%', (size_t)(end - s));
        luaL_addlstring(&b, s, (size_t)((mark ? mark : end) - s));
        if (mark == NULL) break;
        s = mark + 1;
        if (s < end && *s == '%') {
            luaL_addchar(&b, *s++);
            continue;
        }
        struct conversion c;
        if (++arg > top) return luaL_argerror(L, arg, "no value");
        s = read_conversion(L, s, end, &c);
        if (c.letter == 's')
            add_string(&b, &c, arg);
        else if (c.letter == 'q')
            quote(&b, arg);
        else
            add_number(&b, &c, arg);
        if (luaL_bufflen(&b) > STRING_MAX) return luaL_error(L, "resulting string too large");
    }
    luaL_pushresult(&b);
    return 1;
}
