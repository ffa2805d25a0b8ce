/* Simulated time, seeded chance, the event heap and the event log. Knows
 * nothing of what is simulated. */
#include "sim_world.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#define START_MS 1795420800000 /* Monday 2026-11-23 08:00 UTC */
#define FNV_OFFSET 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

static struct sim_world *log_owner;

/* ---- chance: xoshiro256** (Blackman, Vigna 2018), seeded by splitmix64 ---- */

static uint64_t rotate(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

static uint64_t draw(uint64_t s[4])
{
    uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

static void seed_stream(uint64_t s[4], uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        uint64_t z = (seed += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        s[i] = z ^ (z >> 31);
    }
}

uint64_t sim_between(struct sim_world *w, uint64_t low, uint64_t high)
{
    return low + draw(w->chance) % (high - low + 1);
}

bool sim_chance(struct sim_world *w, uint32_t per_mille) { return draw(w->chance) % 1000 < per_mille; }

/* ---- clock ---- */

static int64_t wall_ms(struct clock *c)
{
    struct sim_world *w = container_of(c, struct sim_world, clock);
    return w->wall_ms + (int64_t)(w->now_ns / SIM_MS);
}

static uint64_t mono_ns(struct clock *c)
{
    struct sim_world *w = container_of(c, struct sim_world, clock);
    return w->now_ns += w->tick_ns;
}

static void entropy(struct clock *c, void *out, size_t len)
{
    struct sim_world *w = container_of(c, struct sim_world, clock);
    unsigned char *at = out;
    for (size_t i = 0; i < len; i++) at[i] = (unsigned char)(draw(w->entropy) >> 56);
}

void sim_world_init(struct sim_world *w, uint64_t seed, bool verbose)
{
    memset(w, 0, sizeof *w);
    w->clock = (struct clock){wall_ms, mono_ns, entropy};
    w->seed = seed;
    w->now_ns = SIM_SECOND;
    w->wall_ms = START_MS;
    w->verbose = verbose;
    w->hash = FNV_OFFSET;
    seed_stream(w->chance, seed);
    seed_stream(w->entropy, ~seed);
}

void sim_world_deinit(struct sim_world *w)
{
    for (uint32_t i = 0; i < w->count; i++)
        if (w->heap[i].owned) mem_free(w->heap[i].arg);
    mem_free(w->heap);
    if (log_owner == w) sim_capture_log(NULL);
}

/* ---- events ---- */

static bool before(const struct sim_event *a, const struct sim_event *b)
{
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static void push(struct sim_world *w, struct sim_event e)
{
    if (w->count == w->cap) {
        w->cap = w->cap ? 2 * w->cap : 64;
        w->heap = mem_realloc(w->heap, w->cap * sizeof *w->heap);
    }
    uint32_t i = w->count++;
    for (; i > 0 && before(&e, &w->heap[(i - 1) / 2]); i = (i - 1) / 2) w->heap[i] = w->heap[(i - 1) / 2];
    w->heap[i] = e;
}

static struct sim_event pop(struct sim_world *w)
{
    struct sim_event first = w->heap[0], last = w->heap[--w->count];
    uint32_t i = 0;
    for (uint32_t child; (child = 2 * i + 1) < w->count; i = child) {
        if (child + 1 < w->count && before(&w->heap[child + 1], &w->heap[child])) child++;
        if (!before(&w->heap[child], &last)) break;
        w->heap[i] = w->heap[child];
    }
    if (w->count > 0) w->heap[i] = last;
    return first;
}

void sim_after(struct sim_world *w, uint64_t delay_ns, sim_action *action, void *arg, uint64_t number)
{
    push(w, (struct sim_event){w->now_ns + delay_ns, w->order++, action, arg, number, false});
}

void sim_after_owned(struct sim_world *w, uint64_t delay_ns, sim_action *action, void *arg, uint64_t number)
{
    push(w, (struct sim_event){w->now_ns + delay_ns, w->order++, action, arg, number, true});
}

uint64_t sim_next_due(const struct sim_world *w) { return w->count > 0 ? w->heap[0].due_ns : UINT64_MAX; }

void sim_fire_next(struct sim_world *w)
{
    struct sim_event e = pop(w);
    if (e.due_ns > w->now_ns) w->now_ns = e.due_ns;
    e.action(w, e.arg, e.number);
}

/* ---- log ---- */

static void add_line(struct sim_world *w, const char *line)
{
    for (const char *at = line; *at != '\0'; at++) w->hash = (w->hash ^ (unsigned char)*at) * FNV_PRIME;
    if (w->verbose) puts(line);
}

static void __attribute__((format(printf, 3, 0)))
format_line(struct sim_world *w, char line[2000], const char *format, va_list args)
{
    int n = snprintf(line, 40, "%10.6f ", (double)w->now_ns / 1e9);
    vsnprintf(line + n, 2000 - (size_t)n, format, args);
}

void sim_log(struct sim_world *w, const char *format, ...)
{
    char line[2000];
    va_list args;
    va_start(args, format);
    format_line(w, line, format, args);
    va_end(args);
    add_line(w, line);
}

void sim_fail(struct sim_world *w, const char *format, ...)
{
    if (w->failed) return;
    w->failed = true;
    va_list args;
    va_start(args, format);
    vsnprintf(w->failure, sizeof w->failure, format, args);
    va_end(args);
    sim_log(w, "BROKEN: %s", w->failure);
}

static void on_log_line(const char *line, size_t len)
{
    const char *level = memmem(line, len, "\"level\"", 7); /* what stands before it is the real time */
    if (log_owner != NULL && level != NULL)
        sim_log(log_owner, "  log {%.*s", (int)(line + len - 1 - level), level);
}

void sim_capture_log(struct sim_world *w)
{
    log_owner = w;
    log_set_sink(on_log_line);
}
