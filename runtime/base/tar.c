/* See tar.h. Reading is strict: a checksum that does not fit, another kind of
 * entry or a cut file is an error. */
#include "base/tar.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 512
#define SIZE_MAX_OCTAL 077777777777ull /* 8 GiB - 1 */

/* Where the fields of a header block are (POSIX pax). */
enum { AT_MODE = 100, AT_SIZE = 124, AT_TIME = 136, AT_SUM = 148, AT_TYPE = 156, AT_MAGIC = 257 };

static unsigned checksum(const unsigned char *block)
{
    unsigned sum = 0;
    for (int i = 0; i < BLOCK; i++) sum += i >= AT_SUM && i < AT_SUM + 8 ? ' ' : block[i];
    return sum;
}

static void put_octal(unsigned char *at, int digits, unsigned long long v)
{
    char text[24];
    snprintf(text, sizeof text, "%0*llo", digits, v);
    memcpy(at, text, (size_t)digits + 1);
}

static int read_octal(const unsigned char *at, int max, uint64_t *out)
{
    *out = 0;
    for (int i = 0; i < max && at[i] != '\0' && at[i] != ' '; i++) {
        if (at[i] < '0' || at[i] > '7') return ERR_INVALID;
        *out = *out * 8 + (uint64_t)(at[i] - '0');
    }
    return ERR_OK;
}

static int write_header(FILE *out, const char *name, uint64_t size)
{
    unsigned char block[BLOCK] = {0};
    memcpy(block, name, strlen(name));
    put_octal(block + AT_MODE, 7, 0600);
    put_octal(block + 108, 7, 0);
    put_octal(block + 116, 7, 0);
    put_octal(block + AT_SIZE, 11, size);
    put_octal(block + AT_TIME, 11, 0);
    block[AT_TYPE] = '0';
    memcpy(block + AT_MAGIC, "ustar\00000", 8);
    put_octal(block + AT_SUM, 6, checksum(block));
    block[AT_SUM + 7] = ' ';
    return fwrite(block, 1, BLOCK, out) == BLOCK ? ERR_OK : ERR_IO;
}

static int pad(FILE *out, uint64_t size)
{
    static const char zeros[BLOCK];
    size_t n = (size_t)((BLOCK - size % BLOCK) % BLOCK);
    return fwrite(zeros, 1, n, out) == n ? ERR_OK : ERR_IO;
}

int tar_add(FILE *out, const char *name, const char *path)
{
    char block[65536];
    struct stat s;
    uint64_t written = 0;
    size_t n;
    FILE *in = fopen(path, "re");
    if (in == NULL) return ERR_NOT_FOUND;
    int err = strlen(name) > TAR_NAME_MAX || fstat(fileno(in), &s) != 0 || !S_ISREG(s.st_mode) ? ERR_INVALID
              : (uint64_t)s.st_size > SIZE_MAX_OCTAL                                           ? ERR_LIMIT
                                                                                               : ERR_OK;
    if (err == ERR_OK) err = write_header(out, name, (uint64_t)s.st_size);
    while (err == ERR_OK && (n = fread(block, 1, sizeof block, in)) > 0) {
        if (fwrite(block, 1, n, out) != n) err = ERR_IO;
        written += n;
    }
    fclose(in);
    if (err == ERR_OK && written != (uint64_t)s.st_size) err = ERR_IO; /* it changed below us */
    return err == ERR_OK ? pad(out, written) : err;
}

int tar_end(FILE *out)
{
    static const char zeros[2 * BLOCK];
    return fwrite(zeros, 1, sizeof zeros, out) == sizeof zeros ? ERR_OK : ERR_IO;
}

static bool is_empty(const unsigned char *block)
{
    for (int i = 0; i < BLOCK; i++)
        if (block[i] != 0) return false;
    return true;
}

int tar_next(FILE *in, struct tar_entry *e)
{
    unsigned char block[BLOCK];
    uint64_t sum;
    if (fread(block, 1, BLOCK, in) != BLOCK) return ERR_INVALID; /* it was cut: an archive has an end */
    if (is_empty(block)) return ERR_NOT_FOUND;
    if (memcmp(block + AT_MAGIC, "ustar", 5) != 0 || block[AT_TYPE] != '0') return ERR_INVALID;
    if (read_octal(block + AT_SUM, 8, &sum) != ERR_OK || sum != checksum(block)) return ERR_INVALID;
    memcpy(e->name, block, TAR_NAME_MAX);
    e->name[TAR_NAME_MAX] = '\0';
    return read_octal(block + AT_SIZE, 12, &e->size);
}

int tar_extract(FILE *in, const struct tar_entry *e, const char *path)
{
    char block[65536];
    uint64_t left = e->size;
    int err = ERR_OK;
    FILE *out = fopen(path, "wxe");
    if (out == NULL) return ERR_IO;
    while (left > 0 && err == ERR_OK) {
        size_t want = left < sizeof block ? (size_t)left : sizeof block;
        if (fread(block, 1, want, in) != want) err = ERR_INVALID;
        if (err == ERR_OK && fwrite(block, 1, want, out) != want) err = ERR_IO;
        left -= want;
    }
    if (fflush(out) != 0 || fsync(fileno(out)) != 0) err = err != ERR_OK ? err : ERR_IO;
    if (fclose(out) != 0 && err == ERR_OK) err = ERR_IO;
    size_t rest = (size_t)((BLOCK - e->size % BLOCK) % BLOCK);
    if (err == ERR_OK && fread(block, 1, rest, in) != rest) err = ERR_INVALID;
    return err;
}
