/* TypeIDs: prefix, underscore, UUIDv7 (RFC 9562) in Crockford base32, lower
 * case, 26 characters: conv_01h455vb4pex5vsknk084sn02q. They sort by time.
 * Where time or randomness may be known to strangers, an id is a name, never
 * a secret. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

#define ID_SUFFIX_LEN 26
#define ID_MAX 32 /* prefix of at most 4 + '_' + 26 + NUL */

/* prefix: 1 to 4 lower-case letters. */
void id_new(char out[ID_MAX], const char *prefix, struct clock *clock);
bool id_valid(const char *id, size_t len, const char *prefix);

#endif
