/* A request's way: bytes -> net/http.c -> file, route or owner -> conn_respond
 * -> flush -> the next request. Only one is in work; what a pipelining client
 * sends ahead is kept (bounded) and gone on with from the loop, never from
 * inside the owner's call that answered. */
#include "net/exchange.h"

#include <assert.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/address.h"
#include "net/conn_state.h"
#include "net/handshake.h"
#include "net/http_taker.h"
#include "net/intake.h"
#include "net/limit.h"
#include "net/outbox.h"
#include "net/problem.h"
#include "net/proxy.h"
#include "net/response.h"
#include "net/send_file.h"
#include "net/server_state.h"
#include "net/static_file.h"

#define MAX_KEPT 65536u /* bytes sent ahead; past it reading pauses */

struct exchange {
    struct http *http; /* NULL while only kept bytes are left */
    struct buf kept;
    struct intake *intake;  /* where the body goes, and stays until the answer; NULL: into memory */
    struct send_file *file; /* where the answer's body comes from; NULL: from memory */
    bool delivered;         /* the owner saw the request */
    bool in_event;          /* the request is borrowed by a handler right now */
    bool answered;
    bool keep; /* the connection stays after the file that is being sent */
};

/* ---- bodies in files ---- */

static int wants_body(void *ctx, const struct http_request *r)
{
    struct conn *c = ctx;
    const struct intake_config *config = &conn_server(c)->config.intake;
    if (config->path == NULL || strcmp(r->path, config->path) != 0 || strcmp(r->method, "POST") != 0)
        return 0;
    c->exchange->intake = intake_open(c);
    return c->exchange->intake != NULL ? 1 : 503;
}

static void take_body(void *ctx, const char *data, size_t len)
{
    struct conn *c = ctx;
    intake_take(c->exchange->intake, data, len);
}

bool exchange_taking(const struct conn *c) { return c->exchange != NULL && c->exchange->intake != NULL; }
bool exchange_sending(const struct conn *c)
{
    return !c->framed && c->exchange != NULL && c->exchange->file != NULL;
}

/* keep: the owner wants the file, or may have it in its books. */
static void settle_intake(struct exchange *x, bool keep)
{
    if (x->intake != NULL) intake_close(x->intake, keep);
    x->intake = NULL;
}

static struct exchange *begin(struct conn *c)
{
    if (c->exchange == NULL) c->exchange = mem_zalloc(sizeof *c->exchange);
    struct exchange *x = c->exchange;
    if (x->http == NULL) {
        const struct http_taker taker = {conn_server(c)->config.intake.body_max, wants_body, take_body, c};
        x->http = http_new(&taker);
        x->answered = x->delivered = false;
        conn_set_state(c, CONN_READING);
    }
    return x;
}

void exchange_free(struct conn *c)
{
    struct exchange *x = c->exchange;
    if (x == NULL) return;
    settle_intake(x, x->delivered);
    if (x->file != NULL) send_file_close(x->file);
    http_free(x->http);
    buf_deinit(&x->kept);
    mem_free(x);
    c->exchange = NULL;
}

bool exchange_reading_head(const struct conn *c)
{
    return c->exchange == NULL || c->exchange->http == NULL || !http_head_done(c->exchange->http);
}

size_t exchange_body_len(const struct conn *c) { return http_body_len(c->exchange->http); }

/* ---- in ---- */

static const struct net_route *find_route(const struct net_config *config, const char *path)
{
    for (size_t i = 0; i < config->route_count; i++) {
        const struct net_route *route = &config->routes[i];
        size_t n = strlen(route->path);
        bool prefix = n != 0 && route->path[n - 1] == '*';
        if (prefix ? strncmp(path, route->path, n - 1) == 0 : strcmp(path, route->path) == 0) return route;
    }
    return NULL;
}

