/* See look.h. The answer's bytes come from a process that a stranger's file
 * may have taken over: they are copied and judged by length, never trusted. */
#include "actor/look.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "actor/engine.h"
#include "actor/node.h"
#include "base/buf.h"
#include "base/mem.h"
#include "helper/ask.h"
#include "helper/inspect.h"
#include "net/intake.h"
#include "store/encode.h"

struct look {
    uv_work_t work;
    uv_loop_t *loop;
    struct engine *e;
    int64_t actor;
    uint32_t number;
    int err;
    char type[sizeof((struct inspect_answer *)0)->type];
    int width, height;
    struct buf picture; /* "" without */
    char path[4096];    /* of the picture */
};

static void answer(struct look *k)
{
    static const char *const columns[] = {"type", "width", "height", "thumb", "code"};
    struct buf rows;
    buf_init(&rows);
    rows_begin(&rows, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) rows_column(&rows, columns[i]);
    encode_text(&rows, k->type, strlen(k->type));
    encode_int(&rows, k->width);
    encode_int(&rows, k->height);
    encode_int(&rows, k->picture.len > 0);
    if (k->err == ERR_OK)
        encode_null(&rows);
    else
        encode_text(&rows, err_name(k->err), strlen(err_name(k->err)));
    engine_fetched(k->e, k->actor, k->number, &rows);
    buf_deinit(&k->picture);
    mem_free(k);
}

/* In the thread pool. A picture that is lost costs a look, not a file: no sync. */
static void write_picture(uv_work_t *w)
{
    struct look *k = w->data;
    int fd = open(k->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, k->picture.data, k->picture.len) == (ssize_t)k->picture.len;
    if (fd >= 0) close(fd);
    if (ok) return;
    unlink(k->path);
    buf_reset(&k->picture);
}

static void on_written(uv_work_t *w, int status)
{
    struct look *k = w->data;
    if (status != 0) buf_reset(&k->picture);
    answer(k);
}

static int read_answer(struct look *k, const char *data, size_t len)
{
    struct inspect_answer a;
    int err = inspect_read(data, len, &a);
    if (err != ERR_OK) return err;
    memcpy(k->type, a.type, sizeof k->type);
    k->width = a.width;
    k->height = a.height;
    buf_add(&k->picture, a.picture, a.picture_len);
    return ERR_OK;
}

static void on_answer(void *ctx, int status, const char *data, size_t len)
{
    struct look *k = ctx;
    k->err = status == ERR_OK ? read_answer(k, data, len) : status;
    if (k->err != ERR_OK || k->picture.len == 0 ||
        uv_queue_work(k->loop, &k->work, write_picture, on_written) != 0) {
        if (k->err != ERR_OK) buf_reset(&k->picture);
        answer(k);
    }
}

void look_start(struct asks *asks, const char *dir, struct engine *e, int64_t actor, uint32_t number,
                const char *name, int side)
{
    struct look *k = mem_zalloc(sizeof *k);
    char path[4096];
    int fd = -1;
    k->loop = asks_loop(asks);
    k->work.data = k;
    k->e = e;
    k->actor = actor;
    k->number = number;
    k->err = ERR_NOT_FOUND;
    buf_init(&k->picture);
    bool known = intake_path(dir, name, path, sizeof path) &&
                 snprintf(k->path, sizeof k->path, "%.4000s.t", path) < (int)sizeof k->path;
    if (known) fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0) k->err = ask_send(asks, NODE_INSPECT, side, fd, on_answer, k);
    if (fd >= 0) close(fd);
    if (k->err != ERR_OK) answer(k);
}

/* ---- listing ---- */

#define LIST_MAX 500
#define OLD_SECONDS 3600

struct list_work {
    uv_work_t work;
    struct engine *e;
    int64_t actor;
    uint32_t number;
    char folder[4096];
    struct buf rows;
};

static bool is_old(DIR *d, const char *name)
{
    struct stat st;
    return fstatat(dirfd(d), name, &st, AT_SYMLINK_NOFOLLOW) == 0 && time(NULL) - st.st_mtime > OLD_SECONDS;
}

/* In the thread pool. A folder that cannot be read is an empty one. Opened in
 * two steps, since TSan sees the descriptor's new life only in open: libuv
 * closes sockets behind its back. */
static void read_folder(uv_work_t *w)
{
    struct list_work *k = w->data;
    int fd = open(k->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *entry;
    for (int n = 0; d != NULL && n < LIST_MAX && (entry = readdir(d)) != NULL;) {
        if (entry->d_name[0] == '.' || !is_old(d, entry->d_name)) continue;
        encode_text(&k->rows, entry->d_name, strlen(entry->d_name));
        n++;
    }
    if (d != NULL)
        closedir(d);
    else if (fd >= 0)
        close(fd);
}

static void on_listed(uv_work_t *w, int status)
{
    struct list_work *k = w->data;
    (void)status;
    engine_fetched(k->e, k->actor, k->number, &k->rows);
    buf_deinit(&k->rows);
    mem_free(k);
}

void look_list(struct asks *asks, const char *dir, struct engine *e, int64_t actor, uint32_t number,
               const char *folder)
{
    struct list_work *k = mem_zalloc(sizeof *k);
    k->work.data = k;
    k->e = e;
    k->actor = actor;
    k->number = number;
    snprintf(k->folder, sizeof k->folder, "%s/%.2s", dir, folder);
    rows_begin(&k->rows, 1);
    rows_column(&k->rows, "name");
    if (strspn(folder, "0123456789abcdef") != 2 || strlen(folder) != 2 ||
        uv_queue_work(asks_loop(asks), &k->work, read_folder, on_listed) != 0)
        on_listed(&k->work, 0);
}
