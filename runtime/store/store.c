/* The public face of the store: checks a job on its submitter's thread, so
 * that what reaches a database thread is well formed, and hands it to the
 * backend. What a batch costs here: no allocation, no copy, one walk over its
 * encoded statements (about 10 ns a parameter), one lock, and a wake-up only
 * if the store's thread sleeps. */
#include "store/store.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/backend.h"
#include "store/encode.h"
#include "store/statements.h"

struct store_job *store_job_new(struct store_port *port, enum store_kind kind, int64_t tenant)
{
    struct store_job *job = mem_zalloc(sizeof *job);
    job->port = port;
    job->kind = kind;
    job->tenant = tenant;
    return job;
}

void store_job_free(struct store_job *job)
{
    if (job == NULL) return;
    buf_deinit(&job->statements);
    buf_deinit(&job->rows);
    mem_free(job);
}

void job_fail(struct store_job *job, int status, const char *text)
{
    job->status = status;
    buf_reset(&job->rows);
    snprintf(job->error, sizeof job->error, "%s", text != NULL ? text : err_name(status));
}

static void add(_Atomic uint64_t *counter, uint64_t n)
{
    atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

void job_answer(struct store *store, struct store_job *job)
{
    add(job->kind == STORE_BATCH ? &store->counters.batches : &store->counters.queries, 1);
    if (job->status != 0) add(&store->counters.failed, 1);
    job->port->deliver(job->port, job);
}

void jobs_refuse(struct store *store, struct store_job *list, int status, const char *text)
{
    while (list != NULL) {
        struct store_job *job = list;
        list = job->next;
        job_fail(job, status, text);
        job_answer(store, job);
    }
}

void store_count_commit(struct store *store, uint64_t ns)
{
    struct store_counters *c = &store->counters;
    add(&c->groups, 1);
    add(&c->commit_ns_sum, ns);
    uint64_t seen = atomic_load_explicit(&c->commit_ns_max, memory_order_relaxed);
    while (ns > seen && !atomic_compare_exchange_weak(&c->commit_ns_max, &seen, ns)) continue;
}

static int check_statement(const struct store_job *job, uint16_t id, uint8_t params, const char **why)
{
    const struct statement *s = statement_get(id);
    if (s == NULL) {
        *why = "unknown statement";
        return ERR_INVALID;
    }
    *why = s->name;
    if (s->use != USE_CALLER || (s->system_only && job->tenant != 0)) return ERR_DENIED;
    return s->params == params ? 0 : ERR_INVALID;
}

static int check(const struct store_job *job, const char **why)
{
    *why = "too large";
    if (job->statements.len > STORE_JOB_BYTES_MAX) return ERR_LIMIT;
    struct decoder d;
    struct param p;
    uint16_t id, statements = 0;
    uint8_t params;
    decode_init(&d, &job->statements);
    while (decode_statement(&d, &id, &params)) {
        int err = check_statement(job, id, params, why);
        if (err != 0) return err;
        while (params-- > 0) decode_param(&d, &p);
        statements++;
    }
    *why = "a query is one statement, a batch at least one";
    return statements == 1 || (statements > 1 && job->kind == STORE_BATCH) ? 0 : ERR_INVALID;
}

void store_submit(struct store *store, struct store_job *job)
{
    const char *why = NULL;
    job->next = NULL;
    job->status = 0;
    job->error[0] = '\0';
    buf_reset(&job->rows);
    job->since_ns = clock_mono_ns(clock_real());
    int err = check(job, &why);
    if (err == 0)
        store->ops->submit(store, job);
    else
        jobs_refuse(store, job, err, why);
}

int store_open(const struct store_config *config, struct store **out, char *why, size_t why_len)
{
    return config->url != NULL ? postgres_open(config, out, why, why_len)
                               : sqlite_open(config, out, why, why_len);
}

bool store_ready(struct store *store) { return store->ops->ready(store); }
void store_close(struct store *store) { store->ops->close(store); }

void store_stats(struct store *store, struct store_stats *out)
{
    struct store_counters *c = &store->counters;
    out->batches = c->batches;
    out->groups = c->groups;
    out->queries = c->queries;
    out->rows_written = c->rows_written;
    out->failed = c->failed;
    out->reconnects = c->reconnects;
    out->commit_ns_sum = c->commit_ns_sum;
    out->commit_ns_max = c->commit_ns_max;
    out->waiting = store->ops->waiting(store);
}
