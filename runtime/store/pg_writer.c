/* One group of batches at a time, in two trips:
 *
 *   IDLE -> RUNNING     BEGIN, act_as where the tenant changes, all statements, flush request
 *        -> COMMITTING  when every statement was right: COMMIT, sync
 *        -> UNDOING     when one was not: sync, ROLLBACK, sync
 *
 * The second trip costs a group some 50 us and buys three things: a batch
 * whose statement changed no row where one was expected can still be undone;
 * a connection lost before COMMIT was sent is harmless (the batches go back to
 * the queue and run again elsewhere); and only a loss during COMMIT leaves an
 * outcome unknown.
 *
 * When batch i of a group fails, those before it were right: they run again as
 * one group, batch i is answered, the others go back to the queue. So n
 * batches with f bad ones cost f + 1 commits and every statement runs at most
 * twice as often. What a batch costs here: 16 bytes a statement in an array
 * that is kept, libpq's copy of the values into its send buffer, one PGresult a
 * statement; no lock. */
#include "store/pg_writer.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

#define TRIES_MAX 5 /* of a group that met a deadlock */

enum writer_state { WRITER_IDLE, WRITER_RUNNING, WRITER_COMMITTING, WRITER_UNDOING };

/* One command on the wire; job NULL: the store's own (BEGIN, act_as). */
struct slot {
    struct store_job *job;
    uint16_t statement;
};

struct pg_writer {
    struct pg_user user;
    struct pg_conn *conn;
    struct pg_work *work;
    enum writer_state state;
    struct store_job *group, *guilty;
    struct slot *slot;
    size_t slots, slots_cap, at; /* at: the one whose result comes next */
    unsigned syncs;              /* still to come, UNDOING */
    unsigned tries;
    enum pg_failure failure;
    int status; /* of the failure, or of COMMIT */
    char error[160];
    uint64_t rows, started_ns;
    uint16_t begin, act_as, commit, rollback;
};

static void send_own(struct pg_writer *w, uint16_t statement)
{
    struct pg_values v;
    pg_values_init(&v);
    pg_conn_send(w->conn, statement, &v);
}

static void add_slot(struct pg_writer *w, struct store_job *job, uint16_t statement)
{
    if (w->slots == w->slots_cap) {
        w->slots_cap = w->slots_cap != 0 ? 2 * w->slots_cap : 256;
        w->slot = mem_realloc(w->slot, w->slots_cap * sizeof *w->slot);
    }
    w->slot[w->slots++] = (struct slot){job, statement};
}

/* For whom row-level security opens the tables, from here on. */
struct actor {
    int64_t tenant;
    int system; /* -1: not set yet */
};

static void become(struct pg_writer *w, struct actor *now, int64_t tenant, bool system)
{
    if (now->system == (int)system && now->tenant == tenant) return;
    struct pg_values v;
    pg_values_init(&v);
    pg_values_int(&v, tenant);
    pg_values_text(&v, system ? "on" : "off", system ? 2 : 3);
    add_slot(w, NULL, w->act_as);
    pg_conn_send(w->conn, w->act_as, &v);
    *now = (struct actor){tenant, system};
}

static void send_batch(struct pg_writer *w, struct store_job *job, struct actor *now)
{
    struct decoder d;
    struct pg_values v;
    uint16_t id;
    uint8_t params;
    job->status = 0;
    buf_reset(&job->rows);
    decode_init(&d, &job->statements);
    while (decode_statement(&d, &id, &params)) {
        const struct statement *s = statement_get(id);
        become(w, now, job->tenant, s->system_only);
        pg_values_init(&v);
        if (!s->system_only) pg_values_int(&v, job->tenant);
        pg_values_decode(&v, &d, params);
        add_slot(w, job, id);
        pg_conn_send(w->conn, id, &v);
    }
}

static void send_group(struct pg_writer *w)
{
    struct actor now = {0, -1};
    w->slots = w->at = 0;
    w->guilty = NULL;
    w->status = 0;
    w->rows = 0;
    w->state = WRITER_RUNNING;
    add_slot(w, NULL, w->begin);
    send_own(w, w->begin);
    for (struct store_job *job = w->group; job != NULL; job = job->next) send_batch(w, job, &now);
    pg_conn_answer(w->conn);
    pg_conn_flush(w->conn);
}

void pg_writer_start(struct pg_writer *w, struct store_job *list)
{
    assert(pg_writer_idle(w));
    w->group = list;
    w->tries = 0;
    w->started_ns = clock_mono_ns(clock_real());
    send_group(w);
}

static void answer_group(struct pg_writer *w)
{
    struct store_job *list = w->group;
    w->group = NULL;
    w->state = WRITER_IDLE;
    while (list != NULL) {
        struct store_job *job = list;
        list = job->next;
        if (w->status != 0) job_fail(job, w->status, w->error);
        job_answer(w->work->store, job);
    }
}

/* --- results, while RUNNING --- */

static void note_failure(struct pg_writer *w, struct store_job *job, enum pg_failure failure, int status,
                         const char *text)
{
    if (w->status != 0) return; /* the first one counts */
    w->guilty = job;
    w->failure = job == NULL && failure == PG_FAILURE_BATCH ? PG_FAILURE_SERVER : failure;
    w->status = status;
    snprintf(w->error, sizeof w->error, "%s", text != NULL ? text : err_name(status));
}

static void begin_undo(struct pg_writer *w)
{
    w->state = WRITER_UNDOING;
    w->syncs = 2;
    pg_conn_sync(w->conn); /* the server skips to here after an error */
    send_own(w, w->rollback);
    pg_conn_sync(w->conn);
    pg_conn_flush(w->conn);
}

