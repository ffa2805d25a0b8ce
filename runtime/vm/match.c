/* See match.h. A backtracking matcher: the items of a pattern are read one
 * after the other; where there is a choice, the rest is tried by recursion. */
#include "vm/match.h"

#include <ctype.h>
#include <lauxlib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define MATCH_OPEN (-1)     /* a capture whose end is not there yet */
#define MATCH_POSITION (-2) /* "()": captures where it is */

/* One character class of a pattern: what a single character must be. */
struct item {
    const char *at;   /* its first character */
    const char *next; /* behind it: perhaps a repetition mark */
};

static const char *run(struct match *m, const char *s, const char *p);

void match_init(struct match *m, lua_State *L, const char *text, size_t len, const char *pattern_end)
{
    m->L = L;
    m->text = text;
    m->text_end = text + len;
    m->pattern_end = pattern_end;
    m->steps = MATCH_STEPS_MAX;
    m->depth = m->captures = 0;
}

void match_charge(struct match *m, size_t steps)
{
    if (steps > (size_t)m->steps)
        luaL_error(m->L, "this pattern needs too many steps on this text: simplify it, or shorten the text");
    m->steps -= (long)steps;
}

/* ---- one character ---- */

static bool in_class(unsigned char c, unsigned char letter)
{
    bool yes;
    switch (tolower(letter)) {
    case 'a': yes = isalpha(c); break;
    case 'c': yes = iscntrl(c); break;
    case 'd': yes = isdigit(c); break;
    case 'g': yes = isgraph(c); break;
    case 'l': yes = islower(c); break;
    case 'p': yes = ispunct(c); break;
    case 's': yes = isspace(c); break;
    case 'u': yes = isupper(c); break;
    case 'w': yes = isalnum(c); break;
    case 'x': yes = isxdigit(c); break;
    default: return letter == c;
    }
    return yes != (isupper(letter) != 0);
}

/* set: at its '['; last: at its ']'. */
static bool in_set(unsigned char c, const char *set, const char *last)
{
    const char *p = set + 1;
    bool wanted = true;
    if (*p == '^') wanted = false, p++;
    while (p < last) {
        unsigned char low = (unsigned char)*p;
        if (low == '%') {
            if (in_class(c, (unsigned char)p[1])) return wanted;
            p += 2;
        } else if (p[1] == '-' && p + 2 < last) {
            if (low <= c && c <= (unsigned char)p[2]) return wanted;
            p += 3;
        } else {
            if (low == c) return wanted;
            p++;
        }
    }
    return !wanted;
}

static const char *end_of_set(struct match *m, const char *p) // behind the '['
{
    const char *from = p, *end = m->pattern_end;
    if (p < end && *p == '^') p++;
    do { /* a ']' that comes first is one of the set */
        if (p >= end) luaL_error(m->L, "malformed pattern (missing ']')");
        if (*p++ == '%' && p < end) p++;
    } while (p >= end || *p != ']');
    match_charge(m, (size_t)(p - from) / 4);
    return p + 1;
}

