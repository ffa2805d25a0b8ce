/* A plain tar archive (ustar) of regular files: what backups are made of, and
 * nothing more. Names have at most 100 bytes, files at most 8 GiB. */
#ifndef BASE_TAR_H
#define BASE_TAR_H

#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

#define TAR_NAME_MAX 100

struct tar_entry {
    char name[TAR_NAME_MAX + 1];
    uint64_t size;
};

/* Adds the file at path under a name; ERR_NOT_FOUND when it is not there, with nothing written. */
int tar_add(FILE *out, const char *name, const char *path) MUST_CHECK;
int tar_end(FILE *out) MUST_CHECK;

/* The next entry: ERR_OK, ERR_NOT_FOUND at the end, ERR_INVALID for what is no archive of ours. */
int tar_next(FILE *in, struct tar_entry *e) MUST_CHECK;
/* Writes the entry's bytes to a new file, which must not exist; it is synced. */
int tar_extract(FILE *in, const struct tar_entry *e, const char *path) MUST_CHECK;

#endif
