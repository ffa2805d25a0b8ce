/* See secret.h. Written to a temporary name, synced, then linked to its name:
 * two processes that start together end up with the same key. */
#include "actor/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

static int read_key(const char *path, unsigned char *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    ssize_t n = read(fd, out, VM_SECRET_LEN);
    close(fd);
    return n == VM_SECRET_LEN ? ERR_OK : ERR_INVALID;
}

static int write_key(const char *path, const char *temporary, const unsigned char *key)
{
    unlink(temporary); /* of a process killed half-way that had the same id, as in a container */
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return ERR_IO;
    bool ok = write(fd, key, VM_SECRET_LEN) == VM_SECRET_LEN && fsync(fd) == 0;
    close(fd);
    ok = ok && (link(temporary, path) == 0 || errno == EEXIST);
    unlink(temporary);
    return ok ? ERR_OK : ERR_IO;
}

int secret_load(const char *data_dir, unsigned char out[VM_SECRET_LEN], char *why, size_t why_len)
{
    char path[4096], temporary[4200];
    snprintf(path, sizeof path, "%s/secret.key", data_dir);
    snprintf(temporary, sizeof temporary, "%s.%ld", path, (long)getpid());
    int err = read_key(path, out);
    if (err == ERR_NOT_FOUND) {
        clock_random(clock_real(), out, VM_SECRET_LEN);
        err = write_key(path, temporary, out);
        if (err == ERR_OK) err = read_key(path, out);
    }
    if (err == ERR_INVALID)
        snprintf(why, why_len, "%s: must hold %d bytes", path, VM_SECRET_LEN);
    else if (err != ERR_OK)
        snprintf(why, why_len, "%s: %s", path, strerror(errno));
    return err;
}
