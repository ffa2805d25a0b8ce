/* Whole small files, for the command line and tools; never on a loop. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* Appends the file's bytes. ERR_IO when it cannot be read, ERR_LIMIT when it
 * has more than max. why gets "PATH: reason". */
int file_read(const char *path, size_t max, struct buf *out, struct buf *why) MUST_CHECK;

#endif
