/* See edge.h. A connection keeps (net/conn.h) the name of its session, as its
 * place the session's worker + 1, and as its role what it is for. */
#include "actor/edge.h"

#include <string.h>

#include "actor/edge_outside.h"
#include "actor/node.h"
#include "actor/watchdog.h"
#include "actor/worker.h"
#include "base/mem.h"
#include "net/http_taker.h"

#define AT_ONCE_NS 100000 /* for one read's turns; a menu turn takes a tenth of it */

enum { ROLE_ACTOR, ROLE_ECHO };

/* The frame that the protocol asks for before a drain. Jitter is the client's. */
static const char bye[] = "{\"type\":\"bye\",\"reason\":\"drain\",\"reconnect_ms\":1000}";

/* false: its inbox is full, and v was of a kind that may be refused (actor/inbox.h). */
static bool post(struct edge *g, int worker, struct envelope *v)
{
    return worker_post(node_worker(g->node, worker), v);
}

static struct conn *local(struct edge *g, struct peer p)
{
    return conn_find(g->net, (struct conn_id){p.index, p.generation});
}

static struct peer peer_of(struct edge *g, struct conn *c, enum peer_mode mode)
{
    struct conn_id id = conn_id(c);
    return (struct peer){id.index, id.generation, (uint16_t)g->worker, (uint8_t)mode};
}

/* ---- from the network ---- */

static void add_headers(struct buf *b, const struct http_request *r)
{
    buf_str(b, ",\"headers\":{");
    size_t written = 0;
    for (size_t i = 0; i < r->header_count; i++) {
        const char *name = r->headers[i].name;
        size_t k = 0;
        while (k < i && strcmp(r->headers[k].name, name) != 0) k++;
        if (k < i) continue; /* the first of a name stands for it */
        if (written++ > 0) buf_char(b, ',');
        buf_json(b, name, strlen(name));
        buf_char(b, ':');
        buf_json(b, r->headers[i].value, strlen(r->headers[i].value));
    }
    buf_char(b, '}');
}

static void add_field(struct buf *b, const char *name, const char *value, size_t len)
{
    buf_fmt(b, "%c\"%s\":", b->len == 0 ? '{' : ',', name);
    buf_json(b, value, len);
}

static void on_request(void *ctx, struct conn *c, const struct http_request *r)
{
    struct edge *g = ctx;
    struct buf *b = &g->scratch;
    buf_reset(b);
    add_field(b, "method", r->method, strlen(r->method));
    add_field(b, "path", r->path, strlen(r->path));
    add_field(b, "query", r->query, strlen(r->query));
    add_field(b, "ip", r->ip, strlen(r->ip));
    if (r->file != NULL)
        buf_fmt(b, ",\"file\":{\"name\":\"%s\",\"sha256\":\"%s\",\"size\":%llu}", r->file->name,
                r->file->sha256, (unsigned long long)r->file->size);
    if (r->body_len > 0) add_field(b, "body", r->body, r->body_len);
    if (r->is_upgrade) buf_str(b, ",\"upgrade\":true");
    if (r->is_tls) buf_str(b, ",\"tls\":true");
    add_headers(b, r);
    buf_char(b, '}');
    int64_t session = engine_request(g->engine, peer_of(g, c, PEER_HTTP), b->data, b->len);
    if (session == 0) return conn_problem(c, 503, "overloaded", NULL);
    conn_user(c)->name = (uint64_t)session;
    conn_user(c)->place = (uint16_t)(g->worker + 1);
}

static void on_frame(void *ctx, struct conn *c, enum ws_opcode opcode, const char *data, size_t len)
{
    struct edge *g = ctx;
    struct conn_user *user = conn_user(c);
    if (user->role == ROLE_ECHO) {
        if (opcode == WS_TEXT)
            conn_send_text(c, data, len);
        else
            conn_send_binary(c, data, len);
        conn_flush(c);
        return;
    }
    int worker = user->place - 1;
    if (worker == g->worker) return engine_frame(g->engine, (int64_t)user->name, data, len);
    const char *text[3] = {data, NULL, NULL};
    const size_t lens[3] = {len, 0, 0};
    if (worker >= 0 &&
        !post(g, worker,
              envelope_with(IN_FRAME, peer_of(g, c, PEER_WEBSOCKET), (int64_t)user->name, 0, text, lens)))
        conn_close(c, 1013, "too many messages are waiting"); /* so that none behind it overtakes it */
}

