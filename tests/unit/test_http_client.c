/* The client against receivers of all kinds, on a loop of its own. The server
 * below answers by the path of the request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <curl/curl.h>

#include "base/map.h"
#include "base/mem.h"
#include "out/http_client.h"

struct taking;

struct world {
    uv_loop_t loop;
    uv_tcp_t server, canary;
    int port, canary_port, accepted, canary_hits;
    struct guard guard;
    struct http_client *client;
    struct http_client_config config;
    struct taking *taking;
    const char *names[4];
    char name[3][64];
    int done;
    struct {
        int code, status, cut;
        size_t body_len;
        char body[200], headers[400], error[120];
        uint32_t ms;
    } got[64];
};

struct peer {
    uv_tcp_t tcp;
    uv_timer_t drip;
    struct world *w;
    char text[4096];
    size_t len;
    int open;
};

/* ---- the server ---- */

static void on_peer_closed(uv_handle_t *h)
{
    struct peer *p = h->data;
    if (--p->open == 0) mem_free(p);
}

static void end(struct peer *p)
{
    if (uv_is_closing((uv_handle_t *)&p->tcp)) return;
    uv_close((uv_handle_t *)&p->tcp, on_peer_closed);
    uv_close((uv_handle_t *)&p->drip, on_peer_closed);
}

static void on_written(uv_write_t *r, int status)
{
    (void)status;
    mem_free(r->data);
    mem_free(r);
}

static void say(struct peer *p, const char *text, size_t n)
{
    uv_write_t *r = mem_zalloc(sizeof *r);
    r->data = mem_dup(text, n);
    uv_buf_t b = uv_buf_init(r->data, (unsigned)n);
    if (uv_write(r, (uv_stream_t *)&p->tcp, &b, 1, on_written) != 0) on_written(r, -1);
}

static void say_text(struct peer *p, const char *text) { say(p, text, strlen(text)); }

static void on_drip(uv_timer_t *t)
{
    struct peer *p = t->data;
    if (uv_stream_get_write_queue_size((uv_stream_t *)&p->tcp) > 1 << 20) return;
    if (strstr(p->text, "/drip")) say_text(p, "x");
    for (int i = 0; i < 50 && strstr(p->text, "/endless"); i++)
        say_text(p, "X-Again: and again and again and again and again\r\n");
    if (strstr(p->text, "/flood") || strstr(p->text, "/stream")) {
        char block[16384];
        memset(block, 'f', sizeof block);
        for (int i = 0; i < 8; i++) say(p, block, sizeof block);
    }
}

