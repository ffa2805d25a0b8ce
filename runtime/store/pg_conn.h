/* One connection to PostgreSQL on the store's loop: connects without
 * blocking, prepares every statement, enters pipeline mode, hands results to
 * its user, and comes back by itself after a loss. Loop thread only. */
#ifndef STORE_PG_CONN_H
#define STORE_PG_CONN_H

#include <uv.h>

#include "store/pg_value.h"

struct pg_conn;

/* Embedded by the writer and the reader. */
struct pg_user {
    void (*on_ready)(struct pg_user *u);
    /* A result (borrowed), PGRES_PIPELINE_SYNC included; NULL ends a command. */
    void (*on_result)(struct pg_user *u, const PGresult *r);
    void (*on_lost)(struct pg_user *u); /* nothing that was sent will be answered any more */
};

/* url: borrowed for the connection's life. read_only: the session refuses writes. */
struct pg_conn *pg_conn_new(uv_loop_t *loop, const char *url, bool read_only, struct pg_user *user,
                            _Atomic uint64_t *reconnects);
void pg_conn_start(struct pg_conn *c);
bool pg_conn_ready(const struct pg_conn *c);
/* Queue a statement or a border; sent by pg_conn_flush. A failure is noticed there. */
void pg_conn_send(struct pg_conn *c, uint16_t statement, const struct pg_values *v);
void pg_conn_sync(struct pg_conn *c);                   /* ends what the server skips after an error */
void pg_conn_answer(struct pg_conn *c);                 /* asks for the results so far, without a sync */
void pg_conn_flush(struct pg_conn *c);                  /* may call on_lost */
void pg_conn_reset(struct pg_conn *c, const char *why); /* drops the session, calls on_lost, connects again */
/* Every 100 ms: a connect that lasts 5 s, or a silent server for 10 s, is a loss. */
void pg_conn_tick(struct pg_conn *c, uint64_t now_ns);
/* Calls on_lost if it was up; frees in the loop once its handles are closed. */
void pg_conn_close(struct pg_conn *c);

/* Options of every connection, the blocking one of the migrations included. */
void pg_conn_ignore_notice(void *arg, const PGresult *r); /* libpq would print them */
void pg_conn_options(const char *url, const char *keys[8], const char *values[8]);

#endif
