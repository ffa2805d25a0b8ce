/* A desk: one engine in the calling thread over the real store, for the
 * command line. It asks one actor of one tenant one thing, as an HTTP request
 * would, and waits for the answer. No sockets, no way out but studies. */
#ifndef ACTOR_DESK_H
#define ACTOR_DESK_H

#include <stddef.h>
#include <stdint.h>

#include "actor/study_op.h"
#include "base/buf.h"
#include "base/err.h"

struct bundle;
struct guard;
struct store;

struct desk_config {
    struct bundle *scripts; /* borrowed */
    struct store *store;    /* borrowed */
    const unsigned char *secret;
    study_fn *study;           /* NULL: none */
    const struct guard *guard; /* which addresses may be named; NULL: the strictest */
};

/* status and body of the answer. ERR_TIMEOUT: none came within two minutes. */
int desk_ask(const struct desk_config *config, int64_t tenant, const char *kind, const char *key,
             const char *payload, size_t len, int *status, struct buf *body) MUST_CHECK;

#endif
