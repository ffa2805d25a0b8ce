/* See sim_server.h. A connection is named by its slot and generation, as in
 * runtime/net, so what comes for one that is gone finds nothing. */
#include "sim_server.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "sim_scripts.h"
#include "sim_store.h"
#include "sim_world.h"

#define NET_NS (20 * SIM_MS)         /* a frame takes so long at most */
#define NOTICE_NS (30 * SIM_MS)      /* until a closed connection is noticed */
#define SILENCE_NS (20 * SIM_SECOND) /* until one that fell silent is */

struct conn {
    uint32_t generation;
    bool client_open, server_open;
    int64_t session;
    const struct sim_ear *ear;
    void *ctx;
    uint64_t to_client_ns, to_server_ns; /* nothing later may arrive before these */
    struct packet *held, **held_end;     /* sent, not flushed */
};

enum packet_kind { PACKET_OPENED, PACKET_FRAME, PACKET_ANSWER, PACKET_CLOSED, PACKET_REQUEST, PACKET_SAID };

struct packet {
    struct packet *next;
    struct sim_server *server;
    enum packet_kind kind;
    uint32_t conn, generation;
    int code;
    size_t len;
    char text[];
};

struct sim_server {
    struct sim_world *world;
    struct sim_scripts *scripts;
    struct sim_store *store;
    struct engine *engine; /* NULL while it is down */
    struct engine_config config;
    int version;
    uint64_t state_peak;
    struct conn conn[SIM_CONNS];
};

/* ---- packets ---- */

static struct packet *packet_new(struct sim_server *s, enum packet_kind kind, uint32_t conn, int code,
                                 const char *text, size_t len)
{
    struct packet *p = mem_alloc(sizeof *p + len + 1);
    *p = (struct packet){NULL, s, kind, conn, s->conn[conn].generation, code, len};
    if (len > 0) memcpy(p->text, text, len);
    p->text[len] = '\0';
    return p;
}

static struct conn *conn_of(struct packet *p)
{
    struct conn *c = &p->server->conn[p->conn];
    return c->generation == p->generation ? c : NULL;
}

static void hear(struct conn *c, struct packet *p)
{
    int conn = (int)p->conn;
    switch (p->kind) {
    case PACKET_OPENED: c->ear->opened(c->ctx, conn); return;
    case PACKET_FRAME: c->ear->frame(c->ctx, conn, p->text, p->len); return;
    case PACKET_ANSWER: c->ear->answered(c->ctx, conn, p->code, p->text, p->len); return;
    case PACKET_CLOSED:
        c->client_open = false;
        c->ear->closed(c->ctx, conn, p->code);
        return;
    default: assert(!"a packet for the client");
    }
}

static void on_client_packet(struct sim_world *w, void *arg, uint64_t number)
{
    struct packet *p = arg;
    struct conn *c = conn_of(p);
    (void)number;
    if (c != NULL && c->client_open) {
        sim_log(w, "conn %d < %d %.*s", (int)p->conn, p->code, (int)p->len, p->text);
        hear(c, p);
    }
    mem_free(p);
}

static void deliver(struct sim_server *s, struct packet *p) /* takes p */
{
    struct sim_world *w = s->world;
    struct conn *c = &s->conn[p->conn];
    uint64_t at = w->now_ns + sim_between(w, 1, NET_NS);
    if (at < c->to_client_ns) at = c->to_client_ns;
    c->to_client_ns = at;
    sim_after_owned(w, at - w->now_ns, on_client_packet, p, 0);
}

static void flush(struct sim_server *s, struct conn *c)
{
    while (c->held != NULL) {
        struct packet *p = c->held;
        c->held = p->next;
        deliver(s, p);
    }
    c->held_end = &c->held;
}

static void drop_held(struct conn *c)
{
    while (c->held != NULL) {
        struct packet *p = c->held;
        c->held = p->next;
        mem_free(p);
    }
    c->held_end = &c->held;
}

/* ---- the server's end ---- */

static void close_server_end(struct sim_server *s, struct conn *c)
{
    if (!c->server_open) return;
    c->server_open = false;
    drop_held(c);
    int64_t session = c->session;
    c->session = 0;
    if (s->engine != NULL && session != 0) engine_gone(s->engine, session);
}

static void on_noticed(struct sim_world *w, void *arg, uint64_t number)
{
    struct packet *p = arg;
    struct conn *c = conn_of(p);
    (void)number;
    if (c != NULL && c->server_open) {
        sim_log(w, "conn %d is gone for the server", (int)p->conn);
        close_server_end(p->server, c);
    }
    mem_free(p);
}

