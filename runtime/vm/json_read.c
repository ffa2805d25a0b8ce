/* Recursive descent; its depth is bounded by the caller. The members of an
 * object wait on the Lua stack until the object ends or HELD_MAX are together,
 * so that a small table is made once, at its exact size: growing key by key was
 * a quarter of a turn, and what is decoded once may live for long. */
#include "vm/json_read.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "vm/json.h"

#define HELD_MAX 16                   /* members or elements of one table on the stack */
#define HELD_SLOTS (2 * HELD_MAX + 4) /* their values, the table, one for a look-up */
#define NUMBER_MAX 64                 /* characters */

struct reader {
    lua_State *L;
    const char *p, *end;
    struct buf *scratch;
    const char *why;
};

static bool value(struct reader *r, unsigned depth);

static bool fail(struct reader *r, const char *why) { return r->why = why, false; }

static void blanks(struct reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r')) r->p++;
}

/* ---- texts ---- */

static int hex4(const char *p)
{
    int v = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int d = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
        if (d < 0) return -1;
        v = v * 16 + d;
    }
    return v;
}

static void add_utf8(struct buf *b, unsigned c)
{
    char *out = buf_reserve(b, 4);
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n; i-- > 1; c >>= 6) out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(lead[n] | c);
    b->len += n;
}

static bool unicode_escape(struct reader *r) // at the backslash of \u
{
    int v = r->end - r->p >= 6 ? hex4(r->p + 2) : -1;
    if (v < 0) return fail(r, "\\u needs four hex digits");
    if (v >= 0xdc00 && v <= 0xdfff) return fail(r, "lone surrogate");
    unsigned c = (unsigned)v;
    if (v >= 0xd800 && v <= 0xdbff) {
        int low = r->end - r->p >= 12 && r->p[6] == '\\' && r->p[7] == 'u' ? hex4(r->p + 8) : -1;
        if (low < 0xdc00 || low > 0xdfff) return fail(r, "lone surrogate");
        c = 0x10000 + ((c - 0xd800) << 10) + ((unsigned)low - 0xdc00);
        r->p += 6;
    }
    r->p += 6;
    return add_utf8(r->scratch, c), true;
}

static bool escape(struct reader *r) // at the backslash
{
    static const char names[] = "\"\\/bfnrt", stands_for[] = "\"\\/\b\f\n\r\t";
    if (r->end - r->p < 2) return fail(r, "text ends in a string");
    if (r->p[1] == 'u') return unicode_escape(r);
    const char *found = r->p[1] != '\0' ? strchr(names, r->p[1]) : NULL;
    if (found == NULL) return fail(r, "unknown escape");
    buf_char(r->scratch, stands_for[found - names]);
    r->p += 2;
    return true;
}

/* Eight bytes at a time while none is a quote, a backslash, a control
 * character or above ASCII (the "has zero byte" trick of Mycroft, 1987). */
static const char *plain_run(const char *p, const char *end)
{
    const uint64_t low = 0x0101010101010101u, high = 0x8080808080808080u;
    while (end - p >= 8) {
        uint64_t w, quote, slash;
        memcpy(&w, p, 8);
        quote = w ^ (low * '"');
        slash = w ^ (low * '\\');
        if ((w | (w - low * 0x20) | (quote - low) | (slash - low)) & high) break;
        p += 8;
    }
    return p;
}

/* Moves on over what stands for itself; false at a fault. */
static bool literal_run(struct reader *r)
{
    r->p = plain_run(r->p, r->end);
    while (r->p < r->end) {
        unsigned char c = (unsigned char)*r->p;
        if (c == '"' || c == '\\') return true;
        if (c < 0x20) return fail(r, "control character in a string");
        size_t n = c < 0x80 ? 1 : utf8_next(r->p, (size_t)(r->end - r->p));
        if (n == 0) return fail(r, "not valid UTF-8");
        r->p += n;
    }
    return fail(r, "text ends in a string");
}

