/* Time and chance of a play: both stand still unless the play moves them. */
#ifndef PLAY_PLAY_CLOCK_H
#define PLAY_PLAY_CLOCK_H

#include <stdint.h>

#include "base/clock.h"

/* Public: embedded by value in stage.c. */
struct play_clock {
    struct clock clock; /* first: what the engine is given */
    uint64_t now_ns;    /* monotonic */
    int64_t wall_ms;    /* Unix time at now_ns 0 */
    uint64_t chance;
};

/* Always the same beginning: Monday 2026-11-23 08:00 UTC. */
void play_clock_init(struct play_clock *c);
void play_clock_set(struct play_clock *c, int64_t wall_ms); /* no time passes */

#endif