static void notice_after(struct sim_server *s, uint32_t conn, uint64_t ns)
{
    sim_after_owned(s->world, ns, on_noticed, packet_new(s, PACKET_CLOSED, conn, 0, NULL, 0), 0);
}

/* The server ends it: what was sent before still arrives. */
static void close_from_server(struct sim_server *s, uint32_t conn, int code)
{
    struct conn *c = &s->conn[conn];
    flush(s, c);
    deliver(s, packet_new(s, PACKET_CLOSED, conn, code, NULL, 0));
    notice_after(s, conn, sim_between(s->world, 1, NOTICE_NS));
}

static struct conn *peer_conn(struct sim_server *s, struct peer to)
{
    struct conn *c = &s->conn[to.index];
    return c->generation == to.generation && c->server_open ? c : NULL;
}

/* ---- engine_ops ---- */

static void op_submit(void *ctx, struct store_job *job)
{
    sim_store_submit(((struct sim_server *)ctx)->store, job);
}

static void op_send(void *ctx, struct peer to, const char *text, size_t len, int64_t event_id)
{
    struct sim_server *s = ctx;
    struct conn *c = peer_conn(s, to);
    (void)event_id;
    if (c == NULL) return;
    struct packet *p = packet_new(s, PACKET_FRAME, to.index, 0, text, len);
    *c->held_end = p;
    c->held_end = &p->next;
}

static void op_flush(void *ctx, struct peer to)
{
    struct sim_server *s = ctx;
    struct conn *c = peer_conn(s, to);
    if (c != NULL) flush(s, c);
}

static void op_signal(void *ctx, struct peer to, const char *text, size_t len)
{
    struct sim_server *s = ctx;
    struct conn *c = peer_conn(s, to);
    if (c != NULL && sim_chance(s->world, 500))
        deliver(s, packet_new(s, PACKET_FRAME, to.index, 0, text, len));
}

static void op_close(void *ctx, struct peer to, int code, const char *reason, size_t len)
{
    struct sim_server *s = ctx;
    if (peer_conn(s, to) == NULL) return;
    sim_log(s->world, "conn %u is closed: %d %.*s", to.index, code, (int)len, reason);
    close_from_server(s, to.index, code);
}

static void answer(struct sim_server *s, struct peer to, int status, const char *body, size_t len)
{
    struct conn *c = peer_conn(s, to);
    if (c == NULL) return;
    deliver(s, packet_new(s, PACKET_ANSWER, to.index, status, body, len));
    close_from_server(s, to.index, 1000);
}

static void op_respond(void *ctx, struct peer to, int status, const char *headers, size_t headers_len,
                       const char *body, size_t body_len)
{
    (void)headers;
    (void)headers_len;
    answer(ctx, to, status, body, body_len);
}

static void op_problem(void *ctx, struct peer to, int status, const char *code, const char *detail)
{
    (void)detail;
    answer(ctx, to, status, code, strlen(code));
}

static void op_seat(void *ctx, struct peer from, enum peer_mode mode, int64_t tenant, const char *kind,
                    size_t kind_len, const char *key, size_t key_len, const char *text, size_t len)
{
    struct sim_server *s = ctx;
    struct conn *c = peer_conn(s, from);
    if (c == NULL) return;
    from.mode = (uint8_t)mode;
    c->session = engine_seat(s->engine, from, tenant, kind, kind_len, key, key_len, text, len);
    if (c->session == 0) return answer(s, from, 503, "overloaded", 10);
    if (mode != PEER_HTTP) deliver(s, packet_new(s, PACKET_OPENED, from.index, 0, NULL, 0));
}

static const struct engine_ops ops = {.submit = op_submit,
                                      .send = op_send,
                                      .flush = op_flush,
                                      .signal = op_signal,
                                      .close = op_close,
                                      .respond = op_respond,
                                      .problem = op_problem,
                                      .seat = op_seat};

/* ---- the visitor's end ---- */

static void on_server_packet(struct sim_world *w, void *arg, uint64_t number)
{
    struct packet *p = arg;
    struct sim_server *s = p->server;
    struct conn *c = conn_of(p);
    (void)number;
    if (c != NULL && c->server_open && s->engine != NULL) {
        sim_log(w, "conn %d > %.*s", (int)p->conn, (int)p->len, p->text);
        if (p->kind == PACKET_REQUEST) {
            struct peer from = {p->conn, p->generation, 0, PEER_HTTP};
            c->session = engine_request(s->engine, from, p->text, p->len);
        } else
            engine_frame(s->engine, c->session, p->text, p->len);
    } else if (c != NULL && c->client_open && p->kind == PACKET_REQUEST)
        close_from_server(s, p->conn, 1006); /* nobody listens there */
    mem_free(p);
}

