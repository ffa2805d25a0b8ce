/* States: DOWN -(timer)-> CONNECTING -> OPENING (session settings) ->
 * PREPARING (all statements, one pipeline) -> READY; a loss from any of them
 * goes to DOWN, with a delay that doubles from 50 ms to 2 s and jitter, so that
 * many servers do not come back in the same instant. CLOSED is the end.
 *
 * All statements are prepared before the first is used: a text that does not
 * fit the schema is found at start, and no Parse stands in the path of a turn
 * or is skipped by another batch's error. A uv_poll handle belongs to one
 * descriptor, and libpq may open several while it tries addresses, so the
 * handle is on the heap and replaced with the descriptor. */
#include "store/pg_conn.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#define RETRY_FIRST_MS 50
#define RETRY_LAST_MS 2000
#define CONNECT_NS 5000000000u
#define SILENCE_NS 10000000000u

enum pg_state { PG_DOWN, PG_CONNECTING, PG_OPENING, PG_PREPARING, PG_READY, PG_CLOSED };

struct pg_conn {
    uv_loop_t *loop;
    const char *url;
    bool read_only;
    struct pg_user *user;
    _Atomic uint64_t *reconnects;
    enum pg_state state;
    PGconn *pg;
    uv_poll_t *poll;
    int fd;
    uv_timer_t retry;
    unsigned losses;      /* in a row, without being READY between */
    unsigned pending;     /* commands and syncs not answered yet */
    uint64_t progress_ns; /* when the server last said something we waited for */
    bool warned;          /* about a role that row-level security does not bind */
    char (*name)[8];      /* prepared names, short on the wire: "s17" */
};

static void connect_now(struct pg_conn *c);
static void on_socket(uv_poll_t *poll, int status, int events);

static uint64_t now(void) { return clock_mono_ns(clock_real()); }

static void set_state(struct pg_conn *c, enum pg_state state)
{
    static const char *const names[] = {"down", "connecting", "opening", "preparing", "ready", "closed"};
    c->state = state;
    c->progress_ns = now();
    log_write(LOG_DEBUG, "store: postgres connection", LOG_STR("state", names[state]));
}

static void on_poll_closed(uv_handle_t *handle) { mem_free(handle); }

static void drop_poll(struct pg_conn *c)
{
    if (c->poll == NULL) return;
    uv_poll_stop(c->poll);
    c->poll->data = NULL;
    uv_close((uv_handle_t *)c->poll, on_poll_closed);
    c->poll = NULL;
}

static void drop_session(struct pg_conn *c)
{
    drop_poll(c); /* before the descriptor goes */
    PQfinish(c->pg);
    c->pg = NULL;
    c->pending = 0;
}

static void watch(struct pg_conn *c, int events)
{
    int fd = PQsocket(c->pg);
    if (c->poll != NULL && c->fd != fd) drop_poll(c);
    if (c->poll == NULL) {
        c->poll = mem_alloc(sizeof *c->poll);
        int rc = uv_poll_init(c->loop, c->poll, fd);
        assert(rc == 0);
        (void)rc;
        c->poll->data = c;
        c->fd = fd;
    }
    uv_poll_start(c->poll, events, on_socket);
}

static void on_retry(uv_timer_t *timer) { connect_now(timer->data); }

static uint64_t retry_delay(struct pg_conn *c)
{
    uint64_t delay = RETRY_LAST_MS;
    uint32_t random;
    if (c->losses < 6) delay = (uint64_t)RETRY_FIRST_MS << c->losses;
    if (delay > RETRY_LAST_MS) delay = RETRY_LAST_MS;
    clock_random(clock_real(), &random, sizeof random);
    return delay / 2 + random % (delay / 2 + 1);
}

void pg_conn_reset(struct pg_conn *c, const char *why)
{
    if (c->state == PG_DOWN || c->state == PG_CLOSED) return;
    if (c->losses == 0 || c->losses % 32 == 0)
        log_write(LOG_WARN, "store: postgres connection lost", LOG_STR("reason", why));
    bool was_ready = c->state == PG_READY;
    drop_session(c); /* why may have pointed into it */
    set_state(c, PG_DOWN);
    uv_timer_start(&c->retry, on_retry, retry_delay(c), 0);
    c->losses++;
    if (was_ready) c->user->on_lost(c->user);
}

static void lost(struct pg_conn *c) { pg_conn_reset(c, PQerrorMessage(c->pg)); }

