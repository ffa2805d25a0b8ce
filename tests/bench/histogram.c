/* See histogram.h. The bucket of a value is its exponent and the six bits
 * below its highest one; values under 64 have a bucket each. */
#include "histogram.h"

static unsigned bucket_of(uint64_t ns)
{
    if (ns < 64) return (unsigned)ns;
    unsigned shift = 57 - (unsigned)__builtin_clzll(ns);
    unsigned b = (shift + 1) * 64 + (unsigned)(ns >> shift & 63);
    return b < HISTOGRAM_BUCKETS ? b : HISTOGRAM_BUCKETS - 1;
}

/* The middle of a bucket. */
static uint64_t value_of(unsigned b)
{
    if (b < 64) return b;
    unsigned shift = b / 64 - 1;
    return ((uint64_t)(64 + b % 64) << shift) + ((uint64_t)1 << shift) / 2;
}

void histogram_add(struct histogram *h, uint64_t ns)
{
    h->bucket[bucket_of(ns)]++;
    h->count++;
    if (ns > h->max) h->max = ns;
}

uint64_t histogram_percentile(const struct histogram *h, double percent)
{
    double wanted = (double)h->count * percent / 100;
    uint64_t seen = 0;
    for (unsigned b = 0; b < HISTOGRAM_BUCKETS; b++) {
        seen += h->bucket[b];
        if (seen > 0 && (double)seen >= wanted) return value_of(b) < h->max ? value_of(b) : h->max;
    }
    return 0;
}