static void to_server(struct sim_server *s, struct packet *p) /* takes p */
{
    struct sim_world *w = s->world;
    struct conn *c = &s->conn[p->conn];
    uint64_t at = w->now_ns + sim_between(w, 1, NET_NS);
    if (at < c->to_server_ns) at = c->to_server_ns;
    c->to_server_ns = at;
    sim_after_owned(w, at - w->now_ns, on_server_packet, p, 0);
}

int sim_server_connect(struct sim_server *s, const char *json, const struct sim_ear *ear, void *ctx)
{
    for (uint32_t i = 0; i < SIM_CONNS; i++) {
        struct conn *c = &s->conn[i];
        if (c->client_open || c->server_open) continue;
        uint32_t generation = c->generation + 1;
        *c = (struct conn){.generation = generation, .client_open = true, .ear = ear, .ctx = ctx};
        c->server_open = s->engine != NULL;
        c->held_end = &c->held;
        to_server(s, packet_new(s, PACKET_REQUEST, i, 0, json, strlen(json)));
        return (int)i;
    }
    return -1;
}

void sim_server_say(struct sim_server *s, int conn, const char *frame)
{
    to_server(s, packet_new(s, PACKET_SAID, (uint32_t)conn, 0, frame, strlen(frame)));
}

void sim_server_hang_up(struct sim_server *s, int conn, bool silent)
{
    struct conn *c = &s->conn[conn];
    c->client_open = false;
    sim_log(s->world, "conn %d is hung up%s", conn, silent ? " silently" : "");
    notice_after(s, (uint32_t)conn, sim_between(s->world, 1, silent ? SILENCE_NS : NOTICE_NS));
}

/* ---- life of the engine ---- */

static void on_job_done(void *ctx, struct store_job *job)
{
    engine_job_done(((struct sim_server *)ctx)->engine, job);
}

static void start(struct sim_server *s)
{
    s->engine = engine_new(&s->config, &ops, s);
    engine_set_bundle(s->engine, sim_scripts_version(s->scripts, s->version));
}

static void on_restart(struct sim_world *w, void *arg, uint64_t number)
{
    (void)number;
    sim_log(w, "the server starts");
    start(arg);
}

void sim_server_crash(struct sim_server *s, uint64_t down_ns)
{
    if (s->engine == NULL) return;
    sim_log(s->world, "the server crashes");
    sim_store_crash(s->store);
    engine_free(s->engine);
    s->engine = NULL;
    for (uint32_t i = 0; i < SIM_CONNS; i++) {
        struct conn *c = &s->conn[i];
        if (!c->server_open) continue;
        close_server_end(s, c);
        if (c->client_open) deliver(s, packet_new(s, PACKET_CLOSED, i, 1006, NULL, 0));
    }
    sim_after(s->world, down_ns, on_restart, s, 0);
}

void sim_server_reload(struct sim_server *s, int version)
{
    sim_log(s->world, "scripts of version %d", version);
    s->version = version;
    if (s->engine != NULL) engine_set_bundle(s->engine, sim_scripts_version(s->scripts, version));
}

bool sim_server_run(struct sim_server *s, uint64_t budget_ns)
{
    if (s->engine == NULL) return false;
    if (s->world->now_ns >= engine_next_due(s->engine)) {
        struct engine_stats stats;
        engine_tick(s->engine);
        engine_stats(s->engine, &stats);
        if (stats.state_bytes > s->state_peak) s->state_peak = stats.state_bytes;
    }
    return engine_run(s->engine, budget_ns);
}

uint64_t sim_server_next_due(const struct sim_server *s)
{
    return s->engine != NULL ? engine_next_due(s->engine) : UINT64_MAX;
}

struct sim_server *sim_server_new(struct sim_world *w, struct sim_scripts *scripts,
                                  const struct engine_config *config)
{
    struct sim_server *s = mem_zalloc(sizeof *s);
    s->world = w;
    s->scripts = scripts;
    s->config = *config;
    s->config.vm.clock = &w->clock;
    s->store = sim_store_new(w, sim_scripts_database(scripts), on_job_done, s);
    start(s);
    return s;
}

void sim_server_free(struct sim_server *s)
{
    if (s->engine != NULL) engine_free(s->engine);
    for (uint32_t i = 0; i < SIM_CONNS; i++)
        if (s->conn[i].generation > 0) drop_held(&s->conn[i]);
    sim_store_free(s->store);
    mem_free(s);
}

struct engine *sim_server_engine(struct sim_server *s) { return s->engine; }
struct sim_store *sim_server_store(struct sim_server *s) { return s->store; }
uint64_t sim_server_state_peak(const struct sim_server *s) { return s->state_peak; }
