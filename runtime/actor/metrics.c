/* /metrics: Prometheus text. Labels are few on purpose: never a tenant or a
 * conversation; but for the few busiest tenants (actor/top.c). */
#include <inttypes.h>
#include <malloc.h>

#include "actor/busy.h"
#include "actor/node.h"
#include "actor/worker.h"
#include "helper/helper.h"
#include "wall/wall.h"

struct sums {
    struct engine_stats e;
    struct net_stats n;
    struct store_stats s;
    struct busy b;
};

static void add(struct sums *t, const struct engine_stats *e, const struct net_stats *n)
{
    t->e.turns += e->turns, t->e.slices += e->slices, t->e.preempted += e->preempted,
        t->e.killed += e->killed;
    t->e.rebuilt += e->rebuilt;
    for (int i = 0; i < VM_LIMITS; i++) t->e.limits[i] += e->limits[i];
    t->e.errors += e->errors, t->e.failed_commits += e->failed_commits, t->e.overflows += e->overflows;
    t->e.parked_actors += e->parked_actors, t->e.actors_live += e->actors_live, t->e.sessions += e->sessions;
    t->e.tenants_loaded += e->tenants_loaded, t->e.state_bytes += e->state_bytes, t->e.lua_ns += e->lua_ns;
    if (e->longest_slice_ns > t->e.longest_slice_ns) t->e.longest_slice_ns = e->longest_slice_ns;
    t->n.accepted += n->accepted, t->n.refused += n->refused, t->n.requests += n->requests;
    t->n.bad_requests += n->bad_requests, t->n.frames_in += n->frames_in, t->n.frames_out += n->frames_out;
    t->n.bytes_in += n->bytes_in, t->n.bytes_out += n->bytes_out, t->n.slow_readers += n->slow_readers;
    t->n.open += n->open;
}

static void line(struct buf *b, const char *name, const char *type, const char *help, double value)
{
    buf_fmt(b, "# HELP azentiko_%s %s\n# TYPE azentiko_%s %s\nazentiko_%s %.17g\n", name, help, name, type,
            name, value);
}

static void counter(struct buf *b, const char *name, const char *help, uint64_t v)
{
    line(b, name, "counter", help, (double)v);
}
static void gauge(struct buf *b, const char *name, const char *help, double v)
{
    line(b, name, "gauge", help, v);
}

static void net_lines(struct buf *b, const struct net_stats *n)
{
    counter(b, "connections_accepted_total", "Connections accepted.", n->accepted);
    counter(b, "connections_refused_total", "Connections closed at accept by a limit.", n->refused);
    counter(b, "http_requests_total", "Whole requests read.", n->requests);
    counter(b, "http_bad_requests_total", "Requests refused by the reader.", n->bad_requests);
    counter(b, "frames_received_total", "WebSocket messages received.", n->frames_in);
    counter(b, "frames_sent_total", "WebSocket messages sent.", n->frames_out);
    counter(b, "received_bytes_total", "Bytes received.", n->bytes_in);
    counter(b, "sent_bytes_total", "Bytes sent.", n->bytes_out);
    counter(b, "slow_readers_total", "Connections dropped because they did not read.", n->slow_readers);
    gauge(b, "connections_open", "Connections open.", n->open);
}

static void engine_lines(struct buf *b, const struct engine_stats *e)
{
    counter(b, "turns_total", "Messages that actors began to answer.", e->turns);
    counter(b, "turns_failed_total", "Turns that ended in a script error.", e->errors);
    counter(b, "turns_killed_total", "Turns stopped over their CPU budget.", e->killed);
    counter(b, "states_rebuilt_total", "States of misbehaving tenants made anew.", e->rebuilt);
    buf_str(b, "# HELP azentiko_script_limits_total Limits that scripts met.\n"
               "# TYPE azentiko_script_limits_total counter\n");
    for (int i = 0; i < VM_LIMITS; i++)
        buf_fmt(b, "azentiko_script_limits_total{limit=\"%s\"} %.17g\n", vm_limit_names[i],
                (double)e->limits[i]);
    counter(b, "turns_uncommitted_total", "Turns whose commit failed.", e->failed_commits);
    counter(b, "slices_total", "Runs of a coroutine.", e->slices);
    counter(b, "slices_preempted_total", "Runs ended by the ticker.", e->preempted);
    counter(b, "mail_refused_total", "Messages refused by a full mailbox or a parked actor.", e->overflows);
    counter(b, "actors_parked_total", "Actors parked after repeated failures.", e->parked_actors);
    line(b, "lua_seconds_total", "counter", "Time in Lua turns.", (double)e->lua_ns / 1e9);
    gauge(b, "slice_longest_seconds", "Longest run of a coroutine so far.",
          (double)e->longest_slice_ns / 1e9);
    gauge(b, "actors_live", "Actors in memory.", (double)e->actors_live);
    gauge(b, "sessions", "Connections seated at actors.", (double)e->sessions);
    gauge(b, "tenants_loaded", "Tenants with a Lua state in memory.", (double)e->tenants_loaded);
    gauge(b, "states_bytes", "Memory of all Lua states.", (double)e->state_bytes);
}

