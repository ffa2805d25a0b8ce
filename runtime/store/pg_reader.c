/* Queries in pipeline mode, each between two syncs: the server runs a query
 * and the act_as before it as one transaction, so the tenant it is bound to
 * ends with it, and an error skips nothing of its neighbours. Answers come in
 * order, so the first of the list is always the one that is answered. Queries
 * change nothing (the session refuses writes): after a loss they go back to
 * the queue and run again. */
#include "store/pg_reader.h"

#include <string.h>

#include "base/mem.h"

#define IN_FLIGHT_MAX 64
#define READ_ONLY_TRANSACTION "25006"

struct pg_reader {
    struct pg_user user;
    struct pg_conn *conn;
    struct pg_work *work;
    struct store_job *sent, **tail; /* oldest first */
    unsigned count;
    bool act_as_next; /* the next result is that of the first job's act_as */
    uint16_t act_as;
};

static void send_query(struct pg_reader *r, struct store_job *job)
{
    struct decoder d;
    struct pg_values v;
    uint16_t id;
    uint8_t params;
    decode_init(&d, &job->statements);
    decode_statement(&d, &id, &params);
    const struct statement *s = statement_get(id);
    pg_values_init(&v);
    pg_values_int(&v, job->tenant);
    pg_values_text(&v, s->system_only ? "on" : "off", s->system_only ? 2 : 3);
    pg_conn_send(r->conn, r->act_as, &v);
    pg_values_init(&v);
    if (!s->system_only) pg_values_int(&v, job->tenant);
    pg_values_decode(&v, &d, params);
    pg_conn_send(r->conn, id, &v);
    pg_conn_sync(r->conn);
}

void pg_reader_fill(struct pg_reader *r)
{
    if (!pg_conn_ready(r->conn) || r->count == IN_FLIGHT_MAX) return;
    struct store_job *list = queue_poll(r->work->queue, IN_FLIGHT_MAX - r->count, SIZE_MAX);
    if (list == NULL) return;
    *r->tail = list;
    for (struct store_job *job = list; job != NULL; job = job->next) {
        job->status = 0;
        send_query(r, job);
        r->count++;
        r->tail = &job->next;
    }
    pg_conn_flush(r->conn);
}

static void fail_query(struct store_job *job, const PGresult *res)
{
    int status;
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    pg_failure(res, &status);
    if (state != NULL && strcmp(state, READ_ONLY_TRANSACTION) == 0) status = ERR_INVALID; /* it would write */
    job_fail(job, status, PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY));
}

static void answer_first(struct pg_reader *r)
{
    struct store_job *job = r->sent;
    r->sent = job->next;
    if (r->sent == NULL) r->tail = &r->sent;
    r->count--;
    r->act_as_next = true;
    job_answer(r->work->store, job);
    r->work->idle(r->work);
}

static void on_result(struct pg_user *user, const PGresult *res)
{
    struct pg_reader *r = container_of(user, struct pg_reader, user);
    if (res == NULL) {
        r->act_as_next = false;
        return;
    }
    const char *problem = NULL;
    int err = 0;
    switch (PQresultStatus(res)) {
    case PGRES_PIPELINE_SYNC: answer_first(r); return;
    case PGRES_TUPLES_OK:
        if (!r->act_as_next) err = pg_rows(res, &r->sent->rows, &problem);
        if (err != 0) job_fail(r->sent, err, problem);
        return;
    case PGRES_COMMAND_OK:
    case PGRES_PIPELINE_ABORTED: return;
    default: fail_query(r->sent, res);
    }
}

static void on_lost(struct pg_user *user)
{
    struct pg_reader *r = container_of(user, struct pg_reader, user);
    queue_return(r->work->queue, r->sent);
    r->sent = NULL;
    r->tail = &r->sent;
    r->count = 0;
}

static void on_ready(struct pg_user *user)
{
    struct pg_reader *r = container_of(user, struct pg_reader, user);
    r->act_as_next = true;
    r->work->idle(r->work);
}

struct pg_reader *pg_reader_new(uv_loop_t *loop, const char *url, struct pg_work *work)
{
    struct pg_reader *r = mem_zalloc(sizeof *r);
    r->user = (struct pg_user){on_ready, on_result, on_lost};
    r->work = work;
    r->tail = &r->sent;
    r->act_as = statement_find("store.act_as", 12);
    r->conn = pg_conn_new(loop, url, true, &r->user, &work->store->counters.reconnects);
    return r;
}

struct pg_conn *pg_reader_conn(struct pg_reader *r) { return r->conn; }
bool pg_reader_empty(const struct pg_reader *r) { return r->sent == NULL; }

void pg_reader_close(struct pg_reader *r)
{
    pg_conn_close(r->conn);
    mem_free(r);
}