static void send_opening(struct pg_conn *c)
{
    const char *name = c->read_only ? "store.open_reader" : "store.open";
    set_state(c, PG_OPENING);
    if (PQsetnonblocking(c->pg, 1) != 0 ||
        PQsendQuery(c->pg, statement_get(statement_find(name, strlen(name)))->postgres) == 0) {
        lost(c);
        return;
    }
    pg_conn_flush(c);
}

static void send_preparations(struct pg_conn *c)
{
    static const struct pg_values none = {.count = 0};
    set_state(c, PG_PREPARING);
    int ok = PQenterPipelineMode(c->pg);
    for (uint16_t i = 0; ok && i < statement_count(); i++) {
        const struct statement *s = statement_get(i);
        if (s->use == USE_SCRIPT || s->postgres == NULL) continue;
        ok = PQsendPrepare(c->pg, c->name[i], s->postgres, 0, NULL);
        c->pending++;
    }
    if (!ok) {
        lost(c);
        return;
    }
    pg_conn_send(c, statement_find("store.walls", 11), &none);
    pg_conn_sync(c);
    pg_conn_flush(c);
}

static void check_walls(struct pg_conn *c, const PGresult *r)
{
    bool open = PQntuples(r) == 1 && PQgetlength(r, 0, 0) == 4 && PQgetvalue(r, 0, 0)[3] == 1;
    if (open && !c->warned)
        log_write(LOG_WARN, "store: this PostgreSQL role is a superuser or bypasses row-level security: "
                            "the second wall between tenants is open");
    c->warned = open;
}

static void on_prepared(struct pg_conn *c, const PGresult *r)
{
    if (r == NULL) return;
    switch (PQresultStatus(r)) {
    case PGRES_COMMAND_OK: return;
    case PGRES_TUPLES_OK: check_walls(c, r); return;
    case PGRES_PIPELINE_SYNC:
        if (c->losses > 0) {
            atomic_fetch_add(c->reconnects, 1);
            log_write(LOG_INFO, "store: postgres connection is back");
        }
        c->losses = 0;
        set_state(c, PG_READY);
        c->user->on_ready(c->user);
        return;
    default: pg_conn_reset(c, PQresultErrorMessage(r)); return;
    }
}

/* The results of the session settings; not yet a pipeline. */
static void read_opening(struct pg_conn *c)
{
    while (!PQisBusy(c->pg)) {
        PGresult *r = PQgetResult(c->pg);
        if (r == NULL) {
            send_preparations(c);
            return;
        }
        ExecStatusType status = PQresultStatus(r);
        PQclear(r);
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
            lost(c);
            return;
        }
    }
}

static bool session_is_ending(const PGresult *r)
{
    int status;
    return r != NULL && PQresultStatus(r) == PGRES_FATAL_ERROR &&
           pg_failure(r, &status) == PG_FAILURE_SESSION;
}

static void hand_over(struct pg_conn *c, PGresult *r)
{
    c->progress_ns = now();
    if (r == NULL || PQresultStatus(r) == PGRES_PIPELINE_SYNC) c->pending--;
    if (session_is_ending(r))
        pg_conn_reset(c, PQresultErrorMessage(r));
    else if (c->state == PG_PREPARING)
        on_prepared(c, r);
    else
        c->user->on_result(c->user, r);
    PQclear(r);
}

static void read_results(struct pg_conn *c)
{
    if (PQconsumeInput(c->pg) == 0) {
        lost(c);
        return;
    }
    if (c->state == PG_OPENING) {
        read_opening(c);
        return;
    }
    /* A callback may lose the session, hence the state in the condition. */
    while ((c->state == PG_READY || c->state == PG_PREPARING) && c->pending != 0 && !PQisBusy(c->pg))
        hand_over(c, PQgetResult(c->pg));
}

static void connect_step(struct pg_conn *c)
{
    uv_poll_stop(c->poll); /* libpq may close the descriptor */
    switch (PQconnectPoll(c->pg)) {
    case PGRES_POLLING_READING: watch(c, UV_READABLE); return;
    case PGRES_POLLING_WRITING: watch(c, UV_WRITABLE); return;
    case PGRES_POLLING_OK: send_opening(c); return;
    default: lost(c); return;
    }
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
    struct pg_conn *c = poll->data;
    if (c == NULL) return;
    if (c->state == PG_CONNECTING) {
        connect_step(c);
        return;
    }
    if (status < 0 || (events & UV_READABLE)) read_results(c);
    if (c->poll == poll && (events & UV_WRITABLE)) pg_conn_flush(c);
}

