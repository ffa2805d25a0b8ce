/* See watchdog.h. After skynet's monitor: workers bump a counter, somebody
 * else complains when it stops moving. */
#include "actor/watchdog.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "actor/pulse.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#define IDLE_TICKS 50 /* without a beat from anyone: sleep */
/* But not for longer: a worker may have found the watchdog awake just before
 * it fell asleep, and then enters a slice that nobody else would end. */
#define SLEEP_MS 100

struct watched {
    struct preempt *worker;
    struct pulse_watch loop;
    uint32_t beat;
    uint32_t ticks; /* seen with the same odd beat */
};

struct watchdog {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    _Atomic bool asleep, stop;
    int count;
    struct watched watched[];
};

static void complain(struct watched *x)
{
    int64_t tenant = atomic_load(&x->worker->tenant);
    if (x->ticks == WATCHDOG_WARN_TICKS)
        log_write(LOG_ERROR, "a worker stands still inside one Lua slice", LOG_INT("tenant", tenant));
    if (x->ticks >= WATCHDOG_ABORT_TICKS) {
        log_write(LOG_ERROR, "a worker does not come back; ending the process", LOG_INT("tenant", tenant));
        abort();
    }
}

static void look_at_loop(struct watched *x, int index, uint64_t passed_ms)
{
    enum pulse_verdict verdict = pulse_look(&x->loop, passed_ms);
    if (verdict == PULSE_BEATS) return;
    log_write(LOG_ERROR,
              verdict == PULSE_STILL ? "a worker's loop stands still outside Lua"
                                     : "a worker's loop does not come back; ending the process",
              LOG_INT("worker", index));
    if (verdict == PULSE_DEAD) abort();
}

/* true when the worker did something since the last look. */
static bool look(struct watched *x)
{
    uint32_t beat = atomic_load_explicit(&x->worker->beat, memory_order_acquire);
    if (beat != x->beat) {
        x->beat = beat;
        x->ticks = 0;
        return true;
    }
    if (!(beat & 1)) return false;
    preempt_request(x->worker, beat);
    x->ticks++;
    complain(x);
    return true;
}

static void sleep_until_woken(struct watchdog *w)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += SLEEP_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) until.tv_sec++, until.tv_nsec -= 1000000000L;
    pthread_mutex_lock(&w->lock);
    atomic_store(&w->asleep, true);
    int err = 0;
    while (err == 0 && atomic_load(&w->asleep) && !atomic_load(&w->stop))
        err = pthread_cond_timedwait(&w->wake, &w->lock, &until);
    atomic_store(&w->asleep, false);
    pthread_mutex_unlock(&w->lock);
}

static bool look_at_all(struct watchdog *w, uint64_t *last_ms)
{
    bool busy = false;
    uint64_t now = clock_mono_ns(clock_real()) / 1000000;
    for (int i = 0; i < w->count; i++) {
        if (look(&w->watched[i])) busy = true;
        look_at_loop(&w->watched[i], i, now - *last_ms);
    }
    *last_ms = now;
    return busy;
}

static void *watch(void *arg)
{
    struct watchdog *w = arg;
    int idle = 0, patience = IDLE_TICKS;
    struct timespec tick = {0, WATCHDOG_TICK_NS};
    uint64_t last_ms = clock_mono_ns(clock_real()) / 1000000;
    while (!atomic_load(&w->stop)) {
        nanosleep(&tick, NULL);
        bool busy = look_at_all(w, &last_ms);
        idle = busy ? 0 : idle + 1;
        if (busy) patience = IDLE_TICKS;
        if (idle > patience) {
            sleep_until_woken(w);
            idle = 0;
            patience = 0; /* nothing happened: one look and on with the sleep */
        }
    }
    return NULL;
}

struct watchdog *watchdog_new(struct preempt *const *workers, struct pulse *const *loops, int count)
{
    struct watchdog *w = mem_zalloc(sizeof *w + (size_t)count * sizeof w->watched[0]);
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&w->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    w->count = count;
    for (int i = 0; i < count; i++) {
        w->watched[i].worker = workers[i];
        w->watched[i].loop.pulse = loops[i];
    }
    if (pthread_create(&w->thread, NULL, watch, w) != 0) abort();
    return w;
}

void watchdog_wake(struct watchdog *w)
{
    if (!atomic_load_explicit(&w->asleep, memory_order_relaxed)) return;
    pthread_mutex_lock(&w->lock);
    atomic_store(&w->asleep, false);
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
}

void watchdog_free(struct watchdog *w)
{
    pthread_mutex_lock(&w->lock);
    atomic_store(&w->stop, true);
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->wake);
    mem_free(w);
}
