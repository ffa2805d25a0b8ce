/* One connection: its states (net/conn_state.h), what a read means in each,
 * and its end. Closing takes two steps: conn_drop makes it GONE and nobody
 * finds it any more; the loop's close callback tells the owner and frees it.
 * Reads of all connections share the server's buffer: libuv fills it and calls
 * on_read before it reads from another. */
#include "net/conn.h"

#include <assert.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/mem.h"
#include "net/channel.h"
#include "net/conn_state.h"
#include "net/exchange.h"
#include "net/limit.h"
#include "net/outbox.h"
#include "net/server_state.h"
#include "net/tls.h"

static_assert(sizeof(struct conn) <= 336, "an idle visitor pays for every byte here");

struct net_server *conn_server(const struct conn *c) { return c->tcp.data; }
struct conn_id conn_id(const struct conn *c) { return (struct conn_id){c->index, c->generation}; }
struct conn_user *conn_user(struct conn *c) { return &c->user; }
bool conn_is_websocket(const struct conn *c) { return c->state == CONN_OPEN; }
bool conn_is_stream(const struct conn *c) { return c->state == CONN_STREAM; }

const char *conn_ip(const struct conn *c)
{
    struct net_server *s = conn_server(c);
    address_text(&c->address->key, s->ip);
    return s->ip;
}

struct conn *conn_find(struct net_server *s, struct conn_id id)
{
    struct conn *c = conn_table_at(&s->table, id.index);
    return c != NULL && c->generation == id.generation && !conn_closing(c) ? c : NULL;
}

#define TO(state) (1u << CONN_##state)
#define END (TO(LINGER) | TO(GONE))
static const unsigned allowed[] = {
    [CONN_SECURING] = TO(WAITING) | END,
    [CONN_WAITING] = TO(READING) | END,
    [CONN_READING] = TO(ASKED) | END,
    [CONN_ASKED] = TO(SENDING) | TO(OPEN) | TO(STREAM) | END,
    [CONN_SENDING] = TO(WAITING) | END,
    [CONN_OPEN] = TO(GOODBYE) | END,
    [CONN_STREAM] = END,
    [CONN_GOODBYE] = END,
    [CONN_LINGER] = TO(GONE),
    [CONN_GONE] = 0,
};

void conn_set_state(struct conn *c, enum conn_state state)
{
    assert(allowed[c->state] & (1u << state));
    c->state = (uint8_t)state;
    c->since = server_now(conn_server(c));
}

/* ---- the end ---- */

static void on_handle_closed(uv_handle_t *handle)
{
    struct conn *c = (struct conn *)(void *)handle;
    struct net_server *s = conn_server(c);
    if (c->owed) {
        s->delivered = true;
        s->events.on_closed(s->ctx, c, c->reason);
        server_batch_end(s);
    }
    if (c->framed)
        ws_partial_free(c->partial);
    else
        exchange_free(c);
    outbox_free(c);
    tls_free(c->tls);
    if (c->address != NULL) {
        limit_release(s->limit, c->address);
        s->stats.open--;
    }
    slab_give(&s->conns, c);
    server_release(s);
}

void conn_drop(struct conn *c, const char *reason)
{
    if (c->state == CONN_GONE) return;
    if (c->reason == NULL) c->reason = reason;
    conn_set_state(c, CONN_GONE);
    if (c->address != NULL) conn_table_take(&conn_server(c)->table, c);
    uv_close((uv_handle_t *)&c->tcp, on_handle_closed);
}

void conn_linger(struct conn *c, const char *reason)
{
    if (c->state >= CONN_LINGER) return;
    if (c->reason == NULL) c->reason = reason;
    conn_set_state(c, CONN_LINGER);
    if (outbox_flush(c)) conn_drained(c);
}

/* All is sent: say so, then wait for the peer to do the same, for closing with
 * unread bytes would make the kernel reset what the peer has not read yet. */
static void end_of_file(struct conn *c)
{
    if (c->tls != NULL && tls_goodbye(c->tls) && !outbox_flush(c)) return; /* again when drained */
    uv_os_fd_t fd;
    if (c->half_closed || uv_fileno((uv_handle_t *)&c->tcp, &fd) != 0 || shutdown(fd, SHUT_WR) != 0)
        conn_drop(c, "closed");
    else
        conn_resume(c);
}

void conn_drained(struct conn *c)
{
    if (c->state == CONN_SENDING && exchange_sending(c)) {
        exchange_drained(c);
    } else if (c->state == CONN_SENDING) {
        conn_set_state(c, CONN_WAITING);
        if (exchange_has_kept(c))
            server_resume_later(conn_server(c), c);
        else if (c->half_closed)
            conn_drop(c, "peer closed");
    } else if (c->state == CONN_LINGER) {
        end_of_file(c);
    }
}

