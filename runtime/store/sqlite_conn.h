/* One SQLite connection with its prepared statements, used by one thread. */
#ifndef STORE_SQLITE_CONN_H
#define STORE_SQLITE_CONN_H

#include <sqlite3.h>

#include "store/migrate.h"
#include "store/store.h"

struct sqlite_conn;

/* path ":memory:" for a database of this connection alone. why: 256 bytes. */
int sqlite_conn_open(const char *path, struct sqlite_conn **out, char *why, size_t why_len) MUST_CHECK;
/* Finds a text that does not fit the schema at start, not in a visitor's turn. */
int sqlite_conn_prepare_all(struct sqlite_conn *c, char *why, size_t why_len) MUST_CHECK;
void sqlite_conn_close(struct sqlite_conn *c); /* NULL is fine */

/* Runs the job's statements, fills its rows. Returns its status, also set in
 * the job with the text. What it changed is not undone on error. */
int sqlite_conn_run(struct sqlite_conn *c, struct store_job *job);
/* A statement without parameters of schema/queries/store.sql. */
int sqlite_conn_control(struct sqlite_conn *c, const char *name) MUST_CHECK;
int sqlite_conn_script(struct sqlite_conn *c, const char *sql) MUST_CHECK; /* several statements */
const char *sqlite_conn_error(struct sqlite_conn *c);                      /* of the last call; borrowed */
bool sqlite_conn_in_transaction(struct sqlite_conn *c);
uint64_t sqlite_conn_changes(struct sqlite_conn *c); /* rows written since it was opened */
sqlite3 *sqlite_conn_handle(struct sqlite_conn *c);  /* borrowed */

int sqlite_migrate(struct sqlite_conn *c, enum migrate_mode mode, struct migrate_report *report, char *why,
                   size_t why_len) MUST_CHECK;

/* data_dir/azentiko.db, the folder made if it is missing; ":memory:" for "". */
int sqlite_path(const char *data_dir, struct buf *path, char *why, size_t why_len) MUST_CHECK;

#endif
