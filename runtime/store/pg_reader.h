/* Queries on one read-only PostgreSQL connection. Loop thread only. */
#ifndef STORE_PG_READER_H
#define STORE_PG_READER_H

#include "store/pg_writer.h"

struct pg_reader;

struct pg_reader *pg_reader_new(uv_loop_t *loop, const char *url, struct pg_work *work);
struct pg_conn *pg_reader_conn(struct pg_reader *r);
bool pg_reader_empty(const struct pg_reader *r);
/* Sends what waits, up to 64 in flight. */
void pg_reader_fill(struct pg_reader *r);
void pg_reader_close(struct pg_reader *r); /* what is in flight goes back to the queue */

#endif