static void hand_over(struct conn *c, struct http_request *r)
{
    struct net_server *s = conn_server(c);
    const struct static_file *file = static_file_find(s->config.files, s->config.file_count, r->path);
    const struct net_route *route = file == NULL ? find_route(&s->config, r->path) : NULL;
    c->owed = true; /* from here the owner may know c; conn_respond takes it back */
    s->delivered = true;
    if (file != NULL)
        static_file_serve(file, c, r);
    else if (route != NULL)
        route->handle(s->ctx, c, r);
    else
        s->events.on_request(s->ctx, c, r);
}

/* The request was answered: make room for the next, or for frames. */
static void finish(struct conn *c)
{
    struct exchange *x = c->exchange;
    http_free(x->http);
    x->http = NULL;
    if (x->kept.len != 0) {
        server_resume_later(conn_server(c), c);
        return;
    }
    exchange_free(c);
    c->framed = c->state == CONN_OPEN;
}

/* A request that came through a trusted proxy counts as a connection of the
 * visitor's own address from here on. false: that one has too many. */
static bool count_client(struct conn *c, const struct http_request *r)
{
    struct net_server *s = conn_server(c);
    struct address_key key;
    if (!c->proxied || !proxies_client(s->config.proxies, r, &key)) return true;
    if (memcmp(&key, &c->address->key, sizeof key) == 0) return true;
    struct address *a = limit_admit_cut(s->limit, &key, false, s->now);
    if (a == NULL) return false;
    limit_release(s->limit, c->address);
    c->address = a;
    return true;
}

static void refuse_client(struct conn *c)
{
    static const struct http_header headers[] = {
        {"Content-Type", PROBLEM_TYPE}, {"Cache-Control", "no-store"}, {"Retry-After", "2"}};
    struct buf body;
    buf_init(&body);
    problem_write(&body, 429, "rate_limited", "too many connections from this network");
    conn_server(c)->stats.refused++;
    conn_respond(c, 429, headers, 3, body.data, body.len);
    buf_deinit(&body);
}

static void deliver(struct conn *c)
{
    struct net_server *s = conn_server(c);
    struct exchange *x = c->exchange;
    struct http_request *r = http_request(x->http);
    char ip[ADDRESS_TEXT_LEN];
    bool welcome = count_client(c, r);
    address_text(&c->address->key, ip);
    r->ip = ip;
    r->is_tls = c->tls != NULL;
    s->stats.requests++;
    if (x->intake != NULL)
        r->file = intake_file(x->intake);
    else
        conn_set_state(c, CONN_ASKED);
    x->in_event = x->delivered = true;
    if (welcome)
        hand_over(c, r);
    else
        refuse_client(c);
    x->in_event = false;
    r->ip = NULL;
    if (x->answered && c->state != CONN_GONE) finish(c);
}

/* Bytes behind the body are kept meanwhile, as while the owner thinks. */
static void end_body(struct conn *c)
{
    struct exchange *x = c->exchange;
    conn_resume(c);
    conn_set_state(c, CONN_ASKED);
    x->in_event = true; /* it may be on the disk already, but for the sync */
    intake_end(x->intake);
    x->in_event = false;
    if (x->answered && c->state != CONN_GONE) finish(c); /* it had failed before */
}

void exchange_received(struct conn *c)
{
    if (c->state != CONN_ASKED) return; /* it ended meanwhile */
    int status = intake_status(c->exchange->intake);
    if (status == 0)
        deliver(c);
    else
        conn_problem(c, status, status == 507 ? "storage_full" : "internal", NULL);
    server_batch_end(conn_server(c));
}

void exchange_input(struct conn *c, char **data, size_t *len)
{
    struct exchange *x = begin(c);
    size_t used = 0;
    enum http_result result = http_feed(x->http, *data, *len, &used);
    *data += used;
    *len -= used;
    if (result == HTTP_REFUSED) {
        struct http_refusal why = http_why(x->http);
        *len = 0;
        exchange_refuse(c, why.status, why.reason);
    } else if (result == HTTP_READY && x->intake != NULL) {
        end_body(c);
    } else if (result == HTTP_READY) {
        deliver(c);
    } else if (http_wants_continue(x->http)) {
        buf_str(outbox_pending(c), "HTTP/1.1 100 Continue\r\n\r\n");
        outbox_flush(c);
    }
}

