/* See net_kit.h. Client sockets do not block: each wait turns the server's
 * loop, so both ends run in one thread and a failure is a plain stack trace. */
#include "net_kit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "net/janitor.h"

#define PATIENCE_MS 2000

static int64_t wall(struct clock *c)
{
    return 1790000000000 + (int64_t)((struct net_kit *)(void *)c)->now_ms;
}
static uint64_t mono(struct clock *c) { return ((struct net_kit *)(void *)c)->now_ms * 1000000; }

static void on_request(void *ctx, struct conn *c, const struct http_request *r)
{
    struct net_kit *k = ctx;
    static const struct http_header bad = {"X-A", "b\r\nX-C: d"};
    buf_fmt(&k->log, "request %s %s|", r->method, r->path);
    k->last = conn_id(c);
    if (strcmp(r->path, "/hello") == 0)
        conn_respond(c, 200, NULL, 0, "hi", 2);
    else if (strcmp(r->path, "/ip") == 0)
        conn_respond(c, 200, NULL, 0, r->ip, strlen(r->ip));
    else if (strcmp(r->path, "/echo") == 0)
        conn_respond(c, 200, NULL, 0, r->body, r->body_len);
    else if (strcmp(r->path, "/ws") == 0)
        assert_int_equal(conn_upgrade(c, "kit.v1", &k->limits), r->is_upgrade ? 0 : ERR_INVALID);
    else if (strcmp(r->path, "/events") == 0)
        assert_int_equal(conn_stream(c, NULL, 0), 0);
    else if (strcmp(r->path, "/drop") == 0)
        conn_close(c, 1000, NULL);
    else if (strcmp(r->path, "/inject") == 0)
        conn_respond(c, 200, &bad, 1, NULL, 0);
    else if (strcmp(r->path, "/later") != 0)
        conn_problem(c, 404, NULL, "nothing here");
}

static void on_frame(void *ctx, struct conn *c, enum ws_opcode opcode, const char *data, size_t len)
{
    struct net_kit *k = ctx;
    buf_fmt(&k->log, "frame %c %.*s|", opcode == WS_TEXT ? 'T' : 'B', (int)(len < 20 ? len : 20), data);
    bool twice = len == 10 && memcmp(data, "drop-twice", 10) == 0;
    if (twice || (len == 3 && memcmp(data, "bye", 3) == 0)) conn_close(c, 1000, "done");
    if (twice) conn_close(c, 1000, "again");
    if (k->silent) return;
    if (opcode == WS_TEXT)
        conn_send_text(c, data, len);
    else
        conn_send_binary(c, data, len);
}

static void on_closed(void *ctx, struct conn *c, const char *reason)
{
    struct net_kit *k = ctx;
    assert_null(conn_find(k->server, conn_id(c)));
    buf_fmt(&k->log, "closed %s|", reason);
}

static void on_batch_end(void *ctx) { ((struct net_kit *)ctx)->batches++; }
static void on_done(void *ctx) { ((struct net_kit *)ctx)->done = true; }

void net_kit_init(struct net_kit *k)
{
    memset(k, 0, sizeof *k);
    k->clock = (struct clock){wall, mono, NULL};
    k->now_ms = 1000;
    k->limits = ws_limits_default;
    k->limits.binary = true;
    assert_int_equal(uv_loop_init(&k->loop), 0);
    net_config_init(&k->config);
    k->config.clock = &k->clock;
}

void net_kit_open(struct net_kit *k)
{
    static const struct net_events events = {on_request, on_frame, on_closed, on_batch_end};
    const char *why = NULL;
    if (net_server_open(&k->loop, &k->config, &events, k, &k->server, &why) != 0) fail_msg("%s", why);
}

void net_kit_close(struct net_kit *k)
{
    net_server_close(k->server, on_done);
    uv_run(&k->loop, UV_RUN_DEFAULT);
    assert_true(k->done);
    assert_int_equal(uv_loop_close(&k->loop), 0);
    buf_deinit(&k->log);
}

void net_kit_turn(struct net_kit *k)
{
    for (int i = 0; i < 10; i++) uv_run(&k->loop, UV_RUN_NOWAIT);
}

static int64_t real_ms(void) { return (int64_t)(clock_mono_ns(clock_real()) / 1000000); }

static void rest(struct net_kit *k)
{
    static const struct timespec moment = {0, 200000};
    net_kit_turn(k);
    nanosleep(&moment, NULL);
}

int net_kit_connect(struct net_kit *k)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(net_server_port(k->server))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    net_kit_turn(k);
    return fd;
}

void net_kit_write(struct net_kit *k, int fd, const void *data, size_t len)
{
    const char *at = data;
    int64_t until = real_ms() + PATIENCE_MS;
    while (len != 0 && real_ms() < until) {
        ssize_t n = send(fd, at, len, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN) break; /* the server hung up, which may be what is tested */
        if (n > 0) at += n, len -= (size_t)n;
        net_kit_turn(k);
    }
}

void net_kit_say(struct net_kit *k, int fd, const char *text) { net_kit_write(k, fd, text, strlen(text)); }

bool net_kit_read(struct net_kit *k, int fd, struct buf *out, const char *end)
{
    int64_t until = real_ms() + PATIENCE_MS;
    bool any = end != NULL && end[0] == '\0';
    while (real_ms() < until) {
        ssize_t n = recv(fd, buf_reserve(out, 65536), 65535, 0);
        if (n > 0) out->len += (size_t)n;
        buf_cstr(out);
        if (any && n > 0) return true;
        if (end != NULL && !any && memmem(out->data, out->len, end, strlen(end)) != NULL) return true;
        if (n == 0 || (n < 0 && errno != EAGAIN)) return end == NULL;
        if (n < 0) rest(k);
    }
    return false;
}

void net_kit_upgrade(struct net_kit *k, int fd, const char *path)
{
    struct buf text;
    buf_init(&text);
    buf_fmt(&text,
            "GET %s HTTP/1.1\r\nHost: kit\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
            path);
    net_kit_write(k, fd, text.data, text.len);
    buf_reset(&text);
    assert_true(net_kit_read(k, fd, &text, "\r\n\r\n"));
    assert_memory_equal(text.data, "HTTP/1.1 101 ", 13);
    buf_deinit(&text);
}

void net_kit_frame(struct net_kit *k, int fd, unsigned first, const char *payload, size_t len)
{
    struct buf plain, out;
    buf_init(&plain), buf_init(&out);
    ws_write(&plain, WS_TEXT, payload, len);
    plain.data[0] = (char)first;
    plain.data[1] = (char)(plain.data[1] | (char)0x80);
    buf_add(&out, plain.data, plain.len - len);
    buf_add(&out, "\0\0\0\0", 4);
    buf_add(&out, payload, len);
    net_kit_write(k, fd, out.data, out.len);
    buf_deinit(&plain), buf_deinit(&out);
}

bool net_kit_wait_log(struct net_kit *k, const char *want)
{
    int64_t until = real_ms() + PATIENCE_MS;
    while (strstr(buf_cstr(&k->log), want) == NULL && real_ms() < until) rest(k);
    return strstr(buf_cstr(&k->log), want) != NULL;
}

void net_kit_pass(struct net_kit *k, uint64_t ms)
{
    k->now_ms += ms;
    janitor_visit_all(k->server);
    net_kit_turn(k);
}