static void on_closed(void *ctx, struct conn *c, const char *reason)
{
    struct edge *g = ctx;
    (void)reason;
    struct conn_user *user = conn_user(c);
    int worker = user->place - 1;
    if (worker == g->worker)
        engine_gone(g->engine, (int64_t)user->name);
    else if (worker >= 0)
        post(g, worker, envelope_new(IN_GONE, peer_of(g, c, PEER_HTTP), (int64_t)user->name, 0));
    user->place = 0;
}

/* What one read brought is answered at once, while the connection is warm in
 * the cache, rather than after a whole poll of reads. Turns that take longer
 * than that go on in the worker's own run. */
static void on_batch_end(void *ctx)
{
    struct edge *g = ctx;
    watchdog_wake(g->watchdog);
    engine_run(g->engine, AT_ONCE_NS);
}

const struct net_events edge_events = {on_request, on_frame, on_closed, on_batch_end};

/* ---- seating ---- */

static void forget_session(struct conn *c) { conn_user(c)->name = conn_user(c)->place = 0; }

static void leave(struct edge *g, struct peer p, int64_t session, int worker)
{
    if (session == 0) return;
    if (worker == g->worker)
        engine_gone(g->engine, session);
    else
        post(g, worker, envelope_new(IN_GONE, p, session, 0));
}

/* The session exists: now the connection becomes what the session expects. */
static void seated(struct edge *g, struct peer p, int64_t session, int worker)
{
    struct conn *c = local(g, p);
    if (c == NULL) return leave(g, p, session, worker); /* closed meanwhile */
    if (session == 0) return forget_session(c), conn_problem(c, 503, "overloaded", NULL);
    conn_user(c)->name = (uint64_t)session;
    conn_user(c)->place = (uint16_t)(worker + 1);
    int err = ERR_OK;
    if (p.mode == PEER_WEBSOCKET)
        err = conn_upgrade(c, "azentiko.v1", &ws_limits_default);
    else if (p.mode == PEER_STREAM)
        err = conn_stream(c, NULL, 0);
    if (err == ERR_OK) return;
    leave(g, p, session, worker);
    forget_session(c);
    conn_problem(c, 400, "upgrade_required", "this address speaks WebSocket or event streams");
}

static void op_seat(void *ctx, struct peer from, enum peer_mode mode, int64_t tenant, const char *kind,
                    size_t kind_len, const char *key, size_t key_len, const char *text, size_t len)
{
    struct edge *g = ctx;
    int worker = node_worker_of(g->node, tenant);
    from.mode = (uint8_t)mode;
    if (worker == g->worker)
        return seated(g, from, engine_seat(g->engine, from, tenant, kind, kind_len, key, key_len, text, len),
                      worker);
    struct conn *c = local(g, from);
    if (c != NULL) forget_session(c); /* until OUT_SEATED */
    const char *texts[3] = {kind, key, text};
    const size_t lens[3] = {kind_len, key_len, len};
    if (!post(g, worker, envelope_with(IN_SEAT, from, 0, tenant, texts, lens)) && c != NULL)
        conn_problem(c, 503, "overloaded", NULL);
}

static void seat_for_other(struct edge *g, const struct envelope *v)
{
    int64_t session = engine_seat(g->engine, v->peer, v->number, envelope_text(v, 0), v->len[0],
                                  envelope_text(v, 1), v->len[1], envelope_text(v, 2), v->len[2]);
    post(g, v->peer.worker, envelope_new(OUT_SEATED, v->peer, session, g->worker));
}

/* ---- effects towards connections, here or on another worker ---- */

static bool far(struct edge *g, enum envelope_kind kind, struct peer to, int64_t number, const char *a,
                size_t a_len, const char *b, size_t b_len)
{
    const char *text[3] = {a, b, NULL};
    const size_t len[3] = {a_len, b_len, 0};
    return post(g, to.worker, envelope_with(kind, to, 0, number, text, len));
}

static void send_here(struct edge *g, struct peer to, const char *text, size_t len, int64_t event_id)
{
    struct conn *c = local(g, to);
    char id[24];
    if (c == NULL) return;
    if (conn_is_websocket(c))
        conn_send_text(c, text, len);
    else if (conn_is_stream(c)) {
        if (event_id >= 0) snprintf(id, sizeof id, "%lld", (long long)event_id);
        conn_send_event(c, event_id >= 0 ? id : NULL, text, len);
    }
}

