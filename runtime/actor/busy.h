/* How long a worker's loop was busy between two waits: what a visitor's message
 * may have to wait for. Written by the worker alone. */
#ifndef ACTOR_BUSY_H
#define ACTOR_BUSY_H

#include <stdint.h>
#include <uv.h>

#define BUSY_BOUNDS 8

struct busy_times {
    uint64_t count[BUSY_BOUNDS + 1]; /* iterations up to each bound, and longer */
    uint64_t sum_ns, longest_ns;
};

/* Public: embedded by value in actor/worker.c, copied for /metrics. */
struct busy {
    struct busy_times wall;             /* without the loop's waits */
    struct busy_times cpu;              /* the thread's own: what other processes took is not in it */
    uint64_t at_ns, waited_ns, used_ns; /* when the last iteration ended */
};

extern const double busy_bounds[BUSY_BOUNDS]; /* seconds */

void busy_begin(struct busy *b, uv_loop_t *loop); /* before the loop runs: it then counts its waits */
void busy_note(struct busy *b, uv_loop_t *loop);  /* at the end of an iteration */
void busy_add(struct busy *sum, const struct busy *b);

#endif
