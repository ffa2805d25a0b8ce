/* string.find, match, gmatch and gsub over the bounded matcher (match.h). A
 * function that gsub calls may wait and be preempted, as everywhere else: what
 * gsub knows lies in a block of the Lua stack meanwhile. */
#include <string.h>

#include "vm/internal.h"
#include "vm/lib.h"
#include "vm/match.h"

static bool is_plain(const char *p, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (memchr("^$*+?.([%-", p[i], 10) != NULL) return false;
    return true;
}

static const char *find_text(const char *s, size_t len, const char *what, size_t what_len)
{
    if (what_len == 0) return s;
    return what_len > len ? NULL : memmem(s, len, what, what_len);
}

static int find(lua_State *L, bool positions)
{
    size_t len, plen;
    const char *s = luaL_checklstring(L, 1, &len), *p = luaL_checklstring(L, 2, &plen);
    size_t from = vm_position(luaL_optinteger(L, 3, 1), len) - 1;
    if (from > len) return lua_pushnil(L), 1;
    if (positions && (lua_toboolean(L, 4) || is_plain(p, plen))) {
        const char *at = find_text(s + from, len - from, p, plen);
        if (at == NULL) return lua_pushnil(L), 1;
        lua_pushinteger(L, at - s + 1);
        lua_pushinteger(L, at - s + (lua_Integer)plen);
        return 2;
    }
    struct match m;
    match_init(&m, L, s, len, p + plen);
    bool anchored = plen > 0 && *p == '^';
    const char *at = s + from, *end;
    do {
        if ((end = match_at(&m, at, p + anchored)) == NULL) continue;
        if (!positions) return match_push_all(&m, at, end);
        lua_pushinteger(L, at - s + 1);
        lua_pushinteger(L, end - s);
        return match_push_all(&m, NULL, NULL) + 2;
    } while (at++ < m.text_end && !anchored);
    return lua_pushnil(L), 1;
}

static int l_find(lua_State *L) { return find(L, true); }
static int l_match(lua_State *L) { return find(L, false); }

/* ---- gmatch ---- */

static int l_gmatch_step(lua_State *L) // upvalues: text, pattern, next offset, end of the last match
{
    size_t len, plen;
    struct match m;
    const char *s = lua_tolstring(L, lua_upvalueindex(1), &len);
    const char *p = lua_tolstring(L, lua_upvalueindex(2), &plen);
    const char *last = s + lua_tointeger(L, lua_upvalueindex(4));
    match_init(&m, L, s, len, p + plen);
    for (const char *at = s + lua_tointeger(L, lua_upvalueindex(3)); at <= m.text_end; at++) {
        const char *end = match_at(&m, at, p);
        if (end == NULL || end == last) continue;
        lua_pushinteger(L, end - s);
        lua_pushvalue(L, -1);
        lua_replace(L, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return match_push_all(&m, at, end);
    }
    return 0;
}

static int l_gmatch(lua_State *L)
{
    size_t len;
    luaL_checklstring(L, 1, &len);
    luaL_checkstring(L, 2);
    size_t from = vm_position(luaL_optinteger(L, 3, 1), len) - 1;
    if (from > len) from = len + 1;
    lua_settop(L, 2);
    lua_pushinteger(L, (lua_Integer)from);
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, l_gmatch_step, 4);
    return 1;
}

/* ---- gsub with a text or a table ---- */

static void add_text(struct match *m, luaL_Buffer *b, const char *s, const char *e)
{
    size_t len;
    const char *r = lua_tolstring(m->L, 3, &len), *end = r + len;
    match_charge(m, len / 16 + 8);
    while (r < end) {
        const char *mark = memchr(r, '%', (size_t)(end - r));
        luaL_addlstring(b, r, (size_t)((mark ? mark : end) - r));
        if (mark == NULL) return;
        r = mark + 2;
        char c = r <= end ? mark[1] : '\0';
        if (c == '%') {
            luaL_addchar(b, '%');
        } else if (c == '0') {
            luaL_addlstring(b, s, (size_t)(e - s));
        } else if (c >= '1' && c <= '9') {
            match_push(m, c - '1', s, e);
            luaL_tolstring(m->L, -1, NULL); /* a text or a position: no metamethod runs */
            lua_remove(m->L, -2);
            luaL_addvalue(b);
        } else {
            luaL_error(m->L, "invalid use of '%%' in replacement string");
        }
    }
}

/* The replacement value at the top: true when it can be used, false when the
 * match stays as it was; then it is popped. */
static bool usable(lua_State *L)
{
    if (lua_isstring(L, -1)) return true;
    if (lua_toboolean(L, -1)) luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    lua_pop(L, 1);
    return false;
}

/* true: the replacement is not the match itself. */
static bool add_replacement(struct match *m, luaL_Buffer *b, const char *s, const char *e, bool by_table)
{
    if (!by_table) return add_text(m, b, s, e), true;
    match_push(m, 0, s, e);
    lua_gettable(m->L, 3);
    if (usable(m->L)) return luaL_addvalue(b), true;
    luaL_addlstring(b, s, (size_t)(e - s));
    return false;
}

