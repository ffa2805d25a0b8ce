/* What makes an account: a tenant with a bot and its business dataset. The
 * prelude's `provision` writes it as a turn of the tenant that is to be. */
#ifndef ACTOR_ACCOUNT_H
#define ACTOR_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct bundle;
struct clock;

#define ACCOUNT_NS 10000000000ull /* CPU time that the check of a dataset may take */

/* text: the dataset file. options: JSON for provision, such as
 * {"public_key":"pk_demo"}. writes gets the batch to commit for the tenant;
 * out the JSON that describes the account, or the faults of the file, a line
 * each ("/faqs/3/answer: ..."). */
int account_write(struct bundle *scripts, struct clock *clock, int64_t tenant, const char *text, size_t len,
                  const char *options, struct buf *writes, struct buf *out) MUST_CHECK;
/* The same for another entry of the prelude that takes a text and options and
 * emits lines: an account exists already. Nothing written means out has faults. */
int account_call(struct bundle *scripts, struct clock *clock, int64_t tenant, const char *entry,
                 const char *text, size_t len, const char *options, struct buf *writes,
                 struct buf *out) MUST_CHECK;

#endif