static void take_rows(struct pg_writer *w, struct store_job *job, const struct statement *s,
                      const PGresult *r)
{
    const char *problem = NULL;
    int64_t changed = pg_rows_changed(r);
    w->rows += (uint64_t)changed;
    int err = PQresultStatus(r) == PGRES_TUPLES_OK ? pg_rows(r, &job->rows, &problem) : 0;
    if (err == 0 && s->expect_one && changed != 1) {
        err = ERR_CONFLICT;
        problem = "not exactly one row was changed";
    }
    if (err != 0) note_failure(w, job, PG_FAILURE_BATCH, err, problem);
}

static void on_running(struct pg_writer *w, const PGresult *r)
{
    const struct slot *slot = &w->slot[w->at];
    if (r == NULL) {
        if (++w->at < w->slots) return;
        w->state = WRITER_COMMITTING;
        send_own(w, w->commit);
        pg_conn_sync(w->conn);
        pg_conn_flush(w->conn);
        return;
    }
    if (PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK) {
        if (slot->job != NULL) take_rows(w, slot->job, statement_get(slot->statement), r);
    } else {
        int status;
        enum pg_failure failure = pg_failure(r, &status);
        note_failure(w, slot->job, failure, status, PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY));
    }
    if (w->status != 0) begin_undo(w);
}

/* --- COMMITTING --- */

static void on_committing(struct pg_writer *w, const PGresult *r)
{
    int status;
    if (r == NULL) return;
    switch (PQresultStatus(r)) {
    case PGRES_COMMAND_OK: return;
    case PGRES_PIPELINE_SYNC:
        store_count_commit(w->work->store, clock_mono_ns(clock_real()) - w->started_ns);
        if (w->status == 0) atomic_fetch_add(&w->work->store->counters.rows_written, w->rows);
        answer_group(w);
        w->work->idle(w->work);
        return;
    default:
        pg_failure(r, &status);
        note_failure(w, NULL, PG_FAILURE_SERVER, status, PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY));
    }
}

/* --- UNDOING --- */

/* Cuts the group at the guilty batch; what was right before it stays. */
static void split(struct pg_writer *w)
{
    struct store_job **end = &w->group;
    while (*end != w->guilty) end = &(*end)->next;
    *end = NULL;
    queue_return(w->work->queue, w->guilty->next);
    job_fail(w->guilty, w->status, w->error);
    job_answer(w->work->store, w->guilty);
    w->guilty = NULL;
}

static void after_undo(struct pg_writer *w)
{
    bool again = false;
    if (w->failure == PG_FAILURE_BATCH && w->guilty != NULL) {
        split(w);
        again = w->group != NULL;
    } else if (w->failure == PG_FAILURE_RETRY && ++w->tries < TRIES_MAX) {
        again = true;
    } else {
        w->status = ERR_UNAVAILABLE;
        answer_group(w);
    }
    if (again) {
        send_group(w);
        return;
    }
    w->state = WRITER_IDLE;
    w->work->idle(w->work);
}

static void on_undoing(struct pg_writer *w, const PGresult *r)
{
    if (r != NULL && PQresultStatus(r) == PGRES_PIPELINE_SYNC && --w->syncs == 0) after_undo(w);
}

static void on_result(struct pg_user *user, const PGresult *r)
{
    struct pg_writer *w = container_of(user, struct pg_writer, user);
    switch (w->state) {
    case WRITER_RUNNING: on_running(w, r); return;
    case WRITER_COMMITTING: on_committing(w, r); return;
    case WRITER_UNDOING: on_undoing(w, r); return;
    case WRITER_IDLE: return;
    }
}

static void on_lost(struct pg_user *user)
{
    struct pg_writer *w = container_of(user, struct pg_writer, user);
    if (w->group == NULL) return;
    if (w->state == WRITER_COMMITTING) {
        w->status = ERR_UNKNOWN_OUTCOME;
        snprintf(w->error, sizeof w->error, "the connection was lost during COMMIT");
        answer_group(w);
        return;
    }
    queue_return(w->work->queue, w->group);
    w->group = NULL;
    w->state = WRITER_IDLE;
    w->work->idle(w->work); /* another connection may be up */
}

static void on_ready(struct pg_user *user)
{
    struct pg_writer *w = container_of(user, struct pg_writer, user);
    w->work->idle(w->work);
}

struct pg_writer *pg_writer_new(uv_loop_t *loop, const char *url, struct pg_work *work)
{
    struct pg_writer *w = mem_zalloc(sizeof *w);
    w->user = (struct pg_user){on_ready, on_result, on_lost};
    w->work = work;
    w->begin = statement_find("store.begin", 11);
    w->act_as = statement_find("store.act_as", 12);
    w->commit = statement_find("store.commit", 12);
    w->rollback = statement_find("store.rollback", 14);
    w->conn = pg_conn_new(loop, url, false, &w->user, &work->store->counters.reconnects);
    return w;
}

struct pg_conn *pg_writer_conn(struct pg_writer *w) { return w->conn; }
bool pg_writer_empty(const struct pg_writer *w) { return w->group == NULL; }
bool pg_writer_idle(const struct pg_writer *w) { return w->group == NULL && pg_conn_ready(w->conn); }
uint64_t pg_writer_since(const struct pg_writer *w) { return w->started_ns; }

void pg_writer_close(struct pg_writer *w)
{
    pg_conn_close(w->conn);
    mem_free(w->slot);
    mem_free(w);
}
