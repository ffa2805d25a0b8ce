/* Time and randomness are injected: the server uses the real ones, tests and
 * the simulation their own. Nobody else calls time(), clock_gettime or a
 * random source (the watchdog and CPU budgets excepted: they measure the
 * machine, not the product). */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

struct clock {
    int64_t (*wall_ms)(struct clock *c);                    /* Unix time, may jump */
    uint64_t (*mono_ns)(struct clock *c);                   /* never goes back */
    void (*random)(struct clock *c, void *out, size_t len); /* unpredictable in the server */
};

struct clock *clock_real(void); /* static, thread-safe */

static inline int64_t clock_wall_ms(struct clock *c) { return c->wall_ms(c); }
static inline uint64_t clock_mono_ns(struct clock *c) { return c->mono_ns(c); }
static inline void clock_random(struct clock *c, void *out, size_t len) { c->random(c, out, len); }

uint64_t clock_thread_cpu_ns(void); /* CPU time of the calling thread */

/* "2026-11-23T15:04:05.678Z" (24 characters and a NUL), RFC 3339, UTC. */
#define CLOCK_RFC3339_LEN 25
void clock_rfc3339(int64_t wall_ms, char out[CLOCK_RFC3339_LEN]);

#endif
