/* Opens and closes the edge of a worker and owns what its connections share:
 * buffers, table, limits, clock. It closes when all of its handles are closed,
 * counted in `pending`. */
#include "net/net_server.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/channel.h"
#include "net/conn_state.h"
#include "net/exchange.h"
#include "net/handshake.h"
#include "net/limit.h"
#include "net/listener.h"
#include "net/outbox.h"
#include "net/server_state.h"
#include "net/tls.h"

void net_config_init(struct net_config *config)
{
    *config = (struct net_config){
        .host = "127.0.0.1",
        .backlog = 4096,
        .max_conns = 100000,
        .max_conns_per_address = 500,
        .accepts_per_second = 100,
        .header_ms = 10000,
        .body_bytes_per_second = 500,
        .answer_ms = 60000,
        .keep_alive_ms = 60000,
        .ping_ms = 30000,
        .idle_ms = 75000,
        .stream_ping_ms = 15000,
        .stall_ms = 30000,
        .clock = clock_real(),
    };
}

void server_refresh(struct net_server *s)
{
    s->now = (uint32_t)(clock_mono_ns(s->config.clock) / 1000000);
    int64_t second = clock_wall_ms(s->config.clock) / 1000;
    if (second == s->date_second) return;
    s->date_second = second;
    struct tm t;
    time_t seconds = (time_t)second;
    gmtime_r(&seconds, &t);
    strftime(s->date, sizeof s->date, "%a, %d %b %Y %H:%M:%S GMT", &t);
}

void server_batch_end(struct net_server *s)
{
    if (!s->delivered) return;
    s->delivered = false;
    if (s->events.on_batch_end != NULL) s->events.on_batch_end(s->ctx);
}

/* ---- kept bytes ---- */

static void on_later(uv_idle_t *idle)
{
    struct net_server *s = idle->data;
    struct buf ids = s->resume;
    buf_init(&s->resume);
    uv_idle_stop(idle);
    for (size_t at = 0; at < ids.len; at += sizeof(struct conn_id)) {
        struct conn_id id;
        memcpy(&id, ids.data + at, sizeof id);
        struct conn *c = conn_table_at(&s->table, id.index);
        if (c != NULL && c->generation == id.generation) exchange_resume(c);
        server_batch_end(s);
    }
    buf_deinit(&ids);
}

void server_resume_later(struct net_server *s, struct conn *c)
{
    struct conn_id id = conn_id(c);
    buf_add(&s->resume, &id, sizeof id);
    if (s->state != SERVER_CLOSING) uv_idle_start(&s->later, on_later);
}

/* ---- the end ---- */

void server_release(struct net_server *s)
{
    if (--s->pending != 0 || s->state != SERVER_CLOSING) return;
    if (s->done != NULL) s->done(s->ctx);
    outbox_deinit_spares(s);
    slab_deinit(&s->conns);
    conn_table_deinit(&s->table);
    limit_free(s->limit);
    tls_context_free(s->tls);
    buf_deinit(&s->resume);
    mem_free(s->plain);
    mem_free(s);
}

static void on_closed(uv_handle_t *handle) { server_release(handle->data); }

struct conn *net_server_next(struct net_server *s, uint32_t *at)
{
    while (*at < s->table.count) {
        struct conn *c = conn_table_at(&s->table, (*at)++);
        if (c != NULL && !conn_closing(c)) return c;
    }
    return NULL;
}

void net_server_close(struct net_server *s, void (*done)(void *ctx))
{
    s->state = SERVER_CLOSING;
    s->done = done;
    listener_close(s);
    for (uint32_t i = 0; i < s->table.count; i++) {
        struct conn *c = conn_table_at(&s->table, i);
        if (c == NULL) continue;
        if (c->state == CONN_OPEN) channel_goodbye(c, 1001, "server stops", "server stops");
        conn_drop(c, "server stops");
    }
    uv_close((uv_handle_t *)&s->tick, on_closed);
    uv_close((uv_handle_t *)&s->later, on_closed);
}

void net_server_drain(struct net_server *s)
{
    if (s->state != SERVER_RUNNING) return;
    s->state = SERVER_DRAINING;
    listener_close(s);
    for (uint32_t i = 0; i < s->table.count; i++) {
        struct conn *c = conn_table_at(&s->table, i);
        if (c != NULL && (c->state == CONN_SECURING || c->state == CONN_WAITING))
            conn_linger(c, "server drains");
    }
}

/* ---- the beginning ---- */

static int load_tls(struct net_server *s, const char **why)
{
    const struct net_config *config = &s->config;
    if (config->cert_file == NULL) return ERR_OK;
    if (config->key_file == NULL) {
        *why = "certificate without key";
        return ERR_INVALID;
    }
    struct tls_context *fresh;
    int e = tls_context_open(config->cert_file, config->key_file, &fresh, why);
    if (e != ERR_OK) return e;
    tls_context_free(s->tls);
    s->tls = fresh;
    if (s->plain == NULL) s->plain = mem_alloc(SERVER_READ_SIZE);
    return ERR_OK;
}

int net_server_reload_tls(struct net_server *s, const char **why)
{
    *why = NULL;
    return load_tls(s, why);
}

int net_server_open(uv_loop_t *loop, const struct net_config *config, const struct net_events *events,
                    void *ctx, struct net_server **out, const char **why)
{
    struct net_server *s = mem_zalloc(sizeof *s);
    slab_init(&s->conns, sizeof(struct conn));
    s->loop = loop;
    s->config = *config;
    s->events = *events;
    s->ctx = ctx;
    s->limit = limit_new(config->max_conns_per_address, config->accepts_per_second, config->exempt_loopback);
    uv_timer_init(loop, &s->tick);
    uv_idle_init(loop, &s->later);
    s->tick.data = s->later.data = s;
    s->pending = 2;
    s->date_second = -1;
    handshake_prepare();
    server_refresh(s);
    *why = NULL;
    int e = listener_open(s, why);
    if (e == ERR_OK) e = load_tls(s, why);
    if (e == ERR_OK)
        *out = s;
    else
        net_server_close(s, NULL); /* frees s when the loop runs */
    return e;
}

uint16_t net_server_port(const struct net_server *s) { return listener_port(s); }
const struct net_stats *net_server_stats(const struct net_server *s) { return &s->stats; }
