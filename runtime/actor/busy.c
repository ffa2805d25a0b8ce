/* See busy.h. Three clock readings an iteration, which serves hundreds of
 * messages when there is much to do. */
#include "actor/busy.h"

#include "base/clock.h"

const double busy_bounds[BUSY_BOUNDS] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1};

void busy_begin(struct busy *b, uv_loop_t *loop)
{
    (void)uv_loop_configure(loop, UV_METRICS_IDLE_TIME); /* fails on an old libuv: waits count as busy then */
    b->at_ns = uv_hrtime();
    b->used_ns = clock_thread_cpu_ns();
    b->waited_ns = 0;
}

static void note(struct busy_times *t, uint64_t ns)
{
    int i = 0;
    while (i < BUSY_BOUNDS && (double)ns > busy_bounds[i] * 1e9) i++;
    t->count[i]++;
    t->sum_ns += ns;
    if (ns > t->longest_ns) t->longest_ns = ns;
}

void busy_note(struct busy *b, uv_loop_t *loop)
{
    uint64_t now = uv_hrtime(), waited = uv_metrics_idle_time(loop), used = clock_thread_cpu_ns();
    uint64_t passed = now - b->at_ns, idle = waited - b->waited_ns;
    note(&b->wall, passed > idle ? passed - idle : 0);
    note(&b->cpu, used - b->used_ns);
    b->at_ns = now;
    b->waited_ns = waited;
    b->used_ns = used;
}

static void add(struct busy_times *sum, const struct busy_times *t)
{
    for (int i = 0; i <= BUSY_BOUNDS; i++) sum->count[i] += t->count[i];
    sum->sum_ns += t->sum_ns;
    if (t->longest_ns > sum->longest_ns) sum->longest_ns = t->longest_ns;
}

void busy_add(struct busy *sum, const struct busy *b)
{
    add(&sum->wall, &b->wall);
    add(&sum->cpu, &b->cpu);
}