void exchange_keep(struct conn *c, const char *data, size_t len)
{
    if (c->exchange == NULL) c->exchange = mem_zalloc(sizeof *c->exchange);
    buf_add(&c->exchange->kept, data, len);
    if (c->exchange->kept.len > MAX_KEPT) conn_pause(c);
}

bool exchange_has_kept(const struct conn *c)
{
    return !c->framed && c->exchange != NULL && c->exchange->kept.len != 0;
}

void exchange_resume(struct conn *c)
{
    if (!exchange_has_kept(c) || exchange_sending(c) || c->state == CONN_ASKED || c->state == CONN_SENDING)
        return;
    struct buf kept = c->exchange->kept;
    buf_init(&c->exchange->kept);
    exchange_free(c);
    c->framed = c->state == CONN_OPEN;
    conn_resume(c);
    conn_input(c, kept.data, kept.len);
    buf_deinit(&kept);
    if (c->half_closed && (c->state == CONN_WAITING || c->state == CONN_READING)) conn_drop(c, "peer closed");
}

/* ---- out ---- */

static bool stays(const struct conn *c, const struct http_request *r)
{
    if (c->half_closed && c->exchange->kept.len == 0) return false;
    return r->keep_alive && conn_server(c)->state == SERVER_RUNNING;
}

/* After the last byte of the answer was appended. */
static void answered(struct conn *c, bool keep)
{
    struct exchange *x = c->exchange;
    x->answered = true;
    c->owed = false;
    c->used = true;
    if (!keep) {
        conn_linger(c, "answered");
        return;
    }
    conn_set_state(c, CONN_SENDING);
    if (outbox_flush(c)) conn_drained(c);
    if (!x->in_event && c->state != CONN_GONE) finish(c);
}

void conn_respond(struct conn *c, int status, const struct http_header *headers, size_t n, const void *body,
                  size_t len)
{
    if (c->state != CONN_ASKED) return; /* it ended, or was answered, meanwhile */
    if (!response_headers_valid(headers, n)) {
        log_write(LOG_ERROR, "response header refused", LOG_INT("status", status));
        conn_problem(c, 500, "bad_response_header", NULL);
        return;
    }
    struct http_request *r = http_request(c->exchange->http);
    bool keep = stays(c, r), silent = status == 204 || status == 304;
    settle_intake(c->exchange, status == 201); /* created: the only answer with which it stays */
    response_head(outbox_pending(c), status, conn_server(c)->date, keep ? "keep-alive" : "close",
                  silent ? RESPONSE_NO_LENGTH : len, headers, n);
    if (!silent && strcmp(r->method, "HEAD") != 0) buf_add(outbox_pending(c), body, len);
    answered(c, keep);
}

static int open_stored(struct conn *c, const char *name, size_t *len)
{
    char path[4096];
    struct stat st;
    if (!intake_path(conn_server(c)->config.intake.dir, name, path, sizeof path)) return -1;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) close(fd), fd = -1;
    if (fd >= 0) *len = (size_t)st.st_size;
    return fd;
}

void conn_respond_file(struct conn *c, int status, const struct http_header *headers, size_t n,
                       const char *name)
{
    size_t len = 0;
    if (c->state != CONN_ASKED) return;
    int fd = response_headers_valid(headers, n) ? open_stored(c, name, &len) : -1;
    if (fd < 0) return conn_problem(c, 404, "not_found", NULL);
    struct exchange *x = c->exchange;
    struct http_request *r = http_request(x->http);
    x->keep = stays(c, r);
    response_head(outbox_pending(c), status, conn_server(c)->date, x->keep ? "keep-alive" : "close", len,
                  headers, n);
    if (len == 0 || strcmp(r->method, "HEAD") == 0) return close(fd), answered(c, x->keep);
    c->owed = false;
    conn_set_state(c, CONN_SENDING);
    x->file = send_file_open(c, fd, len);
    if (outbox_flush(c)) send_file_next(x->file);
}

