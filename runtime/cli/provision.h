/* Makes an account (actor/account.h) under the next free number and commits
 * it as one batch. */
#ifndef CLI_PROVISION_H
#define CLI_PROVISION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct store;
struct bundle;

/* text: the dataset file. options: JSON for provision, such as
 * {"public_key":"pk_demo"}. out gets the JSON that describes the account, or
 * the faults of the file, a line each ("/faqs/3/answer: ..."). */
int provision(struct store *s, struct bundle *scripts, const char *text, size_t len, const char *options,
              struct buf *out) MUST_CHECK;
/* Whether a bot has this public key. */
int provision_exists(struct store *s, const char *public_key, bool *exists) MUST_CHECK;

#endif