static void act(struct peer *p)
{
    char text[512];
    const char *s = p->text;
    if (strstr(s, " /ok")) say_text(p, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Said: Hello \r\n\r\nok");
    if (strstr(s, " /echo")) {
        const char *body = strstr(s, "\r\n\r\n") + 4;
        snprintf(text, sizeof text, "HTTP/1.1 201 OK\r\nContent-Length: %zu\r\n\r\n%.200s", strlen(body),
                 body);
        say_text(p, text);
    }
    if (strstr(s, " /reset"))
        uv_tcp_close_reset(&p->tcp, on_peer_closed), uv_close((uv_handle_t *)&p->drip, on_peer_closed);
    if (strstr(s, " /false")) say_text(p, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"), end(p);
    if (strstr(s, " /garbage")) say_text(p, "\x16\x03\x01 nothing of yours\r\n\r\n"), end(p);
    if (strstr(s, " /drip")) say_text(p, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    if (strstr(s, " /flood")) say_text(p, "HTTP/1.1 200 OK\r\n\r\n");
    if (strstr(s, " /endless")) say_text(p, "HTTP/1.1 200 OK\r\n");
    if (strstr(s, " /drip") || strstr(s, " /flood") || strstr(s, " /endless"))
        uv_timer_start(&p->drip, on_drip, 1, 5);
    if (strstr(s, " /to-canary") || strstr(s, " /to-other")) {
        snprintf(text, sizeof text,
                 "HTTP/1.1 302 Found\r\nLocation: http://%s:%d/caught\r\nContent-Length: 0\r\n\r\n",
                 strstr(s, " /to-canary") ? "10.0.0.1" : "rebind.example", p->w->canary_port);
        say_text(p, text);
    }
    if (strstr(s, " /away?")) {
        const char *to = strstr(s, " /away?") + 7;
        snprintf(text, sizeof text, "HTTP/1.1 302 Found\r\nLocation: %.*s\r\nContent-Length: 0\r\n\r\n",
                 (int)strcspn(to, " "), to);
        say_text(p, text);
    }
    if (strstr(s, " /stream")) {
        say_text(p, "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nX-Said: Hello\r\n\r\n");
        uv_timer_start(&p->drip, on_drip, 1, 5);
    }
    if (strstr(s, " /hop")) say_text(p, "HTTP/1.1 307 x\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n");
    if (strstr(s, " /loop")) say_text(p, "HTTP/1.1 302 x\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n");
    if (strstr(s, " /file"))
        say_text(p, "HTTP/1.1 302 x\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n");
}

static void on_alloc(uv_handle_t *h, size_t n, uv_buf_t *b)
{
    static char memory[65536];
    (void)h, (void)n;
    *b = uv_buf_init(memory, sizeof memory);
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
    struct peer *p = s->data;
    if (n < 0) return end(p);
    size_t room = sizeof p->text - 1 - p->len, taken = (size_t)n < room ? (size_t)n : room;
    memcpy(p->text + p->len, b->base, taken);
    p->len += taken;
    p->text[p->len] = '\0';
    const char *head = strstr(p->text, "\r\n\r\n"), *length = strstr(p->text, "Content-Length: ");
    if (head == NULL || (length != NULL && strlen(head + 4) < (size_t)atol(length + 16))) return;
    act(p);
    if (!uv_is_active((uv_handle_t *)&p->drip)) p->len = 0; /* the next one on this connection */
}

static void on_connection(uv_stream_t *server, int status)
{
    struct world *w = server->data;
    assert_int_equal(status, 0);
    struct peer *p = mem_zalloc(sizeof *p);
    p->w = w;
    p->open = 2;
    uv_tcp_init(&w->loop, &p->tcp);
    uv_timer_init(&w->loop, &p->drip);
    p->tcp.data = p->drip.data = p;
    assert_int_equal(uv_accept(server, (uv_stream_t *)&p->tcp), 0);
    if (server == (uv_stream_t *)&w->canary) w->canary_hits++;
    w->accepted++;
    uv_read_start((uv_stream_t *)&p->tcp, on_alloc, on_read);
}

static int serve(struct world *w, uv_tcp_t *tcp)
{
    struct sockaddr_in a;
    int len = sizeof a;
    uv_ip4_addr("127.0.0.1", 0, &a);
    uv_tcp_init(&w->loop, tcp);
    tcp->data = w;
    uv_tcp_bind(tcp, (struct sockaddr *)&a, 0);
    assert_int_equal(uv_listen((uv_stream_t *)tcp, 256, on_connection), 0);
    uv_tcp_getsockname(tcp, (struct sockaddr *)&a, &len);
    return ntohs(a.sin_port);
}

/* ---- the client ---- */

static void on_done(void *ctx, uint64_t tag, struct out_result *r)
{
    struct world *w = ctx;
    w->done++;
    w->got[tag].code = r->code;
    w->got[tag].status = r->status;
    w->got[tag].cut = r->cut;
    w->got[tag].ms = r->ms;
    w->got[tag].body_len = r->body.len;
    snprintf(w->got[tag].body, sizeof w->got[tag].body, "%.*s", (int)r->body.len,
             r->body.len ? r->body.data : "");
    snprintf(w->got[tag].headers, sizeof w->got[tag].headers, "%.*s", (int)r->headers.len,
             r->headers.len ? r->headers.data : "");
    snprintf(w->got[tag].error, sizeof w->got[tag].error, "%s", r->error);
}

static struct out_text text(const char *s) { return (struct out_text){s, strlen(s)}; }

static int ask(struct world *w, uint64_t tag, int64_t tenant, const char *url, int32_t redirects,
               const char *key)
{
    const char *why = NULL;
    struct out_request r = {.method = text("POST"),
                            .url = text(url),
                            .headers = text("X-One: 1\nContent-Type: application/json\n"),
                            .body = text("{\"a\":1}"),
                            .key = text(key),
                            .timeout_ms = 400,
                            .body_max = 65536,
                            .redirects = redirects};
    int err = http_client_start(w->client, tenant, &r, on_done, w, tag, &why);
    if (err != ERR_OK) assert_non_null(why);
    return err;
}

static void run_until(struct world *w, int done)
{
    while (w->done < done) assert_true(uv_run(&w->loop, UV_RUN_ONCE) != 0);
}

/* Asks one path of the server and waits for the end. */
static void call(struct world *w, const char *path, int32_t redirects)
{
    char url[200];
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", w->port, path);
    memset(&w->got[0], 0, sizeof w->got[0]);
    w->done = 0;
    assert_int_equal(ask(w, 0, 1, url, redirects, ""), ERR_OK);
    run_until(w, 1);
}

static int set_up(void **state)
{
    struct world *w = mem_zalloc(sizeof *w);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    map_seed(1, 2);
    uv_loop_init(&w->loop);
    w->port = serve(w, &w->server);
    w->canary_port = serve(w, &w->canary);
    guard_init(&w->guard);
    w->guard.loopback = true;
    w->guard.plain_http = true;
    snprintf(w->name[0], 64, "rebind.example:%d:10.0.0.7", w->canary_port);
    snprintf(w->name[1], 64, "good.example:%d:127.0.0.1", w->port);
    w->names[0] = w->name[0];
    w->names[1] = w->name[1];
    w->config = (struct http_client_config){
        .guard = &w->guard, .tenant_max = 8, .all_max = 12, .test_names = w->names};
    w->client = http_client_new(&w->loop, &w->config);
    *state = w;
    return 0;
}

static void on_walk(uv_handle_t *h, void *arg)
{
    (void)arg;
    if (uv_is_closing(h)) return;
    struct world *w = h->loop->data;
    if (h == (uv_handle_t *)&w->server || h == (uv_handle_t *)&w->canary) return uv_close(h, NULL);
    if (h->type == UV_TCP) end(h->data);
}

static int tear_down(void **state)
{
    struct world *w = *state;
    http_client_close(w->client);
    w->loop.data = w;
    uv_walk(&w->loop, on_walk, NULL);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&w->loop), 0); /* nothing leaked */
    mem_free(w);
    return 0;
}

static void test_answers(void **state)
{
    struct world *w = *state;
    call(w, "/ok", 0);
    assert_int_equal(w->got[0].code, ERR_OK);
    assert_int_equal(w->got[0].status, 200);
    assert_string_equal(w->got[0].body, "ok");
    assert_non_null(strstr(w->got[0].headers, "x-said: Hello\n"));
    call(w, "/echo", 0);
    assert_int_equal(w->got[0].status, 201);
    assert_string_equal(w->got[0].body, "{\"a\":1}");
}

static void test_hostile_receivers(void **state)
{
    struct world *w = *state;
    call(w, "/hang", 0);
    assert_int_equal(w->got[0].code, ERR_TIMEOUT);
    assert_true(w->got[0].ms < 2000);
    call(w, "/drip", 0);
    assert_int_equal(w->got[0].code, ERR_TIMEOUT);
    call(w, "/flood", 0);
    assert_int_equal(w->got[0].status, 200);
    assert_int_equal(w->got[0].cut, 1);
    assert_int_equal(w->got[0].body_len, 65536);
    call(w, "/endless", 0);
    assert_int_equal(w->got[0].code, ERR_LIMIT);
    call(w, "/false", 0);
    assert_int_equal(w->got[0].code, ERR_CLOSED);
    call(w, "/reset", 0);
    assert_int_equal(w->got[0].code, ERR_CLOSED);
    call(w, "/garbage", 0);
    assert_true(w->got[0].code != ERR_OK);
    assert_int_equal(http_client_active(w->client), 0);
}

static void test_redirects(void **state)
{
    struct world *w = *state;
    call(w, "/to-canary", 0); /* a webhook's: an answer like another */
    assert_int_equal(w->got[0].code, ERR_OK);
    assert_int_equal(w->got[0].status, 302);
    call(w, "/hop", 3);
    assert_int_equal(w->got[0].status, 200);
    assert_string_equal(w->got[0].body, "ok");
    call(w, "/to-canary", 3);
    assert_int_equal(w->got[0].code, ERR_DENIED);
    call(w, "/to-other", 3);
    assert_int_equal(w->got[0].code, ERR_DENIED);
    call(w, "/file", 3);
    assert_int_equal(w->got[0].code, ERR_DENIED);
    call(w, "/loop", 5);
    assert_int_equal(w->got[0].status, 302);
    assert_int_equal(w->canary_hits, 0);
}

/* A crawl: each hop is looked at like a first address. */
static void test_hops_lead_nowhere_inside(void **state)
{
    static const char *const inside[] = {
        "http://10.0.0.1/",
        "http://169.254.169.254/latest",
        "http://100.100.100.200/",
        "http://192.168.1.1/",
        "http://0.0.0.0/",
        "http://[::]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:a00:1::]/",
        "http://[2001:0:a00:1::1]/",
        "http://[fd00:ec2::254]/",
        "http://[fe80::1]/",
        "http://167772161/",
        "http://0x0a000001/",
        "http://01200000001/",
        "http://10.0.1/",
        "http://10.1/",
        "http://0xa9fea9fe/",
        "http://metadata.google.internal/",
        "http://printer.local/",
        "http://u:p@10.0.0.1/",
        "http://example.com@10.0.0.1/",
        "http://127.0.0.1%2f@10.0.0.1/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://10.0.0.1/",
        "//10.0.0.1/",
        "http://10.0.0.1.:80/",
        "http://rebind.example:%d/",
    };
    struct world *w = *state;
    char path[200];
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        size_t n = (size_t)snprintf(path, sizeof path, "/away?");
        const char *port = strstr(inside[i], "%d");
        if (port == NULL)
            snprintf(path + n, sizeof path - n, "%s", inside[i]);
        else
            snprintf(path + n, sizeof path - n, "%.*s%d/", (int)(port - inside[i]), inside[i],
                     w->canary_port);
        call(w, path, 3);
        if (w->got[0].code != ERR_DENIED && w->got[0].status != 302) fail_msg("%s is followed", inside[i]);
    }
    assert_int_equal(w->canary_hits, 0);
}

