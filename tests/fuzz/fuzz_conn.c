/* Any bytes to a whole server over a real socket: states, kept bytes, late
 * answers, upgrades, closes. The owner does what the input says. A byte 0xff
 * ends a write; the byte after it is an order to the owner:
 * 0 answer, 1 upgrade, 2 stream, 3 close, 4 send, 5 time passes, else nothing.
 * Each request and frame takes its orders from the same place. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/janitor.h"
#include "net/net_server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uv_loop_t loop;
static struct net_server *server;
static struct conn_id last;
static uint8_t order;
static uint64_t now_ms = 1000;
static int64_t wall(struct clock *c) { return (void)c, 1790000000000; }
static uint64_t mono(struct clock *c) { return (void)c, now_ms * 1000000; }
static struct clock test_clock = {wall, mono, NULL};

static void obey(struct conn *c, uint8_t what)
{
    static const char text[600] = "news";
    if (what == 0) conn_respond(c, 200, NULL, 0, text, sizeof text);
    if (what == 1 && conn_upgrade(c, NULL, &ws_limits_echo) != 0) conn_problem(c, 426, NULL, NULL);
    if (what == 2 && conn_stream(c, NULL, 0) != 0) conn_problem(c, 405, NULL, NULL);
    if (what == 3) conn_close(c, 1000, "ordered");
    if (what == 4) {
        conn_send_text(c, text, 4);
        conn_send_event(c, "1", text, 4);
        conn_flush(c);
    }
}

static void on_request(void *ctx, struct conn *c, const struct http_request *r)
{
    (void)ctx, (void)r;
    last = conn_id(c);
    conn_user(c)->name = 1;
    obey(c, r->is_upgrade && order == 0 ? 1 : order);
}

static void on_frame(void *ctx, struct conn *c, enum ws_opcode opcode, const char *data, size_t len)
{
    (void)ctx, (void)opcode;
    conn_send_binary(c, data, len);
    obey(c, order);
}

static void on_closed(void *ctx, struct conn *c, const char *reason)
{
    (void)ctx;
    if (reason == NULL || conn_user(c)->name != 1) abort();
    conn_user(c)->name = 2; /* a second on_closed would abort */
}

static void start(void)
{
    static const struct net_events events = {on_request, on_frame, on_closed, NULL};
    struct net_config config;
    const char *why;
    net_config_init(&config);
    config.exempt_loopback = true;
    config.clock = &test_clock;
    uv_loop_init(&loop);
    if (net_server_open(&loop, &config, &events, NULL, &server, &why) != 0) abort();
}

static int dial(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(net_server_port(server))};
    struct sockaddr_in from = {.sin_family = AF_INET};
    static uint32_t runs; /* each run has its own source address, since ports rest after a close */
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    from.sin_addr.s_addr = htonl((127u << 24) + 2 + runs++ % 4000000);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof from) != 0) abort();
    fcntl(fd, F_SETFL, O_NONBLOCK); /* libFuzzer's alarm would interrupt a connect that blocks */
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS) abort();
    return fd;
}

static void turn(void)
{
    for (int i = 0; i < 3; i++) uv_run(&loop, UV_RUN_NOWAIT);
}

static void give_order(uint8_t what)
{
    order = what;
    struct conn *c = conn_find(server, last);
    if (c != NULL) obey(c, what);
    if (what == 5) {
        now_ms += 5500;
        janitor_visit_all(server);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (server == NULL) start();
    int fd = dial();
    order = 0;
    last = (struct conn_id){0};
    turn();
    while (len != 0) {
        const uint8_t *end = memchr(data, 0xff, len);
        size_t n = end != NULL ? (size_t)(end - data) : len;
        if (n != 0 && send(fd, data, n, MSG_NOSIGNAL) < 0) break;
        turn();
        data += n, len -= n;
        if (len < 2) break;
        give_order(data[1]);
        data += 2, len -= 2;
        turn();
    }
    close(fd);
    for (int i = 0; i < 50 && net_server_stats(server)->open != 0; i++) {
        turn();
        now_ms += 80000;
        janitor_visit_all(server);
    }
    turn();
    if (net_server_stats(server)->open != 0) abort(); /* nothing outlives its peer */
    return 0;
}
