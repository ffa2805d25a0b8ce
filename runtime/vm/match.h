/* Lua's patterns, matched with a bound. A pattern may take exponential time
 * ("a?a?a?...aaa") and a plain trim quadratic time, all in one C call that no
 * hook can end. So every step is counted, and a match that needs too many is
 * an error of the script. Inside the bound results are the stock library's. */
#ifndef VM_MATCH_H
#define VM_MATCH_H

#include <lua.h>
#include <stddef.h>

#define MATCH_CAPTURES_MAX 32
#define MATCH_STEPS_MAX 3000000 /* of one call of a library function: about 10 ms */
#define MATCH_DEPTH_MAX 200     /* items that are tried inside one another */

/* On the C stack of a library function, by value. */
struct match {
    lua_State *L;
    const char *text, *text_end;
    const char *pattern_end;
    long steps; /* that are left */
    int depth, captures;
    struct {
        const char *at;
        ptrdiff_t len; /* or MATCH_OPEN, MATCH_POSITION */
    } capture[MATCH_CAPTURES_MAX];
};

void match_init(struct match *m, lua_State *L, const char *text, size_t len, const char *pattern_end);
/* The end of the match of pattern p that begins at s, or NULL. Raises on a
 * faulty pattern and when the steps are used up. */
const char *match_at(struct match *m, const char *s, const char *p);
void match_charge(struct match *m, size_t steps); /* raises when too few are left */

/* After a match from s to e: capture i, or the whole when there are none. */
void match_push(struct match *m, int i, const char *s, const char *e);
/* Pushes all; where there are none the whole match if s is not NULL. Returns their number. */
int match_push_all(struct match *m, const char *s, const char *e);

#endif
