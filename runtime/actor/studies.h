/* Studies of a server (play/study.h): a thread each, so that no loop waits.
 * Bounds: STUDIES_MAX at once in the process and one for each tenant; past
 * them a study is refused at once with ERR_LIMIT, and its asker may try again.
 * Each ends by itself (STUDY_MS_MAX) or soon after studies_close. */
#ifndef ACTOR_STUDIES_H
#define ACTOR_STUDIES_H

#include <stddef.h>
#include <stdint.h>

#include "actor/study_op.h"

#define STUDIES_MAX 2

struct studies;

/* What a study came to, told on its own thread. text is borrowed. */
typedef void studied_fn(void *ctx, int64_t tenant, int64_t actor, uint32_t number, int err, const char *text,
                        size_t len);

struct studies *studies_new(study_fn *study, struct store *store, studied_fn *told, void *ctx);
/* Retains scripts, copies request; any thread. 0, or an error: then told is not called. */
int studies_start(struct studies *s, struct bundle *scripts, int64_t tenant, int64_t actor, uint32_t number,
                  const char *request, size_t len);
void studies_close(struct studies *s); /* waits for those that run; NULL is fine */

#endif