/* A histogram, as Prometheus has it: each bucket counts what is in the ones before. */
static void histogram(struct buf *b, const char *name, const char *help, const struct busy_times *t)
{
    uint64_t count = 0;
    buf_fmt(b, "# HELP azentiko_%s %s\n# TYPE azentiko_%s histogram\n", name, help, name);
    for (int i = 0; i < BUSY_BOUNDS; i++)
        buf_fmt(b, "azentiko_%s_bucket{le=\"%g\"} %" PRIu64 "\n", name, busy_bounds[i], count += t->count[i]);
    count += t->count[BUSY_BOUNDS];
    buf_fmt(b, "azentiko_%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, count);
    buf_fmt(b, "azentiko_%s_sum %.9f\nazentiko_%s_count %" PRIu64 "\n", name, (double)t->sum_ns / 1e9, name,
            count);
}

static void busy_lines(struct buf *b, const struct busy *t)
{
    histogram(b, "loop_busy_seconds", "How long a worker was busy between two waits.", &t->wall);
    histogram(b, "loop_cpu_seconds", "The same in CPU time of its own.", &t->cpu);
    gauge(b, "loop_busy_longest_seconds", "The longest busy time so far.", (double)t->wall.longest_ns / 1e9);
    gauge(b, "loop_cpu_longest_seconds", "The same in CPU time.", (double)t->cpu.longest_ns / 1e9);
}

static void store_lines(struct buf *b, const struct store_stats *s)
{
    counter(b, "store_batches_total", "Batches committed or failed.", s->batches);
    counter(b, "store_commits_total", "Group commits.", s->groups);
    counter(b, "store_queries_total", "Queries answered.", s->queries);
    counter(b, "store_rows_written_total", "Rows written.", s->rows_written);
    counter(b, "store_failures_total", "Jobs answered with an error.", s->failed);
    counter(b, "store_reconnects_total", "Connections to the database made again.", s->reconnects);
    line(b, "store_commit_seconds_total", "counter", "Time in commits.", (double)s->commit_ns_sum / 1e9);
    gauge(b, "store_commit_longest_seconds", "Longest commit so far.", (double)s->commit_ns_max / 1e9);
    gauge(b, "store_waiting", "Jobs waiting for the store.", (double)s->waiting);
}

static void wall_lines(struct buf *b)
{
    struct wall_status w = wall_status();
    gauge(b, "wall_files", "1: the kernel keeps writing to the data folder and executing to nothing.",
          w.files == WALL_UP);
    gauge(b, "wall_calls", "1: the kernel refuses system calls that the server does not need.",
          w.calls == WALL_UP);
    counter(b, "wall_refused_calls_total", "System calls refused.", wall_refused());
}

static void helper_lines(struct buf *b, struct helper *h)
{
    struct helper_stats s;
    helper_stats(h, &s);
    gauge(b, "helper_up", "1: the process that runs parsers takes jobs.", s.up);
    counter(b, "helper_jobs_total", "Files given to a parser.", s.sent);
    counter(b, "helper_jobs_failed_total", "Parsers that were ended, or could make nothing of it.", s.failed);
    counter(b, "helper_jobs_refused_total", "Files that waited in vain for a parser.", s.refused);
}

/* What of the allocator's memory is in use, and what it holds for later. */
static void heap_lines(struct buf *b)
{
    struct mallinfo2 m = mallinfo2();
    gauge(b, "heap_used_bytes", "Memory in use, of all threads.", (double)(m.uordblks + m.hblkhd));
    gauge(b, "heap_free_bytes", "Memory that the allocator holds for later.", (double)m.fordblks);
}

void node_metrics(struct node *n, struct buf *out)
{
    struct sums t = {0};
    for (int i = 0; i < node_workers(n); i++) {
        struct engine_stats e;
        struct net_stats net;
        struct busy busy;
        worker_stats(node_worker(n, i), &e, &net);
        worker_busy(node_worker(n, i), &busy);
        busy_add(&t.b, &busy);
        add(&t, &e, &net);
    }
    store_stats(node_store(n), &t.s);
    buf_str(out, "# HELP azentiko_build_info The version of this server.\n# TYPE azentiko_build_info gauge\n"
                 "azentiko_build_info{version=\"" AZK_VERSION "\"} 1\n");
    gauge(out, "workers", "Worker threads.", node_workers(n));
    net_lines(out, &t.n);
    engine_lines(out, &t.e);
    busy_lines(out, &t.b);
    store_lines(out, &t.s);
    node_top_metrics(n, out);
    wall_lines(out);
    helper_lines(out, node_helper(n));
    heap_lines(out);
}