static void op_send(void *ctx, struct peer to, const char *text, size_t len, int64_t event_id)
{
    struct edge *g = ctx;
    if (to.worker == g->worker)
        send_here(g, to, text, len, event_id);
    else if (!far(g, OUT_SEND, to, event_id, text, len, NULL, 0))
        far(g, OUT_CLOSE, to, 1013, "overloaded", 10, NULL, 0); /* the client comes back for what it missed */
}

static void op_flush(void *ctx, struct peer to)
{
    struct edge *g = ctx;
    if (to.worker != g->worker) {
        far(g, OUT_FLUSH, to, 0, NULL, 0, NULL, 0);
        return;
    }
    struct conn *c = local(g, to);
    if (c != NULL) conn_flush(c);
}

static void op_signal(void *ctx, struct peer to, const char *text, size_t len)
{
    op_send(ctx, to, text, len, -1);
    op_flush(ctx, to);
}

static void close_here(struct edge *g, struct peer to, int code, const char *reason, size_t len)
{
    struct conn *c = local(g, to);
    char text[124];
    if (c == NULL) return;
    if (len >= sizeof text) len = sizeof text - 1;
    memcpy(text, reason, len);
    text[len] = '\0';
    conn_close(c, (uint16_t)code, text);
}

static void op_close(void *ctx, struct peer to, int code, const char *reason, size_t len)
{
    struct edge *g = ctx;
    if (to.worker == g->worker)
        close_here(g, to, code, reason, len);
    else
        far(g, OUT_CLOSE, to, code, reason, len, NULL, 0);
}

#define HEADERS_MAX 32

static void respond_here(struct edge *g, struct peer to, int status, const char *headers, size_t headers_len,
                         const char *body, size_t body_len)
{
    struct conn *c = local(g, to);
    struct http_header h[HEADERS_MAX];
    size_t n = 0;
    if (c == NULL) return;
    forget_session(c);
    const char *file = NULL; /* "@file: NAME": the body is a stored file. No header is called so */
    char *text = mem_dup(headers, headers_len);
    for (char *at = text; at < text + headers_len && n < HEADERS_MAX;) {
        char *end = strchr(at, '\n'), *colon = strstr(at, ": ");
        if (end == NULL || colon == NULL || colon > end) break;
        *end = *colon = '\0';
        if (strcmp(at, "@file") == 0)
            file = colon + 2;
        else
            h[n++] = (struct http_header){at, colon + 2};
        at = end + 1;
    }
    if (file != NULL)
        conn_respond_file(c, status, h, n, file);
    else
        conn_respond(c, status, h, n, body, body_len);
    mem_free(text);
}

static void op_respond(void *ctx, struct peer to, int status, const char *headers, size_t headers_len,
                       const char *body, size_t body_len)
{
    struct edge *g = ctx;
    if (to.worker == g->worker)
        respond_here(g, to, status, headers, headers_len, body, body_len);
    else
        far(g, OUT_RESPOND, to, status, headers, headers_len, body, body_len);
}

static void op_problem(void *ctx, struct peer to, int status, const char *code, const char *detail)
{
    struct edge *g = ctx;
    if (to.worker != g->worker) {
        far(g, OUT_PROBLEM, to, status, code, strlen(code) + 1, detail, detail ? strlen(detail) + 1 : 0);
        return;
    }
    struct conn *c = local(g, to);
    if (c == NULL) return;
    forget_session(c);
    conn_problem(c, status, code, detail);
}

static void op_submit(void *ctx, struct store_job *job)
{
    store_submit(node_store(((struct edge *)ctx)->node), job);
}

static void op_post(void *ctx, int64_t tenant, const char *kind, size_t kind_len, const char *key,
                    size_t key_len, const char *text, size_t len)
{
    struct edge *g = ctx;
    int worker = node_worker_of(g->node, tenant);
    if (worker == g->worker) return engine_mail(g->engine, tenant, kind, kind_len, key, key_len, text, len);
    const char *texts[3] = {kind, key, text};
    const size_t lens[3] = {kind_len, key_len, len};
    post(g, worker, envelope_with(IN_MAIL, (struct peer){0}, 0, tenant, texts, lens));
}

static void op_wake(void *ctx)
{
    struct edge *g = ctx;
    if (g->worker == NODE_CLAIMER)
        engine_wake(g->engine);
    else
        post(g, NODE_CLAIMER, envelope_new(IN_WAKE, (struct peer){0}, 0, 0));
}

const struct engine_ops edge_ops = {
    op_submit,    op_send,           op_flush,       op_signal,          op_close,      op_respond,
    op_problem,   op_seat,           op_post,        outside_fetch,      outside_study, outside_mail,
    outside_look, outside_drop_file, outside_stream, outside_stream_end, op_wake};