void pg_conn_ignore_notice(void *arg, const PGresult *r)
{
    (void)arg;
    (void)r;
}

void pg_conn_options(const char *url, const char *keys[8], const char *values[8])
{
    static const char *const fixed[][2] = {{"application_name", "azentiko"}, {"client_encoding", "UTF8"},
                                           {"keepalives_idle", "10"},        {"keepalives_interval", "5"},
                                           {"tcp_user_timeout", "10000"},    {"connect_timeout", "3"}};
    keys[0] = "dbname"; /* expanded: a URL or key=value text */
    values[0] = url;
    for (int i = 0; i < 6; i++) {
        keys[i + 1] = fixed[i][0];
        values[i + 1] = fixed[i][1];
    }
    keys[7] = values[7] = NULL;
}

static void connect_now(struct pg_conn *c)
{
    const char *keys[8], *values[8];
    pg_conn_options(c->url, keys, values);
    set_state(c, PG_CONNECTING);
    c->pg = PQconnectStartParams(keys, values, 1);
    if (c->pg == NULL || PQstatus(c->pg) == CONNECTION_BAD || PQsocket(c->pg) < 0) {
        lost(c);
        return;
    }
    PQsetNoticeReceiver(c->pg, pg_conn_ignore_notice, NULL);
    watch(c, UV_WRITABLE);
}

struct pg_conn *pg_conn_new(uv_loop_t *loop, const char *url, bool read_only, struct pg_user *user,
                            _Atomic uint64_t *reconnects)
{
    struct pg_conn *c = mem_zalloc(sizeof *c);
    c->loop = loop;
    c->url = url;
    c->read_only = read_only;
    c->user = user;
    c->reconnects = reconnects;
    c->name = mem_alloc(statement_count() * sizeof *c->name);
    for (unsigned i = 0; i < statement_count(); i++)
        snprintf(c->name[i], sizeof c->name[i], "s%u", i & 0xffff);
    uv_timer_init(loop, &c->retry);
    c->retry.data = c;
    return c;
}

void pg_conn_start(struct pg_conn *c)
{
    if (c->state == PG_DOWN && !uv_is_active((uv_handle_t *)&c->retry)) connect_now(c);
}

bool pg_conn_ready(const struct pg_conn *c) { return c->state == PG_READY; }

void pg_conn_send(struct pg_conn *c, uint16_t statement, const struct pg_values *v)
{
    if (c->pg == NULL) return;
    if (c->pending++ == 0) c->progress_ns = now();
    PQsendQueryPrepared(c->pg, c->name[statement], v->count, v->value, v->length, v->format, 1);
}

void pg_conn_sync(struct pg_conn *c)
{
    if (c->pg == NULL) return;
    if (c->pending++ == 0) c->progress_ns = now();
    PQpipelineSync(c->pg);
}

void pg_conn_answer(struct pg_conn *c)
{
    if (c->pg != NULL) PQsendFlushRequest(c->pg);
}

void pg_conn_flush(struct pg_conn *c)
{
    if (c->pg == NULL) return;
    int rc = PQflush(c->pg);
    if (rc < 0 || PQstatus(c->pg) == CONNECTION_BAD)
        lost(c);
    else
        watch(c, rc == 1 ? UV_READABLE | UV_WRITABLE : UV_READABLE);
}

void pg_conn_tick(struct pg_conn *c, uint64_t now_ns)
{
    bool busy = c->state == PG_READY && c->pending != 0;
    bool coming = c->state == PG_CONNECTING || c->state == PG_OPENING || c->state == PG_PREPARING;
    if (coming && now_ns - c->progress_ns > CONNECT_NS) pg_conn_reset(c, "connecting took longer than 5 s");
    if (busy && now_ns - c->progress_ns > SILENCE_NS) pg_conn_reset(c, "the server did not answer for 10 s");
}

static void on_retry_closed(uv_handle_t *handle)
{
    struct pg_conn *c = handle->data;
    mem_free(c->name);
    mem_free(c);
}

void pg_conn_close(struct pg_conn *c)
{
    bool was_ready = c->state == PG_READY;
    drop_session(c);
    set_state(c, PG_CLOSED);
    if (was_ready) c->user->on_lost(c->user);
    uv_close((uv_handle_t *)&c->retry, on_retry_closed);
}