struct taking {
    struct world *w;
    int heads, status, calls, later;
    size_t bytes;
};

static void on_head(void *ctx, int status, const struct buf *headers)
{
    struct taking *k = ((struct world *)ctx)->taking;
    k->heads++;
    k->status = status;
    assert_non_null(memmem(headers->data, headers->len, "x-said: Hello\n", 14));
}

static enum out_taken on_data(void *ctx, const char *bytes, size_t len)
{
    struct taking *k = ((struct world *)ctx)->taking;
    (void)bytes;
    k->calls++;
    if (k->bytes > 100000 && k->later == 0) return k->later = 1, OUT_LATER;
    k->bytes += len;
    return k->bytes > 400000 ? OUT_STOP : OUT_TAKEN;
}

static void test_an_answer_that_is_taken_as_it_arrives(void **state)
{
    static const struct out_stream taker = {on_head, on_data};
    struct world *w = *state;
    struct taking k = {.w = w};
    struct transfer *t = NULL;
    const char *why;
    char url[100];
    w->taking = &k;
    snprintf(url, sizeof url, "http://127.0.0.1:%d/stream", w->port);
    struct out_request r = {.method = text("GET"),
                            .url = text(url),
                            .headers = text(""),
                            .body = text(""),
                            .key = text(""),
                            .timeout_ms = 5000,
                            .body_max = 1 << 20};
    w->done = 0;
    assert_int_equal(http_client_stream(w->client, 1, &r, &taker, on_done, w, 0, &t, &why), ERR_OK);
    while (k.later == 0) assert_true(uv_run(&w->loop, UV_RUN_ONCE) != 0);
    size_t held = k.bytes;
    int calls = k.calls;
    for (int i = 0; i < 50; i++) uv_run(&w->loop, UV_RUN_NOWAIT);
    assert_int_equal(k.calls, calls); /* the sender waits */
    assert_int_equal(k.bytes, held);
    k.later = 2;
    http_client_resume(t);
    run_until(w, 1);
    assert_int_equal(w->got[0].code, ERR_LIMIT); /* it was told to stop */
    assert_int_equal(k.heads, 1);
    assert_int_equal(k.status, 200);
    assert_true(k.bytes > 400000);
    k = (struct taking){.w = w, .later = 2};
    assert_int_equal(http_client_stream(w->client, 1, &r, &taker, on_done, w, 0, &t, &why), ERR_OK);
    while (k.heads == 0) assert_true(uv_run(&w->loop, UV_RUN_ONCE) != 0);
    w->done = 0;
    http_client_abort(t);
    for (int i = 0; i < 20; i++) uv_run(&w->loop, UV_RUN_NOWAIT);
    assert_int_equal(w->done, 0); /* nothing comes after it */
    assert_int_equal(http_client_active(w->client), 0);
}

