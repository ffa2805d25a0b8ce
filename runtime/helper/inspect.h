/* The job that looks at a file that a visitor sent: what it is, by its bytes,
 * and, of an image, a small picture. Runs in a cell only. */
#ifndef HELPER_INSPECT_H
#define HELPER_INSPECT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct buf;

#define INSPECT_SIDE_MAX 320 /* of the small picture, pixels */

/* First line of the answer: "TYPE WIDTH HEIGHT\n", 0 0 where it is no image;
 * after it the small picture as WebP, if there is one. argument: its longest
 * side, 0 for none. ERR_INVALID: it says that it is an image and is none, or
 * one with too many pixels. */
int inspect(int fd, int64_t argument, struct buf *out);
/* The same of bytes in memory. Decoders free nothing: a cell ends after its job. */
int inspect_bytes(const unsigned char *data, size_t len, int64_t argument, struct buf *out);

/* The type by the first bytes, "application/octet-stream" when unknown. Static text. */
const char *inspect_type(const unsigned char *data, size_t len);

/* An answer as its reader takes it: the cell that wrote it may be in a
 * stranger's hands, so it is only what this says. */
struct inspect_answer {
    char type[64]; /* lower-case letters, digits and "/.+-" */
    int width, height;
    const char *picture; /* borrowed */
    size_t picture_len;  /* 0: none */
};
int inspect_read(const char *data, size_t len, struct inspect_answer *out) MUST_CHECK;

#endif
