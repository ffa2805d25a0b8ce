/* How the engine's side reaches studies (play/study.h), which are built on the
 * engine and so are handed in by whoever starts it. */
#ifndef ACTOR_STUDY_OP_H
#define ACTOR_STUDY_OP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct bundle;
struct store;

/* Blocks. 0: out is the result (JSON); else its error. stop may be NULL. */
typedef int study_fn(struct bundle *scripts, struct store *store, int64_t tenant, const char *request,
                     size_t len, _Atomic bool *stop, struct buf *out);

#endif
