/* See send_file.h. */
#include "net/send_file.h"

#include <uv.h>

#include "base/buf.h"
#include "base/mem.h"
#include "net/conn_state.h"
#include "net/exchange.h"
#include "net/outbox.h"
#include "net/server_state.h"

struct send_file {
    struct conn *conn; /* NULL: closed while a read was under way */
    struct net_server *server;
    uv_fs_t op;
    int fd;
    size_t left;
    bool busy;
    char chunk[SEND_FILE_CHUNK];
};

static void forget(struct send_file *f)
{
    uv_fs_t now;
    uv_fs_close(NULL, &now, f->fd, NULL);
    uv_fs_req_cleanup(&now);
    server_release(f->server);
    mem_free(f);
}

static void on_read(uv_fs_t *op)
{
    struct send_file *f = op->data;
    ssize_t n = op->result;
    uv_fs_req_cleanup(op);
    f->busy = false;
    if (f->conn == NULL) return forget(f);
    if (n <= 0 || (size_t)n > f->left) return exchange_sent(f->conn, false); /* the file is not what it was */
    f->left -= (size_t)n;
    buf_add(outbox_pending(f->conn), f->chunk, (size_t)n);
    if (f->left == 0) return exchange_sent(f->conn, true);
    if (outbox_flush(f->conn)) send_file_next(f); /* else when it drained */
}

struct send_file *send_file_open(struct conn *c, int fd, size_t len)
{
    struct send_file *f = mem_alloc(sizeof *f);
    f->conn = c;
    f->server = conn_server(c);
    f->fd = fd;
    f->left = len;
    f->busy = false;
    f->op.data = f;
    f->server->pending++;
    return f;
}

void send_file_next(struct send_file *f)
{
    uv_buf_t b = uv_buf_init(f->chunk, sizeof f->chunk < f->left ? sizeof f->chunk : (unsigned)f->left);
    if (f->busy) return;
    f->busy = true;
    uv_fs_read(f->server->loop, &f->op, f->fd, &b, 1, -1, on_read);
}

void send_file_close(struct send_file *f)
{
    f->conn = NULL;
    if (!f->busy) forget(f);
}
