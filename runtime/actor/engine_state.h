/* The engine's inside, for the files of actor/ that work on it. */
#ifndef ACTOR_ENGINE_STATE_H
#define ACTOR_ENGINE_STATE_H

#include "actor/engine.h"
#include "actor/slots.h"
#include "actor/timer.h"
#include "base/list.h"
#include "base/map.h"

#define KINDS_MAX 64 /* of actors; their number is one byte of an actor's name */

/* An ask under way: what its token names. */
struct ask {
    struct slot slot;
    int64_t actor; /* slot name of the asking actor */
    uint32_t wait_number;
};

struct engine {
    struct engine_config config;
    const struct engine_ops *ops;
    void *ctx;
    struct bundle *bundle;
    struct map tenants;
    struct slots actors, sessions, asks;
    struct timers timers;
    struct list ready;   /* tenants with something to run */
    struct list holding; /* tenants whose actors could only begin turns, for which the store has no room */
    struct list idle;
    struct turn *turn_pool; /* finished turns with warm buffers, by `next` */
    uint32_t turn_pool_count;
    uint32_t jobs;  /* at the store */
    uint32_t busy;  /* turns that run, wait or commit */
    uint32_t waits; /* number of the last wait: of all turns, so a late answer never fits another turn's */
    uint64_t requests, next_sweep_ns;
    bool collecting;
    bool claims; /* the claimer has been told to start */
    uint64_t next_relief_ns;
    uint64_t next_trim_ns;
    char *kinds[KINDS_MAX];
    struct engine_stats stats;
};

static inline uint64_t now_ns(struct engine *e) { return clock_mono_ns(e->config.vm.clock); }

#endif