static void test_the_connected_address_counts(void **state)
{
    struct world *w = *state;
    char url[100];
    snprintf(url, sizeof url, "http://good.example:%d/ok", w->port);
    w->done = 0;
    assert_int_equal(ask(w, 0, 1, url, 0, ""), ERR_OK);
    run_until(w, 1);
    assert_int_equal(w->got[0].status, 200);
    w->guard.loopback = false; /* the same name, resolved to an address that is now forbidden */
    w->guard.port[0] = (uint16_t)w->port;
    http_client_close(w->client);
    w->client = http_client_new(&w->loop, &w->config);
    int before = w->accepted;
    w->done = 0;
    assert_int_equal(ask(w, 0, 1, url, 0, ""), ERR_OK);
    run_until(w, 1);
    assert_int_equal(w->got[0].code, ERR_DENIED);
    assert_string_equal(w->got[0].error, "this address may not be called");
    assert_int_equal(w->accepted, before);
    assert_int_equal(ask(w, 0, 1, "http://169.254.169.254/latest", 0, ""), ERR_DENIED);
    assert_int_equal(ask(w, 0, 1, "http://u:p@good.example/", 0, ""), ERR_INVALID);
}

static void test_the_environment_has_no_say(void **state)
{
    struct world *w = *state;
    char proxy[64];
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", w->canary_port);
    setenv("http_proxy", proxy, 1);
    setenv("ALL_PROXY", proxy, 1);
    call(w, "/ok", 0);
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    assert_int_equal(w->got[0].status, 200);
    assert_int_equal(w->canary_hits, 0);
}

