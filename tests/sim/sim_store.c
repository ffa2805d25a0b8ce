/* Jobs wait here for two moments: when they are carried out, and when they
 * are answered. What a batch does is SQLite's own; the faults are between. */
#include "sim_store.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/list.h"
#include "base/mem.h"
#include "play/memory_store.h"
#include "sim_world.h"

#define LATE_NS (50 * SIM_MS) /* a commit whose connection is lost ends so much later at most */

enum fate {
    FATE_DONE,    /* carried out, answered */
    FATE_REFUSED, /* answered ERR_UNAVAILABLE */
    FATE_LOST,    /* not carried out, answered ERR_UNKNOWN_OUTCOME */
    FATE_KEPT,    /* carried out, answered ERR_UNKNOWN_OUTCOME */
    FATE_LATE,    /* answered ERR_UNKNOWN_OUTCOME, then carried out */
};

struct pending {
    struct list link; /* in store->pending */
    struct store_job *job;
    struct sim_store *store;
    enum fate fate;
    int events;    /* still to fire; the last one frees it */
    bool orphaned; /* nobody waits for the answer any more */
    bool lost;     /* its process died before the database had it */
    uint64_t number;
};

struct sim_store {
    struct sim_world *world;
    struct memory_store *db;
    void (*done)(void *ctx, struct store_job *job);
    void *ctx;
    struct sim_store_faults faults;
    uint64_t down_until_ns, numbers;
    struct list pending;
    uint32_t waiting;
};

/* ---- carrying out ---- */

static void fail_job(struct store_job *job, int status, const char *why)
{
    job->status = status;
    snprintf(job->error, sizeof job->error, "%s", why);
    buf_reset(&job->rows);
}

static void apply(struct sim_store *s, struct store_job *job)
{
    memory_store_run(s->db, job);
    if (job->status == ERR_DENIED)
        sim_fail(s->world, "tenant %d submitted a statement that is not its own", (int)job->tenant);
}

/* ---- a job's two moments ---- */

static void forget(struct pending *p)
{
    list_remove(&p->link);
    p->store->waiting--;
    store_job_free(p->job);
    mem_free(p);
}

static void on_apply(struct sim_world *w, void *arg, uint64_t number)
{
    struct pending *p = arg;
    if (!p->lost) {
        apply(p->store, p->job);
        sim_log(w, "store %d carried out: %s", (int)number, p->job->status ? p->job->error : "ok");
    }
    if (--p->events == 0) forget(p);
}

/* What a batch wants, for a second life after its answer. */
static struct store_job *copy_job(const struct store_job *job)
{
    struct store_job *copy = store_job_new(job->port, job->kind, job->tenant);
    buf_add(&copy->statements, job->statements.data, job->statements.len);
    return copy;
}

static void on_answer(struct sim_world *w, void *arg, uint64_t number)
{
    struct pending *p = arg;
    struct sim_store *s = p->store;
    struct store_job *job = p->job;
    p->events--;
    if (p->orphaned) return p->events == 0 ? forget(p) : (void)0;
    p->job = NULL;
    if (p->fate == FATE_LATE) {
        p->job = copy_job(job);
        p->events++;
        sim_after(w, sim_between(w, 1, LATE_NS), on_apply, p, number);
    }
    if (p->fate == FATE_REFUSED)
        fail_job(job, ERR_UNAVAILABLE, "simulated outage");
    else if (p->fate != FATE_DONE)
        fail_job(job, ERR_UNKNOWN_OUTCOME, "simulated loss of the connection");
    sim_log(w, "store %d answers %s", (int)number, err_name(job->status));
    if (p->events == 0) forget(p);
    s->done(s->ctx, job);
}

static enum fate draw_fate(struct sim_store *s, enum store_kind kind)
{
    if (s->world->now_ns < s->down_until_ns || sim_chance(s->world, s->faults.unavailable))
        return FATE_REFUSED;
    if (kind == STORE_QUERY || !sim_chance(s->world, s->faults.unknown)) return FATE_DONE;
    return (enum fate)sim_between(s->world, FATE_LOST, FATE_LATE);
}

static uint64_t draw_delay(struct sim_store *s)
{
    if (sim_chance(s->world, s->faults.slow)) return sim_between(s->world, SIM_MS, 3 * SIM_SECOND);
    return sim_between(s->world, SIM_MS / 10, s->faults.usual_ns);
}

void sim_store_submit(struct sim_store *s, struct store_job *job)
{
    struct sim_world *w = s->world;
    struct pending *p = mem_zalloc(sizeof *p);
    uint64_t answer_ns = draw_delay(s), apply_ns = sim_between(w, 0, answer_ns);
    p->job = job;
    p->store = s;
    p->fate = draw_fate(s, job->kind);
    p->number = ++s->numbers;
    list_push_back(&s->pending, &p->link);
    s->waiting++;
    sim_log(w, "store %d gets a %s of tenant %d, %d bytes", (int)p->number,
            job->kind == STORE_QUERY ? "query" : "batch", (int)job->tenant, (int)job->statements.len);
    p->events = 1;
    if (p->fate == FATE_DONE || p->fate == FATE_KEPT) {
        p->events++;
        sim_after(w, apply_ns, on_apply, p, p->number);
    }
    sim_after(w, answer_ns, on_answer, p, p->number);
}

void sim_store_crash(struct sim_store *s)
{
    for (struct list *at = s->pending.next; at != &s->pending; at = at->next) {
        struct pending *p = container_of(at, struct pending, link);
        p->orphaned = true;
        if (sim_chance(s->world, 500)) p->lost = true;
    }
}

uint32_t sim_store_waiting(const struct sim_store *s) { return s->waiting; }

/* ---- life ---- */

struct sim_store *sim_store_new(struct sim_world *w, struct memory_store *db,
                                void (*done)(void *ctx, struct store_job *job), void *ctx)
{
    struct sim_store *s = mem_zalloc(sizeof *s);
    s->world = w;
    s->db = db;
    s->done = done;
    s->ctx = ctx;
    s->faults.usual_ns = 5 * SIM_MS;
    list_init(&s->pending);
    return s;
}

void sim_store_free(struct sim_store *s)
{
    while (!list_empty(&s->pending)) forget(container_of(s->pending.next, struct pending, link));
    memory_store_free(s->db);
    mem_free(s);
}

void sim_store_set_faults(struct sim_store *s, const struct sim_store_faults *faults) { s->faults = *faults; }
void sim_store_outage(struct sim_store *s, uint64_t ns) { s->down_until_ns = s->world->now_ns + ns; }

struct store_job *sim_store_ask(struct sim_store *s, int64_t tenant, const char *statement,
                                const char *format, ...)
{
    va_list values;
    va_start(values, format);
    struct store_job *job = memory_store_ask_list(s->db, tenant, statement, format, values);
    va_end(values);
    if (job->status != ERR_OK) sim_fail(s->world, "%s: %s", statement, job->error);
    return job;
}
