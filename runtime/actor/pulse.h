/* The heartbeat of a worker's loop. The loop beats once in each iteration;
 * the watchdog asks a silent one to go round and judges whether it did. An
 * idle loop sleeps in its poll, so silence alone says nothing: only one that
 * was nudged and still does not beat stands still (in a system call that
 * blocks, in C code without end). Time is what the watchdog's own steps add
 * up to, so a process that was stopped and goes on is no dead one. */
#ifndef ACTOR_PULSE_H
#define ACTOR_PULSE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define PULSE_NUDGE_MS 1000 /* silent for so long: asked */
#define PULSE_STILL_MS 2000 /* asked and silent: told in the log, once */
#define PULSE_DEAD_MS 30000 /* asked and silent: the process should end */
#define PULSE_STEP_MS 250   /* a look counts for at most so much */

/* Public: embedded by value in actor/worker.c. */
struct pulse {
    _Atomic uint32_t beat;
    _Atomic bool over;              /* the loop has ended: nothing to expect */
    void (*nudge)(struct pulse *p); /* any thread: makes the loop go round once */
};

/* Public: embedded by value in actor/watchdog.c. */
struct pulse_watch {
    struct pulse *pulse; /* borrowed */
    uint32_t seen;
    uint32_t silent_ms;
    bool nudged, told;
};

enum pulse_verdict { PULSE_BEATS, PULSE_STILL, PULSE_DEAD };

/* passed_ms: since the last look. PULSE_STILL comes once for each silence. */
enum pulse_verdict pulse_look(struct pulse_watch *w, uint64_t passed_ms);

#endif
