/* Secrets at rest: AES-256-GCM under a key that is derived from the server's
 * own secret for one purpose and one tenant, so a sealed text that was copied
 * to another row, tenant or use does not open. */
#ifndef BASE_SEAL_H
#define BASE_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"

#define SEAL_KEY_LEN 32

/* HMAC-SHA256(secret, "seal" NUL purpose NUL tenant). */
void seal_key(const unsigned char secret[SEAL_KEY_LEN], const char *purpose, size_t purpose_len,
              int64_t tenant, unsigned char key[SEAL_KEY_LEN]);
/* Appends base64: a version byte, nonce (12), ciphertext, tag (16). */
void seal(const unsigned char key[SEAL_KEY_LEN], struct clock *random, const char *text, size_t len,
          struct buf *out);
/* Appends the text; ERR_DENIED when it was not sealed with this key or has changed. */
int unseal(const unsigned char key[SEAL_KEY_LEN], const char *sealed, size_t len, struct buf *out) MUST_CHECK;

#endif
