/* TZif reader. Looks at the 64-bit block of version 2 files only; the file's
 * bytes are kept as they are and searched in place. */
#include "base/zone.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"

#define FILE_MAX 65536
#define HEADER 44

struct zone {
    char *name;
    char *file; /* NULL: no such zone (remembered, too) */
    size_t len;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct map zones;

static struct map_key key_of(const void *value)
{
    const struct zone *z = value;
    return (struct map_key){z->name, strlen(z->name)};
}

static uint32_t be32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t be64(const unsigned char *p) { return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4)); }

struct counts {
    size_t isutc, isstd, leap, time, type, chars;
};

static bool header(const unsigned char *p, size_t len, struct counts *c)
{
    if (len < HEADER || memcmp(p, "TZif", 4) != 0) return false;
    c->isutc = be32(p + 20), c->isstd = be32(p + 24), c->leap = be32(p + 28);
    c->time = be32(p + 32), c->type = be32(p + 36), c->chars = be32(p + 40);
    return c->isutc <= 256 && c->isstd <= 256 && c->leap <= 1000 && c->time <= 5000 && c->type >= 1 &&
           c->type <= 256 && c->chars <= 1000;
}

int zone_offset_in(const void *file, size_t len, int64_t unix_s, int *minutes)
{
    const unsigned char *p = file, *end = p + len;
    struct counts c;
    if (!header(p, len, &c) || p[4] < '2') return ERR_INVALID;
    size_t first = HEADER + c.time * 5 + c.type * 6 + c.chars + c.leap * 8 + c.isstd + c.isutc;
    if (first >= len) return ERR_INVALID;
    p += first;
    if (!header(p, (size_t)(end - p), &c)) return ERR_INVALID;
    p += HEADER;
    if ((size_t)(end - p) < c.time * 9 + c.type * 6) return ERR_INVALID;
    const unsigned char *times = p, *index = p + c.time * 8, *types = index + c.time;
    size_t low = 0, high = c.time; /* the number of transitions at or before unix_s */
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (be64(times + mid * 8) <= unix_s)
            low = mid + 1;
        else
            high = mid;
    }
    size_t type = low == 0 ? 0 : index[low - 1];
    if (type >= c.type) return ERR_INVALID;
    *minutes = (int)((int32_t)be32(types + type * 6) / 60);
    return ERR_OK;
}

static bool name_ok(const char *name)
{
    size_t n = strlen(name);
    if (n < 1 || n > 60 || name[0] == '/' || strstr(name, "..") != NULL) return false;
    return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") == n;
}

static struct zone *read_zone(const char *name)
{
    struct zone *z = mem_zalloc(sizeof *z);
    char path[128];
    z->name = mem_strdup(name);
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return z;
    char *file = mem_alloc(FILE_MAX);
    ssize_t n = read(fd, file, FILE_MAX);
    close(fd);
    int minutes;
    if (n > 0 && zone_offset_in(file, (size_t)n, 0, &minutes) == ERR_OK) {
        z->file = mem_dup(file, (size_t)n);
        z->len = (size_t)n;
    }
    mem_free(file);
    return z;
}

int zone_offset(const char *name, int64_t unix_s, int *minutes)
{
    if (!name_ok(name)) return ERR_NOT_FOUND;
    pthread_mutex_lock(&lock);
    if (zones.key_of == NULL) map_init(&zones, key_of);
    struct zone *z = map_find(&zones, name, strlen(name));
    if (z == NULL && zones.used < ZONE_COUNT_MAX) {
        z = read_zone(name);
        map_put(&zones, z);
    }
    pthread_mutex_unlock(&lock);
    return z == NULL || z->file == NULL ? ERR_NOT_FOUND : zone_offset_in(z->file, z->len, unix_s, minutes);
}