static bool string(struct reader *r) // at the opening quote; pushes it
{
    const char *from = ++r->p;
    if (!literal_run(r)) return false;
    if (*r->p == '"') { /* nothing was escaped: the bytes as they are */
        lua_pushlstring(r->L, from, (size_t)(r->p++ - from));
        return true;
    }
    buf_reset(r->scratch);
    for (;;) {
        buf_add(r->scratch, from, (size_t)(r->p - from));
        if (*r->p == '"') break;
        if (!escape(r)) return false;
        from = r->p;
        if (!literal_run(r)) return false;
    }
    r->p++;
    lua_pushlstring(r->L, r->scratch->data, r->scratch->len);
    return true;
}

/* ---- numbers ---- */

static size_t digits(struct reader *r)
{
    const char *from = r->p;
    while (r->p < r->end && *r->p >= '0' && *r->p <= '9') r->p++;
    return (size_t)(r->p - from);
}

/* The decimal integer in [p, p+n), if it fits. */
static bool whole(const char *p, size_t n, bool negative, lua_Integer *out)
{
    if (n > 19) return false;
    uint64_t v = 0, most = (uint64_t)LUA_MAXINTEGER + negative;
    for (size_t i = 0; i < n; i++) v = v * 10 + (uint64_t)(p[i] - '0');
    if (v > most) return false;
    *out = (lua_Integer)(negative ? 0 - v : v);
    return true;
}

/* A number without a fraction is an integer, however it was written. */
static void push_double(lua_State *L, const char *from, size_t n)
{
    char text[NUMBER_MAX + 1];
    lua_Integer i;
    memcpy(text, from, n);
    text[n] = '\0';
    lua_Number d = strtod(text, NULL);
    if (lua_numbertointeger(d, &i) && (lua_Number)i == d)
        lua_pushinteger(L, i);
    else
        lua_pushnumber(L, d);
}

static bool number(struct reader *r)
{
    const char *from = r->p;
    bool negative = *r->p == '-', plain = true;
    if (negative) r->p++;
    const char *first = r->p;
    size_t n = digits(r);
    lua_Integer i;
    if (n == 0) return fail(r, "not a value");
    if (n > 1 && *first == '0') return fail(r, "number with a leading zero");
    if (r->p < r->end && *r->p == '.') {
        plain = false;
        r->p++;
        if (digits(r) == 0) return fail(r, "number ends after its point");
    }
    if (r->p < r->end && (*r->p == 'e' || *r->p == 'E')) {
        plain = false;
        r->p++;
        if (r->p < r->end && (*r->p == '+' || *r->p == '-')) r->p++;
        if (digits(r) == 0) return fail(r, "number ends in its exponent");
    }
    if (r->p - from > NUMBER_MAX) return fail(r, "number too long");
    if (plain && whole(first, n, negative, &i))
        lua_pushinteger(r->L, i);
    else
        push_double(r->L, from, (size_t)(r->p - from));
    return true;
}

static bool word(struct reader *r, const char *w, size_t n)
{
    if ((size_t)(r->end - r->p) < n || memcmp(r->p, w, n) != 0) return fail(r, "not a value");
    r->p += n;
    return true;
}

/* ---- tables ---- */

struct held {
    int at;         /* of the table, or of the nil that keeps its place */
    unsigned count; /* values (arrays) or pairs (objects) above it */
    bool made;
};

static bool begin(struct reader *r, struct held *h)
{
    r->p++;
    blanks(r);
    if (!lua_checkstack(r->L, HELD_SLOTS)) return fail(r, "nested too deep");
    lua_pushnil(r->L);
    *h = (struct held){lua_gettop(r->L), 0, false};
    return true;
}

static void make(struct reader *r, struct held *h, bool list)
{
    if (h->made) return;
    lua_createtable(r->L, list ? (int)h->count : 0, list ? 0 : (int)h->count);
    lua_replace(r->L, h->at);
    h->made = true;
}

/* After an element or member: true when another follows, false at the end or a fault. */
static bool more(struct reader *r, char close, const char *cut, const char *else_why)
{
    blanks(r);
    if (r->p == r->end) return fail(r, cut);
    char c = *r->p;
    if (c != ',' && c != close) return fail(r, else_why);
    r->p++;
    return c == ',';
}

