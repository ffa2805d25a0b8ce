/* The store for commands: the same asynchronous interface, waited for. */
#ifndef CLI_STORE_CALL_H
#define CLI_STORE_CALL_H

#include <stdint.h>

#include "store/store.h"

/* Opens (and migrates) the store that the options name; NULL after it has said why on stderr. */
struct options;
struct store *store_for(const struct options *o);

/* Submits the statements (given: the buffer is emptied) and waits. The job is
 * the caller's: job->status, job->rows; store_job_free. */
struct store_job *store_call(struct store *s, enum store_kind kind, int64_t tenant, struct buf *statements);

#endif