static int gsub_plain(lua_State *L, bool by_table, lua_Integer most)
{
    size_t len, plen;
    const char *s = lua_tolstring(L, 1, &len), *p = lua_tolstring(L, 2, &plen), *last = NULL;
    struct match m;
    luaL_Buffer b;
    match_init(&m, L, s, len, p + plen);
    bool anchored = plen > 0 && *p == '^', changed = false;
    lua_Integer n = 0;
    luaL_buffinit(L, &b);
    while (n < most) {
        const char *end = match_at(&m, s, p + anchored);
        if (end != NULL && end != last) {
            n++;
            changed |= add_replacement(&m, &b, s, end, by_table);
            if (luaL_bufflen(&b) > STRING_MAX) return luaL_error(L, "resulting string too large");
            s = last = end;
        } else if (s < m.text_end) {
            luaL_addchar(&b, *s++);
        } else {
            break;
        }
        if (anchored) break;
    }
    if (changed) {
        luaL_addlstring(&b, s, (size_t)(m.text_end - s));
        luaL_pushresult(&b);
    } else {
        lua_pushvalue(L, 1);
    }
    lua_pushinteger(L, n);
    return 2;
}

/* ---- gsub with a function ---- */

/* The replaced text so far is in the block at slot OUT, moved when it grows. */
enum { OUT = 5, STATE = 6 };

struct gsub {
    size_t at, last, begin, end; /* offsets in the text; last: the end of the last match, or NO_MATCH */
    size_t used, room;
    lua_Integer n, most;
    bool anchored, changed;
};

#define NO_MATCH ((size_t)-1)
#define NATIVE_STEPS 30 /* what a call of a library function counts: no hook looks at those */

static void append(lua_State *L, struct gsub *g, const char *s, size_t len)
{
    if (g->used + len > STRING_MAX) luaL_error(L, "resulting string too large");
    if (g->used + len > g->room) {
        size_t need = g->used + len, room = need < STRING_MAX / 2 ? 2 * need : STRING_MAX;
        char *block = lua_newuserdatauv(L, room, 0);
        memcpy(block, lua_touserdata(L, OUT), g->used);
        lua_replace(L, OUT);
        g->room = room;
    }
    memcpy((char *)lua_touserdata(L, OUT) + g->used, s, len);
    g->used += len;
}

static void take_result(lua_State *L, struct gsub *g) // the function's result at the top; popped
{
    size_t len;
    const char *s = lua_tostring(L, 1) + g->begin;
    if (!usable(L)) return append(L, g, s, g->end - g->begin);
    s = lua_tolstring(L, -1, &len);
    append(L, g, s, len);
    g->changed = true;
    lua_pop(L, 1);
}

static int gsub_done(lua_State *L, struct gsub *g, const char *s, size_t len)
{
    if (g->changed) {
        append(L, g, s + g->at, len - g->at);
        lua_pushlstring(L, lua_touserdata(L, OUT), g->used);
    } else {
        lua_pushvalue(L, 1);
    }
    lua_pushinteger(L, g->n);
    return 2;
}

static int gsub_go_on(lua_State *L, int status, lua_KContext left);

static int gsub_run(lua_State *L, struct gsub *g, long steps)
{
    size_t len, plen;
    const char *s = lua_tolstring(L, 1, &len), *p = lua_tolstring(L, 2, &plen);
    struct match m;
    match_init(&m, L, s, len, p + plen);
    m.steps = steps;
    while (g->n < g->most && !(g->anchored && (g->n > 0 || g->at > 0))) {
        const char *end = match_at(&m, s + g->at, p + g->anchored);
        if (end != NULL && (size_t)(end - s) != g->last) {
            g->n++;
            g->begin = g->at;
            g->end = g->at = g->last = (size_t)(end - s);
            if (lua_iscfunction(L, 3)) match_charge(&m, NATIVE_STEPS);
            lua_pushvalue(L, 3);
            int n = match_push_all(&m, s + g->begin, end);
            lua_callk(L, n, 1, (lua_KContext)m.steps, gsub_go_on);
            take_result(L, g);
        } else if (g->at < len) {
            if (g->anchored) break;
            append(L, g, s + g->at++, 1);
        } else {
            break;
        }
    }
    return gsub_done(L, g, s, len);
}

static int gsub_go_on(lua_State *L, int status, lua_KContext left)
{
    (void)status;
    struct gsub *g = lua_touserdata(L, STATE);
    take_result(L, g);
    return gsub_run(L, g, (long)left);
}

static int gsub_calling(lua_State *L, lua_Integer most, bool anchored)
{
    lua_settop(L, 4);
    lua_newuserdatauv(L, 256, 0);
    struct gsub *g = lua_newuserdatauv(L, sizeof *g, 0);
    *g = (struct gsub){.last = NO_MATCH, .room = 256, .most = most, .anchored = anchored};
    return gsub_run(L, g, MATCH_STEPS_MAX);
}

static int l_gsub(lua_State *L)
{
    size_t len, plen;
    luaL_checklstring(L, 1, &len);
    const char *p = luaL_checklstring(L, 2, &plen);
    int by = lua_type(L, 3);
    luaL_argexpected(L, by == LUA_TNUMBER || by == LUA_TSTRING || by == LUA_TFUNCTION || by == LUA_TTABLE, 3,
                     "string/function/table");
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)len + 1);
    if (by == LUA_TFUNCTION) return gsub_calling(L, most, plen > 0 && *p == '^');
    return gsub_plain(L, by == LUA_TTABLE, most);
}

const luaL_Reg vm_pattern_functions[] = {
    {"find", l_find}, {"match", l_match}, {"gmatch", l_gmatch}, {"gsub", l_gsub}, {NULL, NULL},
};
