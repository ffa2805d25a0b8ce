/* One function for each state says whether the connection has waited too
 * long, and what then. Nothing else in net/ keeps a timer. */
#include "net/janitor.h"

#include "net/channel.h"
#include "net/conn_state.h"
#include "net/exchange.h"
#include "net/limit.h"
#include "net/outbox.h"
#include "net/server_state.h"

#define SWEEP_MS 5000 /* how often resting addresses are forgotten */

static void visit_reading(struct conn *c, const struct net_config *config, uint32_t waited)
{
    if (exchange_reading_head(c)) {
        if (waited >= config->header_ms) exchange_refuse(c, 408, "headers too slow");
    } else if (waited >= config->header_ms) {
        /* The head's time is the body's start-up time; from then on a minimum rate. */
        uint32_t rate = exchange_taking(c) ? config->intake.bytes_per_second : config->body_bytes_per_second;
        uint64_t due = (uint64_t)(waited - config->header_ms) * rate / 1000;
        if (exchange_body_len(c) < due) exchange_refuse(c, 408, "body too slow");
    }
}

static void visit_open(struct conn *c, const struct net_config *config, uint32_t now)
{
    uint32_t silent = now - c->heard;
    c->controls = 0;
    if (silent >= config->idle_ms) {
        conn_drop(c, "ping timeout");
    } else if (silent >= config->ping_ms && !c->pinged) {
        c->pinged = true;
        channel_ping(c);
    }
}

static void visit_stream(struct conn *c, const struct net_config *config, uint32_t now)
{
    if (now - c->since < config->stream_ping_ms) return;
    c->since = now;
    channel_ping(c);
}

static void visit(struct net_server *s, struct conn *c)
{
    const struct net_config *config = &s->config;
    uint32_t now = server_now(s), waited = now - c->since;
    if (outbox_stalled(c, now, config->stall_ms)) {
        s->stats.slow_readers++;
        conn_drop(c, "slow reader");
        return;
    }
    switch ((enum conn_state)c->state) {
    case CONN_SECURING:
        if (waited >= config->header_ms) conn_drop(c, "TLS handshake too slow");
        break;
    case CONN_WAITING:
        if (waited >= (c->used ? config->keep_alive_ms : config->header_ms)) conn_linger(c, "idle");
        break;
    case CONN_READING: visit_reading(c, config, waited); break;
    case CONN_ASKED:
        if (waited >= config->answer_ms) conn_drop(c, "no answer");
        break;
    case CONN_OPEN: visit_open(c, config, now); break;
    case CONN_STREAM: visit_stream(c, config, now); break;
    case CONN_GOODBYE:
    case CONN_LINGER:
        if (waited >= JANITOR_LINGER_MS) conn_drop(c, "peer did not close");
        break;
    case CONN_SENDING: /* outbox_stalled judges it */
    case CONN_GONE: break;
    }
}

static void sweep(struct net_server *s)
{
    if (s->now - s->swept < SWEEP_MS) return;
    s->swept = s->now;
    limit_sweep(s->limit, s->now);
}

static void visit_some(struct net_server *s, uint32_t n)
{
    while (n-- != 0) {
        if (s->janitor_at >= s->table.count) s->janitor_at = 0;
        struct conn *c = conn_table_at(&s->table, s->janitor_at++);
        if (c != NULL) visit(s, c);
    }
    sweep(s);
}

void janitor_visit_all(struct net_server *s)
{
    server_refresh(s);
    visit_some(s, s->table.count);
}

static void on_tick(uv_timer_t *timer)
{
    struct net_server *s = timer->data;
    server_refresh(s);
    visit_some(s, s->table.count * JANITOR_TICK_MS / 1000 + 1);
    if (s->stats.open == 0) uv_timer_stop(timer);
}

void janitor_start(struct net_server *s)
{
    if (!uv_is_active((uv_handle_t *)&s->tick))
        uv_timer_start(&s->tick, on_tick, JANITOR_TICK_MS, JANITOR_TICK_MS);
}