static struct item read_item(struct match *m, const char *p)
{
    struct item it = {p, p + 1};
    if (*p == '[') {
        it.next = end_of_set(m, p + 1);
    } else if (*p == '%') {
        if (it.next == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
        it.next++;
    }
    return it;
}

static bool fits(struct match *m, const char *s, const struct item *it)
{
    if (s >= m->text_end) return false;
    unsigned char c = (unsigned char)*s;
    switch (*it->at) {
    case '.': return true;
    case '%': return in_class(c, (unsigned char)it->at[1]);
    case '[': match_charge(m, (size_t)(it->next - it->at) / 4); return in_set(c, it->at, it->next - 1);
    default: return (unsigned char)*it->at == c;
    }
}

/* ---- repetitions ---- */

/* As many as there are, then fewer and fewer until the rest fits. */
static const char *greedy(struct match *m, const char *s, const struct item *it)
{
    const char *last = s;
    while (fits(m, last, it)) last++;
    match_charge(m, (size_t)(last - s) + 1);
    if (it->next + 1 == m->pattern_end) return last;
    for (; last >= s; last--) {
        const char *end = run(m, last, it->next + 1);
        if (end != NULL) return end;
    }
    return NULL;
}

static const char *lazy(struct match *m, const char *s, const struct item *it)
{
    for (;; s++) {
        const char *end = run(m, s, it->next + 1);
        if (end != NULL) return end;
        if (!fits(m, s, it)) return NULL;
    }
}

/* ---- captures and the other items ---- */

static const char *open_capture(struct match *m, const char *s, const char *p) // p behind the '('
{
    ptrdiff_t len = MATCH_OPEN;
    if (p < m->pattern_end && *p == ')') len = MATCH_POSITION, p++;
    if (m->captures >= MATCH_CAPTURES_MAX) luaL_error(m->L, "too many captures");
    m->capture[m->captures].at = s;
    m->capture[m->captures].len = len;
    m->captures++;
    const char *end = run(m, s, p);
    if (end == NULL) m->captures--;
    return end;
}

static const char *close_capture(struct match *m, const char *s, const char *p)
{
    int i = m->captures - 1;
    while (i >= 0 && m->capture[i].len != MATCH_OPEN) i--;
    if (i < 0) luaL_error(m->L, "invalid pattern capture");
    m->capture[i].len = s - m->capture[i].at;
    const char *end = run(m, s, p);
    if (end == NULL) m->capture[i].len = MATCH_OPEN;
    return end;
}

/* "%bxy" at its x: from an x to the y that closes it. */
static const char *balanced(struct match *m, const char *s, const char *p)
{
    if (p + 1 >= m->pattern_end) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
    if (s >= m->text_end || *s != p[0]) return NULL;
    const char *from = s;
    int open = 1;
    while (++s < m->text_end) {
        if (*s == p[1]) {
            if (--open == 0) break;
        } else if (*s == p[0]) {
            open++;
        }
    }
    match_charge(m, (size_t)(s - from));
    return s < m->text_end ? s + 1 : NULL;
}

/* "%f[set]" at its '[': between a character outside the set and one inside. */
static bool frontier(struct match *m, const char *s, const char *set, const char *next)
{
    unsigned char before = s == m->text ? '\0' : (unsigned char)s[-1];
    unsigned char here = s < m->text_end ? (unsigned char)*s : '\0';
    return !in_set(before, set, next - 1) && in_set(here, set, next - 1);
}

static const char *again(struct match *m, const char *s, char digit) // "%1": the same as capture 1
{
    int i = digit - '1';
    if (i < 0 || i >= m->captures || m->capture[i].len == MATCH_OPEN)
        luaL_error(m->L, "invalid capture index %%%d", i + 1);
    size_t len = (size_t)m->capture[i].len; /* of a position: huge, so it never fits */
    if ((size_t)(m->text_end - s) < len) return NULL;
    match_charge(m, len / 16);
    return memcmp(s, m->capture[i].at, len) == 0 ? s + len : NULL;
}

/* "%b", "%f" and "%1" at p: true, with *p behind it and *s moved, or NULL when
 * it does not fit. false: an ordinary item. */
static bool special(struct match *m, const char **s, const char **p)
{
    const char *at = *p + 1;
    if (at >= m->pattern_end) return false;
    if (*at == 'b') {
        *s = balanced(m, *s, at + 1);
        *p = at + 3;
    } else if (*at == 'f') {
        const char *set = at + 1;
        if (set >= m->pattern_end || *set != '[') luaL_error(m->L, "missing '[' after '%%f' in pattern");
        *p = end_of_set(m, set + 1);
        if (!frontier(m, *s, set, *p)) *s = NULL;
    } else if (isdigit((unsigned char)*at)) {
        *s = again(m, *s, *at);
        *p = at + 1;
    } else {
        return false;
    }
    return true;
}

static const char *items(struct match *m, const char *s, const char *p)
{
    while (s != NULL && p < m->pattern_end) {
        match_charge(m, 1);
        if (*p == '(') return open_capture(m, s, p + 1);
        if (*p == ')') return close_capture(m, s, p + 1);
        if (*p == '$' && p + 1 == m->pattern_end) return s == m->text_end ? s : NULL;
        if (*p == '%' && special(m, &s, &p)) continue;
        struct item it = read_item(m, p);
        const char *end;
        switch (it.next < m->pattern_end ? *it.next : '\0') {
        case '*': return greedy(m, s, &it);
        case '+': return fits(m, s, &it) ? greedy(m, s + 1, &it) : NULL;
        case '-': return lazy(m, s, &it);
        case '?':
            if (fits(m, s, &it) && (end = run(m, s + 1, it.next + 1)) != NULL) return end;
            p = it.next + 1;
            break;
        default:
            if (!fits(m, s, &it)) return NULL;
            s++;
            p = it.next;
        }
    }
    return s;
}

static const char *run(struct match *m, const char *s, const char *p)
{
    if (m->depth == MATCH_DEPTH_MAX) luaL_error(m->L, "pattern too complex");
    m->depth++;
    const char *end = items(m, s, p);
    m->depth--;
    return end;
}

const char *match_at(struct match *m, const char *s, const char *p)
{
    m->captures = m->depth = 0;
    match_charge(m, 1);
    return run(m, s, p);
}

void match_push(struct match *m, int i, const char *s, const char *e)
{
    if (i >= m->captures) {
        if (i != 0) luaL_error(m->L, "invalid capture index %%%d", i + 1);
        lua_pushlstring(m->L, s, (size_t)(e - s));
    } else if (m->capture[i].len == MATCH_POSITION) {
        lua_pushinteger(m->L, m->capture[i].at - m->text + 1);
    } else {
        if (m->capture[i].len == MATCH_OPEN) luaL_error(m->L, "unfinished capture");
        lua_pushlstring(m->L, m->capture[i].at, (size_t)m->capture[i].len);
    }
}

int match_push_all(struct match *m, const char *s, const char *e)
{
    int n = m->captures == 0 && s != NULL ? 1 : m->captures;
    luaL_checkstack(m->L, n, "too many captures");
    for (int i = 0; i < n; i++) match_push(m, i, s, e);
    return n;
}
