/* A copy of a SQLite database that others are writing, and whether a copy is
 * sound. For the command line, in a process of its own. */
#ifndef STORE_SQLITE_COPY_H
#define STORE_SQLITE_COPY_H

#include <stddef.h>

#include "base/err.h"

/* One consistent state, of a single moment; writers are not held up (WAL), their log grows meanwhile. */
int sqlite_copy(const char *from, const char *to, char *why, size_t why_len) MUST_CHECK;
/* Reads every page and index, and every reference between tables. */
int sqlite_check(const char *path, char *why, size_t why_len) MUST_CHECK;

#endif
