/* Two buffers: `pending` collects, `flying` belongs to the kernel's or loop's
 * write and stands still until it is done. With TLS, pending is plain text and
 * is sealed when it is flushed. */
#include "net/outbox.h"

#include <uv.h>

#include "base/mem.h"
#include "net/conn_state.h"
#include "net/server_state.h"
#include "net/tls.h"

#define MAX_SPARES 64
#define MAX_SPARE_BYTES 16384 /* larger buffers are not worth keeping */

struct outbox {
    struct outbox *next; /* in the server's spares */
    struct buf pending, flying;
    uv_write_t write;
    bool writing;
    size_t left;       /* of flying, as the janitor last saw it */
    uint32_t moved_at; /* when it saw less than before */
};

struct buf *outbox_pending(struct conn *c)
{
    struct net_server *s = conn_server(c);
    if (c->out == NULL) {
        c->out = s->spare;
        if (c->out != NULL) {
            s->spare = c->out->next;
            s->spare_count--;
        } else {
            c->out = mem_zalloc(sizeof *c->out);
        }
    }
    return &c->out->pending;
}

size_t outbox_len(const struct conn *c)
{
    if (c->out == NULL) return 0;
    return c->out->pending.len +
           (c->out->writing ? uv_stream_get_write_queue_size((const uv_stream_t *)&c->tcp) : 0);
}

static void destroy(struct outbox *o)
{
    buf_deinit(&o->pending);
    buf_deinit(&o->flying);
    mem_free(o);
}

void outbox_free(struct conn *c)
{
    if (c->out != NULL) destroy(c->out);
    c->out = NULL;
}

void outbox_deinit_spares(struct net_server *s)
{
    while (s->spare != NULL) {
        struct outbox *o = s->spare;
        s->spare = o->next;
        destroy(o);
    }
    s->spare_count = 0;
}

static void give_back(struct conn *c)
{
    struct net_server *s = conn_server(c);
    struct outbox *o = c->out;
    c->out = NULL;
    if (s->spare_count >= MAX_SPARES || o->pending.cap > MAX_SPARE_BYTES || o->flying.cap > MAX_SPARE_BYTES) {
        destroy(o);
        return;
    }
    buf_reset(&o->pending);
    buf_reset(&o->flying);
    o->next = s->spare;
    s->spare = o;
    s->spare_count++;
}

static void on_written(uv_write_t *req, int status)
{
    struct conn *c = req->data;
    c->out->writing = false;
    buf_reset(&c->out->flying);
    if (c->state == CONN_GONE) return;
    if (status < 0)
        conn_drop(c, "write failed");
    else if (outbox_flush(c))
        conn_drained(c);
}

/* pending becomes flying; with TLS through the cipher. */
static int take_off(struct conn *c)
{
    struct outbox *o = c->out;
    if (c->tls != NULL) {
        if (o->pending.len != 0 && tls_seal(c->tls, o->pending.data, o->pending.len) != 0) return -1;
        buf_reset(&o->pending);
        tls_take_sealed(c->tls, &o->flying);
        return 0;
    }
    struct buf swap = o->flying;
    o->flying = o->pending;
    o->pending = swap;
    return 0;
}

static void write_rest(struct conn *c, char *data, size_t len)
{
    struct outbox *o = c->out;
    uv_buf_t rest = uv_buf_init(data, (unsigned)len);
    o->write.data = c;
    o->writing = true;
    o->left = len;
    o->moved_at = server_now(conn_server(c));
    if (uv_write(&o->write, (uv_stream_t *)&c->tcp, &rest, 1, on_written) != 0) {
        o->writing = false;
        conn_drop(c, "write failed");
    }
}

bool outbox_flush(struct conn *c)
{
    if (c->tls != NULL && tls_sealed_len(c->tls) != 0) outbox_pending(c);
    struct outbox *o = c->out;
    if (o == NULL) return true;
    if (o->writing || c->state == CONN_GONE) return false;
    if (take_off(c) != 0) {
        conn_drop(c, "TLS failed");
        return false;
    }
    uv_buf_t all = uv_buf_init(o->flying.data, (unsigned)o->flying.len);
    int n = o->flying.len != 0 ? uv_try_write((uv_stream_t *)&c->tcp, &all, 1) : 0;
    if (n < 0 && n != UV_EAGAIN) {
        conn_drop(c, "write failed");
        return false;
    }
    size_t sent = n > 0 ? (size_t)n : 0;
    conn_server(c)->stats.bytes_out += o->flying.len;
    if (sent == o->flying.len) {
        give_back(c);
        return true;
    }
    write_rest(c, o->flying.data + sent, o->flying.len - sent);
    return false;
}

bool outbox_stalled(struct conn *c, uint32_t now, uint32_t stall_ms)
{
    struct outbox *o = c->out;
    if (o == NULL || !o->writing) return false;
    size_t left = uv_stream_get_write_queue_size((const uv_stream_t *)&c->tcp);
    if (left < o->left) {
        o->left = left;
        o->moved_at = now;
    }
    return now - o->moved_at >= stall_ms;
}
