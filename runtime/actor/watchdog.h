/* A thread that looks at every worker once a millisecond while any of them
 * works: it ends slices that outlast a tick (vm/preempt.h), reports a slice or
 * a loop (actor/pulse.h) that does not go on, and as a last resort aborts the
 * process (a restart loses nothing acknowledged). While all workers are idle
 * it looks ten times a second. */
#ifndef ACTOR_WATCHDOG_H
#define ACTOR_WATCHDOG_H

#include "vm/preempt.h"

#define WATCHDOG_TICK_NS 1000000
#define WATCHDOG_WARN_TICKS 1000   /* about a second in one slice: logged */
#define WATCHDOG_ABORT_TICKS 30000 /* about half a minute: the process ends */

struct pulse;
struct watchdog;

/* Watches the slices and loops of so many workers until it is freed; the arrays are copied. */
struct watchdog *watchdog_new(struct preempt *const *workers, struct pulse *const *loops, int count);
void watchdog_free(struct watchdog *w);
void watchdog_wake(struct watchdog *w); /* a worker is about to run Lua; one atomic load when it is awake */

#endif
