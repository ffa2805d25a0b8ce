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
/* Begins a statement by its name in a new buffer; so many values are encoded after it. */
void store_call_begin(struct buf *b, const char *name, int params);
/* The tenant that a query by one text answers: "tenant.by_public_id", "bot.tenant". 0 after
 * it has said on stderr why not; noun: "account", command: "tenant list". */
int64_t store_call_tenant(struct store *s, const char *query, const char *text, const char *noun,
                          const char *command);

#endif
