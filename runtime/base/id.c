/* UUIDv7 and its base32 text. */
#include "base/id.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz"; /* Crockford: no i l o u */

void id_new(char out[ID_MAX], const char *prefix, struct clock *clock)
{
    unsigned char u[16];
    uint64_t ms = (uint64_t)clock_wall_ms(clock);
    clock_random(clock, u + 6, 10);
    for (int i = 0; i < 6; i++) u[i] = (unsigned char)(ms >> (40 - 8 * i));
    u[6] = (unsigned char)(0x70 | (u[6] & 0x0f));
    u[8] = (unsigned char)(0x80 | (u[8] & 0x3f));
    size_t n = strlen(prefix);
    assert(n >= 1 && n <= 4);
    memcpy(out, prefix, n);
    out[n++] = '_';
    /* 128 bits as 26 digits of 5, the first holding only 3. */
    unsigned acc = 0, bits = 2;
    for (int i = 0; i < 16; i++) {
        acc = (acc << 8) | u[i];
        bits += 8;
        while (bits >= 5) {
            bits -= 5;
            out[n++] = alphabet[(acc >> bits) & 31];
        }
    }
    out[n] = '\0';
}

bool id_valid(const char *id, size_t len, const char *prefix)
{
    size_t n = strlen(prefix);
    if (len != n + 1 + ID_SUFFIX_LEN || memcmp(id, prefix, n) != 0 || id[n] != '_') return false;
    if (id[n + 1] > '7') return false;
    for (size_t i = n + 1; i < len; i++)
        if (id[i] == '\0' || strchr(alphabet, id[i]) == NULL) return false;
    return true;
}