void exchange_drained(struct conn *c) { send_file_next(c->exchange->file); }

void exchange_sent(struct conn *c, bool whole)
{
    struct exchange *x = c->exchange;
    if (c->state != CONN_SENDING) return; /* dropped meanwhile */
    if (!whole) return conn_drop(c, "file cut short");
    send_file_close(x->file);
    x->file = NULL;
    x->answered = true;
    c->used = true;
    if (!x->keep) return conn_linger(c, "answered");
    if (outbox_flush(c)) conn_drained(c);
    if (c->state != CONN_GONE) finish(c);
}

void conn_problem(struct conn *c, int status, const char *code, const char *detail)
{
    static const struct http_header type[] = {{"Content-Type", PROBLEM_TYPE}, {"Cache-Control", "no-store"}};
    struct buf body;
    buf_init(&body);
    problem_write(&body, status, code, detail);
    conn_respond(c, status, type, 2, body.data, body.len);
    buf_deinit(&body);
}

void exchange_refuse(struct conn *c, int status, const char *reason)
{
    static const struct http_header headers[] = {
        {"Content-Type", PROBLEM_TYPE}, {"Cache-Control", "no-store"}, {"Sec-WebSocket-Version", "13"}};
    struct buf body;
    buf_init(&body);
    problem_write(&body, status, NULL, reason);
    conn_server(c)->stats.bad_requests++;
    response_head(outbox_pending(c), status, conn_server(c)->date, "close", body.len, headers,
                  status == 426 ? 3 : 2);
    buf_add(outbox_pending(c), body.data, body.len);
    buf_deinit(&body);
    conn_linger(c, reason);
}

/* c is now a WebSocket or stream: the exchange goes, bytes after it stay. */
static void leave_http(struct conn *c, enum conn_state state)
{
    struct exchange *x = c->exchange;
    x->answered = true;
    conn_set_state(c, state);
    outbox_flush(c);
    if (c->half_closed && state == CONN_OPEN) conn_drop(c, "peer closed");
    if (!x->in_event && c->state != CONN_GONE) finish(c);
}

int conn_upgrade(struct conn *c, const char *subprotocol, const struct ws_limits *limits)
{
    if (c->state != CONN_ASKED) return ERR_CLOSED;
    struct http_request *r = http_request(c->exchange->http);
    if (!r->is_upgrade) return ERR_INVALID;
    char accept[HANDSHAKE_ACCEPT_LEN];
    handshake_accept(http_header(r, "sec-websocket-key"), accept);
    const struct http_header headers[] = {
        {"Upgrade", "websocket"}, {"Sec-WebSocket-Accept", accept}, {"Sec-WebSocket-Protocol", subprotocol}};
    response_head(outbox_pending(c), 101, conn_server(c)->date, "Upgrade", RESPONSE_NO_LENGTH, headers,
                  subprotocol != NULL ? 3 : 2);
    c->limits = limits;
    leave_http(c, CONN_OPEN);
    return ERR_OK;
}

int conn_stream(struct conn *c, const struct http_header *headers, size_t n)
{
    if (c->state != CONN_ASKED) return ERR_CLOSED;
    struct http_request *r = http_request(c->exchange->http);
    if (strcmp(r->method, "HEAD") == 0 || !response_headers_valid(headers, n)) return ERR_INVALID;
    struct http_header all[HTTP_MAX_HEADERS] = {
        {"Content-Type", "text/event-stream"},
        {"Cache-Control", "no-store"},
        {"X-Accel-Buffering", "no"},
        {"Access-Control-Allow-Origin",
         "*"}}; /* a website's widget reads it; who may listen the owner decides */
    if (n > HTTP_MAX_HEADERS - 4) return ERR_LIMIT;
    if (n != 0) memcpy(all + 4, headers, n * sizeof *headers);
    response_head(outbox_pending(c), 200, conn_server(c)->date, "close", RESPONSE_NO_LENGTH, all, n + 4);
    c->limits = &ws_limits_default;
    leave_http(c, CONN_STREAM);
    return ERR_OK;
}