void edge_receive(struct edge *g, const struct envelope *v)
{
    const char *a = envelope_text(v, 0), *b = envelope_text(v, 1);
    switch (v->kind) {
    case IN_SEAT: seat_for_other(g, v); return;
    case IN_FRAME: engine_frame(g->engine, v->session, a, v->len[0]); return;
    case IN_GONE: engine_gone(g->engine, v->session); return;
    case IN_MAIL:
        engine_mail(g->engine, v->number, a, v->len[0], b, v->len[1], envelope_text(v, 2), v->len[2]);
        return;
    case IN_WAKE: engine_wake(g->engine); return;
    case IN_STUDIED:
        engine_studied(g->engine, v->session, (uint32_t)v->number, -(int)v->peer.index, a, v->len[0]);
        return;
    case OUT_SEATED: seated(g, v->peer, v->session, (int)v->number); return;
    case OUT_SEND: send_here(g, v->peer, a, v->len[0], v->number); return;
    case OUT_FLUSH: op_flush(g, v->peer); return;
    case OUT_CLOSE: close_here(g, v->peer, (int)v->number, a, v->len[0]); return;
    case OUT_RESPOND: respond_here(g, v->peer, (int)v->number, a, v->len[0], b, v->len[1]); return;
    case OUT_PROBLEM: op_problem(g, v->peer, (int)v->number, a, v->len[1] ? b : NULL); return;
    default: return;
    }
}

void edge_say_goodbye(struct edge *g)
{
    uint32_t at = 0;
    for (struct conn *c; (c = net_server_next(g->net, &at)) != NULL;) {
        if (conn_is_websocket(c) && conn_user(c)->role == ROLE_ACTOR)
            conn_send_text(c, bye, sizeof bye - 1);
        else if (conn_is_stream(c))
            conn_send_event(c, NULL, bye, sizeof bye - 1);
        else
            continue;
        conn_flush(c);
    }
}

/* ---- routes ---- */

static const struct http_header plain[] = {{"Content-Type", "text/plain; charset=utf-8"},
                                           {"Cache-Control", "no-store"}};

static bool reads(struct conn *c, const struct http_request *r)
{
    if (strcmp(r->method, "GET") == 0 || strcmp(r->method, "HEAD") == 0) return true;
    conn_problem(c, 405, "method_not_allowed", "GET and HEAD only");
    return false;
}

static void on_healthz(void *ctx, struct conn *c, const struct http_request *r)
{
    (void)ctx;
    if (reads(c, r)) conn_respond(c, 200, plain, 2, "ok\n", 3);
}

static void on_readyz(void *ctx, struct conn *c, const struct http_request *r)
{
    struct edge *g = ctx;
    if (!reads(c, r)) return;
    if (node_ready(g->node))
        conn_respond(c, 200, plain, 2, "ready\n", 6);
    else
        conn_problem(c, 503, node_draining(g->node) ? "draining" : "unavailable", NULL);
}

/* A proxy on this machine comes from loopback, too, on behalf of the world. */
static bool was_forwarded(const struct http_request *r)
{
    static const char *const marks[] = {
        "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (http_header(r, marks[i]) != NULL) return true;
    return false;
}

/* Loopback only: figures about all tenants are the operator's. */
static void on_metrics(void *ctx, struct conn *c, const struct http_request *r)
{
    struct edge *g = ctx;
    static const struct http_header type[] = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}};
    if (!reads(c, r)) return;
    if ((strncmp(r->ip, "127.", 4) != 0 && strncmp(r->ip, "::", 2) != 0) || was_forwarded(r))
        return conn_problem(c, 404, "not_found", NULL);
    buf_reset(&g->scratch);
    node_metrics(g->node, &g->scratch);
    conn_respond(c, 200, type, 1, g->scratch.data, g->scratch.len);
}

static void on_echo(void *ctx, struct conn *c, const struct http_request *r)
{
    (void)ctx, (void)r;
    if (conn_upgrade(c, NULL, &ws_limits_echo) == ERR_OK)
        conn_user(c)->role = ROLE_ECHO;
    else
        conn_problem(c, 426, "upgrade_required", "this address speaks WebSocket");
}

const struct net_route *edge_routes(bool test_mode, size_t *count)
{
    static const struct net_route routes[] = {{"/healthz", on_healthz},
                                              {"/readyz", on_readyz},
                                              {"/metrics", on_metrics},
                                              {"/v1/test/echo", on_echo}};
    *count = test_mode ? 4 : 3;
    return routes;
}