static void settle_list(struct reader *r, struct held *h, lua_Integer *stored)
{
    make(r, h, true);
    *stored += h->count;
    for (lua_Integer i = *stored; h->count > 0; h->count--) lua_rawseti(r->L, h->at, i--);
}

static bool array(struct reader *r, unsigned depth)
{
    struct held h;
    lua_Integer stored = 0;
    bool again = true;
    if (!begin(r, &h)) return false;
    if (r->p < r->end && *r->p == ']') {
        r->p++;
        make(r, &h, true);
        vm_json_mark_list(r->L);
        return true;
    }
    while (again) {
        if (!value(r, depth)) return false;
        h.count++;
        again = more(r, ']', "text ends in an array", "expected , or ]");
        if (r->why != NULL) return false;
        if (!again || h.count == HELD_MAX) settle_list(r, &h, &stored);
    }
    return true;
}

struct name {
    const char *s; /* of the Lua string, which the stack holds */
    size_t len;
};

/* The name at the top, against those that wait and those in the table already. */
static bool is_new(struct reader *r, const struct held *h, struct name *names)
{
    struct name *mine = &names[h->count];
    mine->s = lua_tolstring(r->L, -1, &mine->len);
    for (const struct name *n = names; n < mine; n++)
        if (n->len == mine->len && (n->s == mine->s || memcmp(n->s, mine->s, n->len) == 0)) return false;
    if (!h->made) return true;
    lua_pushvalue(r->L, -1);
    bool fresh = lua_rawget(r->L, h->at) == LUA_TNIL; /* null is no nil */
    lua_pop(r->L, 1);
    return fresh;
}

static void settle_object(struct reader *r, struct held *h)
{
    make(r, h, false);
    for (; h->count > 0; h->count--) lua_rawset(r->L, h->at);
}

static bool member(struct reader *r, struct held *h, struct name *names, unsigned depth)
{
    blanks(r);
    if (r->p == r->end || *r->p != '"') return fail(r, "expected a name in quotes");
    if (!string(r)) return false;
    if (!is_new(r, h, names)) return fail(r, "the same name twice in an object");
    blanks(r);
    if (r->p == r->end || *r->p != ':') return fail(r, "expected :");
    r->p++;
    if (!value(r, depth)) return false;
    h->count++;
    return true;
}

static bool object(struct reader *r, unsigned depth)
{
    struct held h;
    struct name names[HELD_MAX];
    bool again = true;
    if (!begin(r, &h)) return false;
    if (r->p < r->end && *r->p == '}') return r->p++, make(r, &h, false), true;
    while (again) {
        if (!member(r, &h, names, depth)) return false;
        again = more(r, '}', "text ends in an object", "expected , or }");
        if (r->why != NULL) return false;
        if (!again || h.count == HELD_MAX) settle_object(r, &h);
    }
    return true;
}

static bool value(struct reader *r, unsigned depth)
{
    lua_State *L = r->L;
    blanks(r);
    if (r->p == r->end) return fail(r, "text ends early");
    switch (*r->p) {
    case '{': return depth == 0 ? fail(r, "nested too deep") : object(r, depth - 1);
    case '[': return depth == 0 ? fail(r, "nested too deep") : array(r, depth - 1);
    case '"': return string(r);
    case 't': return word(r, "true", 4) && (lua_pushboolean(L, 1), true);
    case 'f': return word(r, "false", 5) && (lua_pushboolean(L, 0), true);
    case 'n': return word(r, "null", 4) && (lua_pushlightuserdata(L, NULL), true);
    default: return number(r);
    }
}

bool json_read(lua_State *L, const char *text, size_t len, unsigned depth_max, struct buf *scratch,
               const char **why)
{
    struct reader r = {L, text, text + len, scratch, NULL};
    int top = lua_gettop(L);
    bool ok = lua_checkstack(L, 4) ? value(&r, depth_max) : fail(&r, "nested too deep");
    if (ok) blanks(&r);
    if (ok && r.p != r.end) ok = fail(&r, "more text after the value");
    if (ok) return true;
    lua_settop(L, top);
    *why = r.why;
    return false;
}