static void test_bounds(void **state)
{
    struct world *w = *state;
    char url[100];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/hang", w->port);
    w->done = 0;
    for (uint64_t i = 0; i < 4; i++) assert_int_equal(ask(w, i, 1, url, 0, "one"), ERR_OK);
    assert_int_equal(ask(w, 9, 1, url, 0, "one"), ERR_LIMIT); /* of this key */
    assert_int_equal(ask(w, 4, 2, url, 0, "one"), ERR_OK);    /* another tenant's */
    for (uint64_t i = 5; i < 9; i++) assert_int_equal(ask(w, i, 1, url, 0, "two"), ERR_OK);
    assert_int_equal(ask(w, 9, 1, url, 0, "three"), ERR_LIMIT); /* of the tenant */
    for (uint64_t i = 9; i < 12; i++) assert_int_equal(ask(w, i, 3, url, 0, ""), ERR_OK);
    assert_int_equal(ask(w, 12, 4, url, 0, ""), ERR_LIMIT); /* of all */
    run_until(w, 12);
    assert_int_equal(http_client_active(w->client), 0);
}

static void test_connections_stay_with_their_tenant(void **state)
{
    struct world *w = *state;
    int before = w->accepted;
    call(w, "/ok", 0);
    call(w, "/ok", 0);
    assert_int_equal(w->accepted, before + 1); /* used again */
    char url[100];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/ok", w->port);
    w->done = 0;
    assert_int_equal(ask(w, 0, 2, url, 0, ""), ERR_OK);
    run_until(w, 1);
    assert_int_equal(w->accepted, before + 2);
}

static void test_closing_with_requests_under_way(void **state)
{
    struct world *w = *state;
    char url[100];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/hang", w->port);
    for (uint64_t i = 0; i < 3; i++) assert_int_equal(ask(w, i, (int64_t)i, url, 0, ""), ERR_OK);
    uv_run(&w->loop, UV_RUN_NOWAIT);
}

#define WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD(test_answers),
        WORLD(test_hostile_receivers),
        WORLD(test_redirects),
        WORLD(test_hops_lead_nowhere_inside),
        WORLD(test_an_answer_that_is_taken_as_it_arrives),
        WORLD(test_the_connected_address_counts),
        WORLD(test_the_environment_has_no_say),
        WORLD(test_bounds),
        WORLD(test_connections_stay_with_their_tenant),
        WORLD(test_closing_with_requests_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
