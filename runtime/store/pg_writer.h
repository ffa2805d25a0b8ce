/* Group commit on one PostgreSQL connection. Loop thread only. */
#ifndef STORE_PG_WRITER_H
#define STORE_PG_WRITER_H

#include "store/backend.h"
#include "store/pg_conn.h"
#include "store/queue.h"

struct pg_writer;

/* Where it takes batches from and who hears that it can take more; borrowed. */
struct pg_work {
    struct store *store;
    struct job_queue *queue;
    void (*idle)(struct pg_work *work);
};

struct pg_writer *pg_writer_new(uv_loop_t *loop, const char *url, struct pg_work *work);
struct pg_conn *pg_writer_conn(struct pg_writer *w);
bool pg_writer_idle(const struct pg_writer *w);      /* connected, nothing in flight */
bool pg_writer_empty(const struct pg_writer *w);     /* nothing in flight, connected or not */
uint64_t pg_writer_since(const struct pg_writer *w); /* when what is in flight began */
/* Runs list as one transaction; takes it. Must be idle. */
void pg_writer_start(struct pg_writer *w, struct store_job *list);
void pg_writer_close(struct pg_writer *w); /* what is in flight is returned or answered */

#endif
