/* Messages of an open connection. Whole messages go to the owner as they are
 * found in the read buffer; control frames are answered here. All sends end in
 * one bounded outbox: a peer that does not read is dropped, never waited for. */
#include "net/channel.h"

#include "net/conn_state.h"
#include "net/outbox.h"
#include "net/server_state.h"
#include "net/sse.h"

#define MAX_CONTROLS 128 /* pings and pongs from one peer between two visits of the janitor (1 s) */

/* Whether there is room for len more bytes. The kernel is asked first, so that
 * only a peer that does not read can fill the queue. */
static bool make_room(struct conn *c, size_t len)
{
    size_t max = c->limits->max_queue;
    if (outbox_len(c) + len <= max) return true;
    outbox_flush(c);
    if (c->state == CONN_GONE) return false;
    if (outbox_len(c) + len <= max) return true;
    conn_server(c)->stats.slow_readers++;
    conn_drop(c, "slow reader");
    return false;
}

static void send_frame(struct conn *c, enum ws_opcode opcode, const void *data, size_t len)
{
    if (c->state != CONN_OPEN || !make_room(c, len)) return;
    ws_write(outbox_pending(c), opcode, data, len);
    conn_server(c)->stats.frames_out++;
}

void conn_send_text(struct conn *c, const void *data, size_t len) { send_frame(c, WS_TEXT, data, len); }
void conn_send_binary(struct conn *c, const void *data, size_t len) { send_frame(c, WS_BINARY, data, len); }

void conn_send_event(struct conn *c, const char *id, const void *data, size_t len)
{
    if (c->state != CONN_STREAM || !make_room(c, len)) return;
    sse_event(outbox_pending(c), id, data, len);
    conn_server(c)->stats.frames_out++;
}

void conn_flush(struct conn *c)
{
    if (c->state == CONN_OPEN || c->state == CONN_STREAM) outbox_flush(c);
}

void channel_ping(struct conn *c)
{
    if (c->state == CONN_OPEN) send_frame(c, WS_PING, NULL, 0);
    if (c->state == CONN_STREAM && make_room(c, 16)) sse_ping(outbox_pending(c));
    conn_flush(c);
}

void channel_goodbye(struct conn *c, uint16_t code, const char *text, const char *reason)
{
    ws_write_close(outbox_pending(c), code, text);
    if (c->reason == NULL) c->reason = reason;
    conn_set_state(c, CONN_GOODBYE);
    outbox_flush(c);
}

static void control(struct conn *c, const struct ws_event *e)
{
    if (++c->controls > MAX_CONTROLS)
        channel_goodbye(c, 1008, "too many control frames", "control flood");
    else if (e->opcode == WS_PING)
        send_frame(c, WS_PONG, e->data, e->len);
}

/* The peer's close frame: an answer to ours, or answered with its own code. */
static void peer_close(struct conn *c, const struct ws_event *e)
{
    if (c->state == CONN_OPEN) ws_write_close(outbox_pending(c), e->code, NULL);
    conn_linger(c, "peer closed");
}

static void handle(struct conn *c, const struct ws_event *e)
{
    struct net_server *s = conn_server(c);
    if (e->opcode == WS_CLOSE) {
        peer_close(c, e);
    } else if (c->state == CONN_GOODBYE) {
        return; /* what crossed our close frame is not for the owner */
    } else if (e->opcode == WS_PING || e->opcode == WS_PONG) {
        control(c, e);
    } else {
        s->stats.frames_in++;
        s->delivered = true;
        s->events.on_frame(s->ctx, c, e->opcode, e->data, e->len);
    }
}

void channel_input(struct conn *c, char *data, size_t len)
{
    while (c->state == CONN_OPEN || c->state == CONN_GOODBYE) {
        struct ws_event e;
        enum ws_result r = ws_next(&c->partial, c->limits, &data, &len, &e);
        if (r == WS_MORE) return;
        if (r == WS_MESSAGE) {
            handle(c, &e);
            continue;
        }
        if (c->state == CONN_OPEN) channel_goodbye(c, e.code, e.reason, e.reason);
        conn_linger(c, e.reason); /* nothing after a broken frame can be read */
    }
}
