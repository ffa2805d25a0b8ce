/* Studies: what takes long and must not touch anything that lives. Checking a
 * client's files, playing their screenplays, rehearsing recorded conversations
 * against them. A study runs in the calling thread, on an engine of its own
 * over a store in memory; the real store is only read, as one tenant.
 * What to do and the result are JSON: runtime/play/study.lua. */
#ifndef PLAY_STUDY_H
#define PLAY_STUDY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct bundle;
struct store;

#define STUDY_MS_MAX 120000 /* after it a study ends with what it has */

struct study {
    struct bundle *scripts; /* the stock ones; borrowed */
    struct store *store;    /* borrowed; NULL: nothing recorded can be asked for */
    int64_t tenant;         /* bound to every query */
    const char *dataset;    /* a business (docs/dataset.md) for plays without a store; may be NULL */
    size_t dataset_len;
    _Atomic bool *stop; /* set: end soon; may be NULL */
};

/* out gets the result; on an error its text. */
int study_run(const struct study *study, const char *request, size_t len, struct buf *out) MUST_CHECK;
/* The same for the engine: a study_fn (actor/study_op.h). */
int study_of_tenant(struct bundle *scripts, struct store *store, int64_t tenant, const char *request,
                    size_t len, _Atomic bool *stop, struct buf *out);

#endif
