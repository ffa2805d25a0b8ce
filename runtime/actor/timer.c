/* See timer.h. */
#include "actor/timer.h"

#include <stdbool.h>

#include "base/mem.h"

void timers_init(struct timers *t)
{
    t->heap = NULL;
    t->count = t->cap = 0;
    t->order = 0;
}

void timers_deinit(struct timers *t)
{
    for (size_t i = 0; i < t->count; i++) mem_free(t->heap[i]);
    mem_free(t->heap);
    timers_init(t);
}

static bool before(const struct timer *a, const struct timer *b)
{
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static void put(struct timers *t, size_t i, struct timer *timer)
{
    t->heap[i] = timer;
    timer->at = i;
}

static void up(struct timers *t, size_t i)
{
    struct timer *timer = t->heap[i];
    while (i > 0 && before(timer, t->heap[(i - 1) / 2])) {
        put(t, i, t->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    put(t, i, timer);
}

static void down(struct timers *t, size_t i)
{
    struct timer *timer = t->heap[i];
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= t->count) break;
        if (child + 1 < t->count && before(t->heap[child + 1], t->heap[child])) child++;
        if (!before(t->heap[child], timer)) break;
        put(t, i, t->heap[child]);
        i = child;
    }
    put(t, i, timer);
}

struct timer *timers_start(struct timers *t, uint64_t due_ns)
{
    if (t->count >= TIMERS_MAX) return NULL;
    if (t->count == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 16;
        t->heap = mem_realloc(t->heap, t->cap * sizeof *t->heap);
    }
    struct timer *timer = mem_zalloc(sizeof *timer);
    timer->due_ns = due_ns;
    timer->order = t->order++;
    t->heap[t->count] = timer;
    up(t, t->count++);
    return timer;
}

void timers_cancel(struct timers *t, struct timer *timer)
{
    size_t i = timer->at;
    struct timer *last = t->heap[--t->count];
    if (last != timer) {
        put(t, i, last);
        up(t, i);
        down(t, last->at);
    }
    mem_free(timer);
}

struct timer *timers_due(struct timers *t, uint64_t now_ns)
{
    return t->count > 0 && t->heap[0]->due_ns <= now_ns ? t->heap[0] : NULL;
}

uint64_t timers_next(const struct timers *t) { return t->count > 0 ? t->heap[0]->due_ns : UINT64_MAX; }
