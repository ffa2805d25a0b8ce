/* What tenants cost, for the operator: `azentiko tenant top` and the metrics
 * with a tenant's name. Both are bounded: the tenants that used most CPU in
 * the last minute, however many there are. Tenant 0 is the server itself: its
 * HTTP API and greeting are scripts, too. */
#include <inttypes.h>
#include <stdlib.h>

#include "actor/node.h"
#include "actor/supervise.h"
#include "actor/worker.h"
#include "base/mem.h"

#define TOP_SHOWN 50
#define TOP_METRICS 10

/* The system's tenant, 0, has a state on each worker: one line for all. */
static void merge(struct tenant_load *to, const struct tenant_load *from)
{
    to->cpu_ns += from->cpu_ns, to->minute_ns += from->minute_ns, to->memory += from->memory;
    to->memory_cap += from->memory_cap, to->actors += from->actors, to->dialogs += from->dialogs;
    to->turns += from->turns, to->errors += from->errors, to->killed += from->killed;
    to->refused += from->refused, to->parked += from->parked, to->rebuilt += from->rebuilt;
    for (int i = 0; i < VM_LIMITS; i++) to->limits[i] += from->limits[i];
}

/* Of all workers, most first. *out is the caller's to free. */
static size_t gather(struct node *n, struct tenant_load **out)
{
    size_t count = 0, room = (size_t)node_workers(n) * SUPERVISE_TOP;
    struct tenant_load *list = *out = mem_alloc(room * sizeof **out), *system = NULL;
    for (int w = 0; w < node_workers(n); w++) {
        size_t more = worker_top(node_worker(n, w), list + count, SUPERVISE_TOP);
        for (struct tenant_load *l = list + count, *end = l + more; l < end; l++) {
            if (l->tenant == 0 && system != NULL) {
                merge(system, l);
            } else {
                list[count] = *l;
                if (l->tenant == 0) system = &list[count];
                count++;
            }
        }
    }
    qsort(list, count, sizeof *list, supervise_compare);
    return count;
}

static uint64_t limits_of(const struct tenant_load *l)
{
    uint64_t sum = 0;
    for (int i = 0; i < VM_LIMITS; i++) sum += l->limits[i];
    return sum;
}

static void row(struct buf *b, const struct tenant_load *l)
{
    buf_fmt(b,
            "%-20" PRId64 " %-10s %8.1f %9.1f %8.1f %7" PRIu64 " %7" PRIu64 " %9" PRIu64 " %7" PRIu64
            " %7" PRIu64,
            l->tenant, l->plan[0] ? l->plan : "-", (double)l->minute_ns / 1e6, (double)l->cpu_ns / 1e9,
            (double)l->memory / (1 << 20), l->actors, l->dialogs, l->turns, l->errors, l->killed);
    buf_fmt(b, " %7" PRIu64 " %7" PRIu64 " %7" PRIu64 " %7" PRIu64 "\n", l->refused, l->parked, l->rebuilt,
            limits_of(l));
}

static void object(struct buf *b, const struct tenant_load *l)
{
    buf_fmt(b,
            "{\"tenant\":%" PRId64
            ",\"plan\":\"%s\",\"cpu_ms_last_minute\":%.1f,\"cpu_ms\":%.1f,\"memory_bytes\":%" PRIu64
            ",\"memory_cap_bytes\":%" PRIu64,
            l->tenant, l->plan, (double)l->minute_ns / 1e6, (double)l->cpu_ns / 1e6, l->memory,
            l->memory_cap);
    buf_fmt(b,
            ",\"actors\":%" PRIu64 ",\"waiting_dialogs\":%" PRIu64 ",\"turns\":%" PRIu64
            ",\"errors\":%" PRIu64 ",\"killed\":%" PRIu64 ",\"refused\":%" PRIu64,
            l->actors, l->dialogs, l->turns, l->errors, l->killed, l->refused);
    buf_fmt(b, ",\"parked_actors\":%" PRIu64 ",\"rebuilt\":%" PRIu64 ",\"limits\":{", l->parked, l->rebuilt);
    for (int i = 0; i < VM_LIMITS; i++)
        buf_fmt(b, "%s\"%s\":%" PRIu64, i ? "," : "", vm_limit_names[i], l->limits[i]);
    buf_str(b, "}}");
}

void node_top(struct node *n, bool json, struct buf *out)
{
    struct tenant_load *list;
    size_t count = gather(n, &list);
    if (count > TOP_SHOWN) count = TOP_SHOWN;
    if (!json)
        buf_fmt(out, "%-20s %-10s %8s %9s %8s %7s %7s %9s %7s %7s %7s %7s %7s %7s\n", "TENANT", "PLAN",
                "MS/MIN", "CPU s", "MEM MiB", "ACTORS", "DIALOGS", "TURNS", "ERRORS", "KILLED", "REFUSED",
                "PARKED", "REBUILT", "LIMITS");
    else
        buf_str(out, "[");
    for (size_t i = 0; i < count; i++) {
        if (!json) {
            row(out, &list[i]);
            continue;
        }
        if (i > 0) buf_char(out, ',');
        object(out, &list[i]);
    }
    if (json) buf_str(out, "]\n");
    mem_free(list);
}

static void metric(struct buf *b, const char *name, const char *type, const char *help,
                   const struct tenant_load *list, size_t count, double (*value)(const struct tenant_load *l))
{
    buf_fmt(b, "# HELP azentiko_tenant_%s %s\n# TYPE azentiko_tenant_%s %s\n", name, help, name, type);
    for (size_t i = 0; i < count; i++)
        buf_fmt(b, "azentiko_tenant_%s{tenant=\"%" PRId64 "\"} %.17g\n", name, list[i].tenant,
                value(&list[i]));
}

static double cpu(const struct tenant_load *l) { return (double)l->cpu_ns / 1e9; }
static double memory(const struct tenant_load *l) { return (double)l->memory; }
static double errors(const struct tenant_load *l) { return (double)(l->errors + l->killed); }
static double refused(const struct tenant_load *l) { return (double)l->refused; }
static double parked(const struct tenant_load *l) { return (double)l->parked; }
static double rebuilt(const struct tenant_load *l) { return (double)l->rebuilt; }
static double limits(const struct tenant_load *l) { return (double)limits_of(l); }

void node_top_metrics(struct node *n, struct buf *out)
{
    struct tenant_load *list;
    size_t count = gather(n, &list);
    if (count > TOP_METRICS) count = TOP_METRICS;
    metric(out, "cpu_seconds_total", "counter", "CPU time of the busiest tenants' scripts.", list, count,
           cpu);
    metric(out, "memory_bytes", "gauge", "Memory of their Lua states.", list, count, memory);
    metric(out, "turns_failed_total", "counter", "Their turns and scripts that failed or were stopped.", list,
           count, errors);
    metric(out, "messages_refused_total", "counter", "Refused over the CPU quota.", list, count, refused);
    metric(out, "actors_parked_total", "counter", "Their actors parked after failures.", list, count, parked);
    metric(out, "states_rebuilt_total", "counter", "Times their state was made anew.", list, count, rebuilt);
    metric(out, "limits_total", "counter", "Limits of scripts that they met.", list, count, limits);
    mem_free(list);
}
