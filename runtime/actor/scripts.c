/* See scripts.h. */
#include "actor/scripts.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"
#include "vm/bundle.h"

#define CHECK_MEMORY (256u << 20)
#define CHECK_SLICE 100000 /* instructions between looks at the clock: no ticker watches this thread */

static int check(struct bundle *b, const struct vm_setting *settings, struct buf *report)
{
    char why[512];
    struct vm_config config = {.memory_cap = CHECK_MEMORY,
                               .turn_budget_ns = SCRIPTS_CHECK_NS,
                               .slice_instructions = CHECK_SLICE,
                               .clock = clock_real(),
                               .settings = settings};
    struct vm_state *s = vm_state_new(&config, 0);
    int err = vm_state_boot(s, b, why, sizeof why);
    if (err != ERR_OK)
        buf_fmt(report, "%s\n", why);
    else
        err = vm_state_check(s, report);
    vm_state_free(s);
    return err;
}

int scripts_load(const char *dir, const struct embedded_file *embedded, const struct vm_setting *settings,
                 struct bundle **out, struct buf *report)
{
    char why[512];
    struct bundle *b = NULL;
    int err =
        dir ? bundle_read(dir, &b, why, sizeof why) : bundle_from_embedded(embedded, &b, why, sizeof why);
    if (err != ERR_OK) return buf_fmt(report, "%s\n", why), err;
    err = check(b, settings, report);
    if (err != ERR_OK)
        bundle_release(b);
    else
        *out = b;
    return err;
}

void scripts_compare(const struct bundle *old, const struct bundle *now, struct buf *report)
{
    for (size_t i = 0; i < bundle_count(now); i++) {
        const struct bundle_file *f = bundle_at(now, i), *before = old ? bundle_find(old, f->path) : NULL;
        if (before == NULL)
            buf_fmt(report, "added %s\n", f->path);
        else if (before->text_len != f->text_len || memcmp(before->text, f->text, f->text_len) != 0)
            buf_fmt(report, "changed %s\n", f->path);
    }
    for (size_t i = 0; old != NULL && i < bundle_count(old); i++)
        if (bundle_find(now, bundle_at(old, i)->path) == NULL)
            buf_fmt(report, "removed %s\n", bundle_at(old, i)->path);
}

static void add_stamp(int dir, int depth, uint64_t *stamp)
{
    DIR *d = fdopendir(dir); /* takes dir */
    if (d == NULL) {
        close(dir);
        return;
    }
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        struct stat st;
        if (e->d_name[0] == '.' || fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) continue;
        struct {
            uint64_t name, size;
            int64_t s, ns;
        } fact = {map_hash(e->d_name, strlen(e->d_name)), (uint64_t)st.st_size, st.st_mtim.tv_sec,
                  st.st_mtim.tv_nsec};
        if (S_ISREG(st.st_mode)) *stamp += map_hash(&fact, sizeof fact);
        if (!S_ISDIR(st.st_mode) || depth == 0) continue;
        int sub = openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (sub >= 0) add_stamp(sub, depth - 1, stamp);
    }
    closedir(d);
}

uint64_t scripts_stamp(const char *dir)
{
    uint64_t stamp = 0;
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) add_stamp(fd, 4, &stamp);
    return stamp;
}
