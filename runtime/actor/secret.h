/* The server's own secret: 32 random bytes in <data>/secret.key (mode 0600),
 * made at the first start. Keys for signatures are derived from it, never
 * used for two purposes; it is never logged and never leaves the process. */
#ifndef ACTOR_SECRET_H
#define ACTOR_SECRET_H

#include <stddef.h>

#include "base/err.h"
#include "vm/state.h"

int secret_load(const char *data_dir, unsigned char out[VM_SECRET_LEN], char *why, size_t why_len) MUST_CHECK;

#endif
