/* See intake.h. One operation of the thread pool is under way at a time; what
 * comes meanwhile waits in `filling`. A file has no name that its sender knows
 * or could guess, and is removed unless somebody keeps it. */
#include "net/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/conn_state.h"
#include "net/exchange.h"
#include "net/http_taker.h"
#include "net/server_state.h"

enum step { STEP_OPEN, STEP_WRITE, STEP_SYNC, STEP_SYNC_DIR, STEP_CLOSE, STEP_DONE };

struct intake {
    struct conn *conn; /* NULL: it was closed */
    struct net_server *server;
    uv_fs_t op;
    enum step step;
    bool busy;  /* op is under way */
    bool ended; /* nothing more comes */
    bool keep;
    int fd, dir_fd; /* -1: not open */
    int status;
    struct buf filling, writing;
    size_t written; /* of writing */
    EVP_MD_CTX *sha;
    struct http_file file;
    char name[INTAKE_NAME_LEN + 1], digest[65];
};

static void go_on(struct intake *i);

static void hex(const unsigned char *bytes, size_t n, char *out)
{
    for (size_t k = 0; k < n; k++) snprintf(out + 2 * k, 3, "%02x", bytes[k]);
}

bool intake_path(const char *dir, const char *name, char *out, size_t len)
{
    size_t n = strspn(name, "0123456789abcdef");
    if (n != INTAKE_NAME_LEN || (name[n] != '\0' && strcmp(name + n, ".t") != 0)) return false;
    int size = snprintf(out, len, "%s/%.2s/%s", dir, name, name);
    return size > 0 && (size_t)size < len;
}

/* Its folder alone: to make the file's name durable. */
static void folder(const struct intake *i, char *out, size_t len)
{
    snprintf(out, len, "%s/%.2s", i->server->config.intake.dir, i->name);
}

static void forget(struct intake *i)
{
    char path[4096];
    uv_fs_t now;
    if (!i->keep && intake_path(i->server->config.intake.dir, i->name, path, sizeof path))
        uv_fs_unlink(NULL, &now, path, NULL), uv_fs_req_cleanup(&now);
    if (i->fd >= 0) uv_fs_close(NULL, &now, i->fd, NULL), uv_fs_req_cleanup(&now);
    if (i->dir_fd >= 0) uv_fs_close(NULL, &now, i->dir_fd, NULL), uv_fs_req_cleanup(&now);
    EVP_MD_CTX_free(i->sha);
    buf_deinit(&i->filling);
    buf_deinit(&i->writing);
    i->server->intakes--;
    server_release(i->server);
    mem_free(i);
}

static void fail(struct intake *i, const char *what, ssize_t code)
{
    i->status = code == UV_ENOSPC || code == -EDQUOT ? 507 : 500;
    log_write(LOG_ERROR, "upload not stored", LOG_STR("at", what), LOG_STR("error", uv_strerror((int)code)));
    i->step = STEP_DONE;
    if (i->conn != NULL) conn_resume(i->conn); /* the rest is read and dropped */
}

/* What the operation that ended means for the next one. */
static void advance(struct intake *i, ssize_t result)
{
    static const char *const names[] = {"open", "write", "sync", "sync of folder", "close"};
    if (result < 0) return fail(i, names[i->step], result);
    switch (i->step) {
    case STEP_OPEN:
        if (i->fd < 0)
            i->fd = (int)result;
        else
            i->dir_fd = (int)result, i->step = STEP_WRITE;
        return;
    case STEP_WRITE: i->written += (size_t)result; return;
    case STEP_SYNC: i->step = STEP_SYNC_DIR; return;
    case STEP_SYNC_DIR: i->step = STEP_CLOSE; return;
    case STEP_CLOSE: i->fd = -1, i->step = STEP_DONE; return;
    case STEP_DONE: return;
    }
}

static void on_op(uv_fs_t *op)
{
    struct intake *i = op->data;
    ssize_t result = op->result;
    uv_fs_req_cleanup(op);
    i->busy = false;
    advance(i, result);
    if (i->conn == NULL) return forget(i);
    go_on(i);
}

static void start_write(struct intake *i)
{
    if (i->written == i->writing.len) {
        struct buf done = i->writing;
        i->writing = i->filling;
        i->filling = done;
        buf_reset(&i->filling);
        i->written = 0;
        conn_resume(i->conn);
    }
    uv_buf_t b = uv_buf_init(i->writing.data + i->written, (unsigned)(i->writing.len - i->written));
    i->busy = uv_fs_write(i->server->loop, &i->op, i->fd, &b, 1, -1, on_op) == 0;
}

static void start_open(struct intake *i)
{
    char path[4096];
    int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    if (i->fd < 0) {
        flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
        intake_path(i->server->config.intake.dir, i->name, path, sizeof path);
    } else {
        folder(i, path, sizeof path);
    }
    i->busy = uv_fs_open(i->server->loop, &i->op, path, flags, 0600, on_op) == 0;
}

static void done(struct intake *i)
{
    unsigned char digest[32];
    if (!i->ended) return;
    EVP_DigestFinal_ex(i->sha, digest, NULL);
    hex(digest, sizeof digest, i->digest);
    exchange_received(i->conn);
}

static void go_on(struct intake *i)
{
    uv_loop_t *loop = i->server->loop;
    if (i->busy) return;
    size_t left = i->writing.len - i->written;
    switch (i->step) {
    case STEP_OPEN: start_open(i); break;
    case STEP_WRITE:
        if (left > 0 || i->filling.len >= INTAKE_CHUNK || (i->ended && i->filling.len > 0)) {
            start_write(i);
        } else if (i->ended) {
            i->step = STEP_SYNC;
            return go_on(i);
        }
        break;
    case STEP_SYNC: i->busy = uv_fs_fsync(loop, &i->op, i->fd, on_op) == 0; break;
    case STEP_SYNC_DIR: i->busy = uv_fs_fsync(loop, &i->op, i->dir_fd, on_op) == 0; break;
    case STEP_CLOSE: i->busy = uv_fs_close(loop, &i->op, i->fd, on_op) == 0; break;
    case STEP_DONE: done(i); break;
    }
}

struct intake *intake_open(struct conn *c)
{
    struct net_server *s = conn_server(c);
    unsigned char random[INTAKE_NAME_LEN / 2];
    if (s->intakes >= s->config.intake.at_once) return NULL;
    struct intake *i = mem_zalloc(sizeof *i);
    i->conn = c;
    i->server = s;
    i->fd = i->dir_fd = -1;
    i->op.data = i;
    i->sha = EVP_MD_CTX_new();
    EVP_DigestInit_ex(i->sha, EVP_sha256(), NULL);
    clock_random(s->config.clock, random, sizeof random);
    hex(random, sizeof random, i->name);
    i->file.name = i->name;
    i->file.sha256 = i->digest;
    s->intakes++;
    s->pending++;
    go_on(i);
    return i;
}

void intake_take(struct intake *i, const char *data, size_t len)
{
    if (i->status != 0) return; /* it failed; the sender is told at the end */
    EVP_DigestUpdate(i->sha, data, len);
    buf_add(&i->filling, data, len);
    i->file.size += len;
    go_on(i);
    if (i->filling.len >= INTAKE_CHUNK) conn_pause(i->conn);
}

void intake_end(struct intake *i)
{
    i->ended = true;
    go_on(i);
}

int intake_status(const struct intake *i) { return i->status; }
const struct http_file *intake_file(const struct intake *i) { return &i->file; }

void intake_close(struct intake *i, bool keep)
{
    i->keep = keep;
    i->conn = NULL;
    if (!i->busy) forget(i);
}
