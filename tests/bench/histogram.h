/* Latencies in nanoseconds, in buckets of 1/64 of a power of two (1.6 % wide). */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_BUCKETS (64 * 60)

/* Public because the generator embeds it; all zero is an empty one. */
struct histogram {
    uint64_t count, max;
    uint64_t bucket[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, uint64_t ns);
uint64_t histogram_percentile(const struct histogram *h, double percent); /* ns; 0 when empty */

#endif
