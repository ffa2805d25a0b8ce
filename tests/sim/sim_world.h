/* The world of one simulated run: time, chance, events and the log of what
 * happened. Everything is drawn from one seed, so a seed is a run: the same
 * log, byte for byte. One thread. */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

#define SIM_MS 1000000ull /* ns */
#define SIM_SECOND (1000 * SIM_MS)

struct sim_world;
typedef void sim_action(struct sim_world *w, void *arg, uint64_t number);

struct sim_event {
    uint64_t due_ns, order; /* equal times: in the order in which they were set */
    sim_action *action;
    void *arg;
    uint64_t number;
    bool owned; /* arg is freed when the event never fires */
};

/* Public: embedded by value in sim_run.c. */
struct sim_world {
    struct clock clock; /* first: what the engine is given */
    uint64_t seed, now_ns;
    uint64_t tick_ns;               /* each look at the clock takes so long: turns cost time */
    int64_t wall_ms;                /* Unix time at now_ns 0 */
    uint64_t chance[4], entropy[4]; /* xoshiro256**: the world's own, and what clock.random gives */
    struct sim_event *heap;
    uint32_t count, cap;
    uint64_t order;
    uint64_t hash; /* of the log so far */
    bool verbose, failed;
    char failure[600];
};

void sim_world_init(struct sim_world *w, uint64_t seed, bool verbose);
void sim_world_deinit(struct sim_world *w);

uint64_t sim_between(struct sim_world *w, uint64_t low, uint64_t high); /* both included */
bool sim_chance(struct sim_world *w, uint32_t per_mille);

/* arg is borrowed until the event fires. */
void sim_after(struct sim_world *w, uint64_t delay_ns, sim_action *action, void *arg, uint64_t number);
/* The same; takes arg (mem_alloc), the action frees it. */
void sim_after_owned(struct sim_world *w, uint64_t delay_ns, sim_action *action, void *arg, uint64_t number);
uint64_t sim_next_due(const struct sim_world *w); /* UINT64_MAX: none */
void sim_fire_next(struct sim_world *w);          /* time goes on to the event first */

/* A line of the event log. */
void sim_log(struct sim_world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* An invariant is broken: the first one counts and ends the run. */
void sim_fail(struct sim_world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The runtime's own log becomes part of w's, without its real times; NULL: nobody's. */
void sim_capture_log(struct sim_world *w);

#endif
