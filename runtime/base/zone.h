/* UTC offsets of IANA time zones, from the system's compiled tz database
 * (TZif, RFC 8536). Thread-safe; a zone is read from disk once a process.
 * Beyond the last transition in the file (Debian's go to 2037) the last
 * offset stands. */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define ZONE_COUNT_MAX 700 /* distinct names kept; the database has about 600 */

/* Minutes east of UTC at a Unix time in seconds. ERR_NOT_FOUND: no such zone. */
int zone_offset(const char *name, int64_t unix_s, int *minutes) MUST_CHECK;

/* The parser alone, for tests and the fuzzer: the same answer from file bytes. */
int zone_offset_in(const void *file, size_t len, int64_t unix_s, int *minutes) MUST_CHECK;

#endif
