/* What the account commands print on stdout. */
#ifndef CLI_ACCOUNT_OUTPUT_H
#define CLI_ACCOUNT_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct store;

/* out: lines of a name and a value, as the prelude answers; it is cut up. */
void print_account(struct buf *out, bool json);
/* Asks and prints the rows, or says on stderr why not; the query is given. */
int print_query(struct store *s, int64_t tenant, struct buf *query, bool json) MUST_CHECK;

#endif
