/* See play_clock.h. */
#include "play/play_clock.h"

#include "base/mem.h"

#define START_MS 1795420800000
#define SECOND 1000000000ull
#define MS 1000000ull

static int64_t wall_ms(struct clock *clock)
{
    struct play_clock *c = container_of(clock, struct play_clock, clock);
    return c->wall_ms + (int64_t)(c->now_ns / MS);
}

static uint64_t mono_ns(struct clock *clock) { return container_of(clock, struct play_clock, clock)->now_ns; }

/* splitmix64 (Vigna 2015): the same ids in each run of a play. */
static void chance(struct clock *clock, void *out, size_t len)
{
    struct play_clock *c = container_of(clock, struct play_clock, clock);
    unsigned char *at = out;
    for (size_t i = 0; i < len; i++) {
        uint64_t z = (c->chance += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        at[i] = (unsigned char)((z ^ (z >> 31)) >> 56);
    }
}

void play_clock_init(struct play_clock *c)
{
    *c = (struct play_clock){{wall_ms, mono_ns, chance}, SECOND, 0, 0};
    play_clock_set(c, START_MS);
}

void play_clock_set(struct play_clock *c, int64_t ms) { c->wall_ms = ms - (int64_t)(c->now_ns / MS); }
