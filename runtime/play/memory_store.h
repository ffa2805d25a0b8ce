/* A store in memory that answers at once: the real schema and statements on
 * SQLite, without threads. Screenplays and the simulation run on it. Used by
 * one thread at a time. */
#ifndef PLAY_MEMORY_STORE_H
#define PLAY_MEMORY_STORE_H

#include <stdarg.h>

#include "base/err.h"
#include "store/store.h"

struct memory_store;

/* Empty, with all migrations applied. why: 256 bytes. */
int memory_store_new(struct memory_store **out, char *why, size_t why_len) MUST_CHECK;
/* A new one with the same rows. */
struct memory_store *memory_store_copy(struct memory_store *from);
void memory_store_free(struct memory_store *m); /* NULL is fine */

/* Carries the job out: its status and rows are set, a batch is one
 * transaction. ERR_DENIED, as from the real store, when a statement is not
 * the tenant's to submit. */
void memory_store_run(struct memory_store *m, struct store_job *job);
/* One statement; each value is an int64_t (format 'i') or a text ('s'). The
 * caller frees the job. */
struct store_job *memory_store_ask(struct memory_store *m, int64_t tenant, const char *statement,
                                   const char *format, ...);
struct store_job *memory_store_ask_list(struct memory_store *m, int64_t tenant, const char *statement,
                                        const char *format, va_list values);

#endif
