/* Timers of one engine: a binary heap over an injected monotonic clock.
 * Bound: TIMERS_MAX; past it timer_start returns NULL. */
#ifndef ACTOR_TIMER_H
#define ACTOR_TIMER_H

#include <stddef.h>
#include <stdint.h>

#define TIMERS_MAX 1000000
#define TIMER_NAME_MAX 32

struct timer {
    uint64_t due_ns;
    uint64_t order;        /* equal deadlines fire in the order in which they were set */
    size_t at;             /* position in the heap */
    int64_t actor;         /* slot name */
    uint32_t asked;        /* not 0: the time-out of that ask, else a named timer */
    struct timer *sibling; /* next timer of the same actor */
    char name[TIMER_NAME_MAX];
};

struct timers {
    struct timer **heap;
    size_t count, cap;
    uint64_t order;
};

void timers_init(struct timers *t);
void timers_deinit(struct timers *t); /* frees the timers, too */
struct timer *timers_start(struct timers *t,
                           uint64_t due_ns);               /* borrowed; fields behind `at` are the caller's */
void timers_cancel(struct timers *t, struct timer *timer); /* frees it */
struct timer *timers_due(struct timers *t,
                         uint64_t now_ns);    /* earliest that is due, NULL; cancel it when done */
uint64_t timers_next(const struct timers *t); /* UINT64_MAX when there is none */

#endif