void conn_close(struct conn *c, uint16_t code, const char *reason)
{
    static const char by_owner[] = "closed by owner";
    if (conn_closing(c)) return;
    if (c->state == CONN_OPEN)
        channel_goodbye(c, code, reason, by_owner);
    else if (c->state == CONN_ASKED)
        conn_drop(c, by_owner);
    else
        conn_linger(c, by_owner);
}

/* ---- reading ---- */

void conn_input(struct conn *c, char *data, size_t len)
{
    if (exchange_has_kept(c)) {
        exchange_keep(c, data, len);
        return;
    }
    while (len != 0) {
        switch ((enum conn_state)c->state) {
        case CONN_WAITING:
        case CONN_READING: exchange_input(c, &data, &len); break;
        case CONN_ASKED:
        case CONN_SENDING: exchange_keep(c, data, len); return;
        case CONN_OPEN:
        case CONN_GOODBYE: channel_input(c, data, len); return;
        case CONN_SECURING:
        case CONN_STREAM:
        case CONN_LINGER:
        case CONN_GONE: return; /* not for us any more */
        }
    }
}

static void input_sealed(struct conn *c, const char *data, size_t len)
{
    struct net_server *s = conn_server(c);
    if (tls_feed(c->tls, data, len) != ERR_OK) {
        conn_drop(c, "TLS failed");
        return;
    }
    for (;;) {
        size_t n = 0;
        enum tls_result r = tls_open(c->tls, s->plain, SERVER_READ_SIZE, &n);
        if (c->state == CONN_SECURING && tls_ready(c->tls)) conn_set_state(c, CONN_WAITING);
        if (r == TLS_DATA) {
            conn_input(c, s->plain, n);
            if (c->state == CONN_GONE) return;
            continue;
        }
        if (tls_sealed_len(c->tls) != 0) outbox_flush(c); /* handshake, or an alert */
        if (r != TLS_AGAIN) conn_drop(c, r == TLS_END ? "peer closed" : "TLS failed");
        return;
    }
}

static void received(struct conn *c, char *data, size_t len)
{
    struct net_server *s = conn_server(c);
    c->heard = server_now(s);
    c->pinged = false;
    s->stats.bytes_in += len;
    if (c->tls != NULL)
        input_sealed(c, data, len);
    else
        conn_input(c, data, len);
    server_batch_end(s);
    if (c->out != NULL && c->state < CONN_LINGER) outbox_flush(c);
}

/* End of file. A peer that waits for an answer may have closed only its half. */
static void ended(struct conn *c)
{
    bool answering = c->state == CONN_ASKED || c->state == CONN_SENDING || exchange_has_kept(c);
    bool sending = c->state == CONN_LINGER && c->out != NULL;
    if (c->tls == NULL && (answering || sending))
        c->half_closed = true;
    else
        conn_drop(c, "peer closed");
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *b)
{
    struct conn *c = (struct conn *)(void *)stream;
    if (n > 0)
        received(c, b->base, (size_t)n);
    else if (n == UV_EOF)
        ended(c);
    else if (n < 0)
        conn_drop(c, "connection lost");
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *b)
{
    (void)suggested;
    struct net_server *s = handle->data;
    *b = uv_buf_init(s->read_buffer, SERVER_READ_SIZE);
}

void conn_pause(struct conn *c)
{
    if (c->paused) return;
    c->paused = true;
    uv_read_stop((uv_stream_t *)&c->tcp);
}

void conn_resume(struct conn *c)
{
    if (!c->paused || c->state == CONN_GONE) return;
    c->paused = false;
    if (uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read) != 0) conn_drop(c, "cannot read");
}

/* ---- the beginning ---- */

struct conn *conn_new(struct net_server *s)
{
    struct conn *c = slab_take(&s->conns);
    int e = uv_tcp_init(s->loop, &c->tcp);
    assert(e == 0); /* makes no system call, so it cannot fail */
    (void)e;
    c->tcp.data = s;
    s->pending++;
    return c;
}

void conn_start(struct conn *c, struct address *address)
{
    struct net_server *s = conn_server(c);
    c->address = address;
    c->since = c->heard = server_now(s);
    conn_table_add(&s->table, c);
    s->stats.open++;
    s->stats.accepted++;
    c->state = s->tls != NULL ? CONN_SECURING : CONN_WAITING;
    if (s->tls != NULL) c->tls = tls_new(s->tls);
    uv_tcp_nodelay(&c->tcp, 1);
    c->paused = true;
    conn_resume(c);
}
