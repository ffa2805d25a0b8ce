/* Keeps SQLite's write-ahead log short without making a commit wait for it. */
#ifndef STORE_SQLITE_WAL_H
#define STORE_SQLITE_WAL_H

#include "store/sqlite_conn.h"

struct sqlite_wal;

/* Starts the checkpointer on a connection of its own and hooks into writer's commits. */
int sqlite_wal_open(const char *path, struct sqlite_conn *writer, struct sqlite_wal **out, char *why,
                    size_t why_len) MUST_CHECK;
/* The writer calls it after each group; does something only when the log is too long. */
void sqlite_wal_between_commits(struct sqlite_wal *w);
void sqlite_wal_close(struct sqlite_wal *w); /* stops the thread, moves the whole log; NULL is fine */

#endif
