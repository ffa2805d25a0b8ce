/* See file.h. */
#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PIECE 65536
#define MIB (1u << 20)

int file_read(const char *path, size_t max, struct buf *out, struct buf *why)
{
    size_t n, before = out->len;
    FILE *f = fopen(path, "re");
    if (f == NULL) return buf_fmt(why, "%s: %s", path, strerror(errno)), ERR_IO;
    while ((n = fread(buf_reserve(out, PIECE), 1, PIECE, f)) > 0 && out->len - before <= max) out->len += n;
    int failed = ferror(f) ? errno : 0;
    fclose(f);
    if (failed != 0) return buf_fmt(why, "%s: %s", path, strerror(failed)), ERR_IO;
    if (out->len - before <= max) return ERR_OK;
    if (max % MIB == 0)
        buf_fmt(why, "%s: larger than %zu MiB", path, max / MIB);
    else
        buf_fmt(why, "%s: larger than %zu bytes", path, max);
    return ERR_LIMIT;
}
