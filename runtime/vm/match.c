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

static void out_of_steps(struct match *m)
{
    luaL_error(m->L, "this pattern needs too many steps on this text: simplify it, or shorten the text");
}

/* On the path of every character. */
static inline void spend(struct match *m, size_t steps)
{
    if (steps > (size_t)m->steps) out_of_steps(m);
    m->steps -= (long)steps;
}

void match_charge(struct match *m, size_t steps) { spend(m, steps); }

/* ---- one character ---- */

enum {
    ALPHA = 1,
    CNTRL = 2,
    DIGIT = 4,
    GRAPH = 8,
    LOWER = 16,
    PUNCT = 32,
    SPACE = 64,
    UPPER = 128,
    HEX = 256
};

static uint16_t kinds[256];   /* of each character */
static uint16_t classes[256]; /* of each letter of a class, both cases; 0: the letter is itself */

__attribute__((constructor)) static void fill_tables(void)
{
    static const char letters[] = "acdglpsuwx";
    static const uint16_t of[] = {ALPHA, CNTRL, DIGIT, GRAPH, LOWER, PUNCT, SPACE, UPPER, ALPHA | DIGIT, HEX};
    for (int c = 0; c < 256; c++)
        kinds[c] = (uint16_t)((isalpha(c) ? ALPHA : 0) | (iscntrl(c) ? CNTRL : 0) | (isdigit(c) ? DIGIT : 0) |
                              (isgraph(c) ? GRAPH : 0) | (islower(c) ? LOWER : 0) | (ispunct(c) ? PUNCT : 0) |
                              (isspace(c) ? SPACE : 0) | (isupper(c) ? UPPER : 0) | (isxdigit(c) ? HEX : 0));
    for (size_t i = 0; letters[i] != '\0'; i++)
        classes[(unsigned char)letters[i]] = classes[toupper(letters[i])] = of[i];
}

static inline bool in_class(unsigned char c, unsigned char letter)
{
    uint16_t class = classes[letter];
    if (class == 0) return letter == c;
    return ((kinds[c] & class) != 0) != (letter < 'a'); /* an upper-case letter: all but these */
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
    spend(m, (size_t)(p - from) / 4);
    return p + 1;
}

static inline bool fits(struct match *m, const char *s, const struct item *it)
{
    if (s >= m->text_end) return false;
    unsigned char c = (unsigned char)*s;
    switch (*it->at) {
    case '.': return true;
    case '%': return in_class(c, (unsigned char)it->at[1]);
    case '[': spend(m, (size_t)(it->next - it->at) / 4); return in_set(c, it->at, it->next - 1);
    default: return (unsigned char)*it->at == c;
    }
}

/* ---- repetitions ---- */

/* As many as there are, then fewer and fewer until the rest fits. */
static const char *greedy(struct match *m, const char *s, const struct item *it)
{
    const char *last = s;
    while (fits(m, last, it)) last++;
    spend(m, (size_t)(last - s) + 1);
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
    spend(m, (size_t)(s - from));
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
    spend(m, len / 16);
    return memcmp(s, m->capture[i].at, len) == 0 ? s + len : NULL;
}

/* "%b", "%f" and "%1" at p: true, with *p behind it and *s moved, or NULL when
 * it does not fit. false: an ordinary item. */
static bool special(struct match *m, const char **s, const char **p)
{
    const char *at = *p + 1;
    if (at >= m->pattern_end || (*at != 'b' && *at != 'f' && (*at < '0' || *at > '9'))) return false;
    if (*at == 'b') {
        *s = balanced(m, *s, at + 1);
        *p = at + 3;
    } else if (*at == 'f') {
        const char *set = at + 1;
        if (set >= m->pattern_end || *set != '[') luaL_error(m->L, "missing '[' after '%%f' in pattern");
        *p = end_of_set(m, set + 1);
        if (!frontier(m, *s, set, *p)) *s = NULL;
    } else {
        *s = again(m, *s, *at);
        *p = at + 1;
    }
    return true;
}

static const char *items(struct match *m, const char *s, const char *p)
{
    while (s != NULL && p < m->pattern_end) {
        spend(m, 1);
        struct item it = {p, p + 1};
        switch (*p) {
        case '(': return open_capture(m, s, p + 1);
        case ')': return close_capture(m, s, p + 1);
        case '$':
            if (it.next == m->pattern_end) return s == m->text_end ? s : NULL;
            break;
        case '%':
            if (special(m, &s, &p)) continue;
            if (it.next == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
            it.next++;
            break;
        case '[': it.next = end_of_set(m, p + 1); break;
        default: break;
        }
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
    spend(m, 1);
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
