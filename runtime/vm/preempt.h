/* Takes a running coroutine off the CPU without taxing those that behave.
 *
 * Lua's count hook slows every instruction of every turn (the interpreter
 * leaves its fast path as soon as any count hook is set: measured 1.6 times
 * the time on a loop of arithmetic). So no hook is set in ordinary turns.
 * A ticker thread (actor/watchdog.c) looks at each worker once a millisecond;
 * where the same slice still runs, it sends the worker's thread a signal, and
 * the handler sets the hook, which lua_sethook allows ("can be called during
 * a signal"). The hook then yields the coroutine, or, below a C call that
 * cannot yield, waits and at the hard budget raises until the turn is over.
 *
 * On a machine with more to do than processors the ticker may wait for one
 * itself, for 40 ms and more, while a slice goes on. So each worker has a timer
 * on its own CPU time as well, which the kernel looks at in its own tick (1 to
 * 4 ms) and which costs nothing while the thread rests. */
#ifndef VM_PREEMPT_H
#define VM_PREEMPT_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct lua_State;

#define PREEMPT_SIGNAL SIGURG /* ignored by default, so a stray one harms nobody */

/* One for each worker thread. Embedded by value in actor/worker.c. */
struct preempt {
    struct lua_State *volatile running; /* the coroutine inside lua_resume, or NULL */
    _Atomic uint32_t beat;              /* odd while Lua runs; changes with every slice */
    _Atomic int64_t tenant;             /* whose slice it is, for the watchdog's words */
    pthread_t thread;
    timer_t timer; /* on its CPU time, when it ticks */
    bool ticks;
    volatile uint64_t began_mono;          /* when the slice began */
    volatile uint64_t armed_mono;          /* when the handler last set the hook */
    volatile uint64_t arm_again_ns;        /* so long it does not set it anew */
    volatile uint64_t seen_cpu, seen_mono; /* the clocks at the first signal of the slice, or 0 */
    volatile uint64_t heard_cpu;           /* when the hook was asked for, or last ran; 0: neither */
};

/* Called by the thread that p is for; installs the handler once a process. */
void preempt_attach(struct preempt *p);
void preempt_tick(struct preempt *p);   /* the same thread: starts its own timer */
void preempt_detach(struct preempt *p); /* the same thread, as it ends */
/* Any thread: asks for the slice that began at `beat` to end. */
void preempt_request(struct preempt *p, uint32_t beat);

#endif
