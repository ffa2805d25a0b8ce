/* One job, waited for: for threads that may block (the command line, studies),
 * never for a loop. */
#ifndef STORE_STORE_WAIT_H
#define STORE_STORE_WAIT_H

#include "store/store.h"

/* statements is given, not copied. The caller frees the job. */
struct store_job *store_wait(struct store *s, enum store_kind kind, int64_t tenant, struct buf *statements);

#endif
