/* Files and routes over a real connection, and the small writers beside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "net/problem.h"
#include "net/sse.h"
#include "net/static_file.h"
#include "net_kit.h"

static const struct http_header csp[] = {{"Content-Security-Policy", "default-src 'self'"}};
static const struct static_file files[] = {
    {.path = "/w.js",
     .type = "text/javascript",
     .plain = {"plain", 5},
     .gzip = {"gz", 2},
     .brotli = {"b", 1},
     .cache = "max-age=60"},
    {.path = "/chat/*", .type = "text/html", .plain = {"page", 4}, .headers = csp, .header_count = 1},
    {.path = "/chat/deep/*", .type = "text/html", .plain = {"deep", 4}},
};

static void route(void *ctx, struct conn *c, const struct http_request *r)
{
    (void)ctx;
    conn_respond(c, 200, NULL, 0, r->path, strlen(r->path));
}
static const struct net_route routes[] = {{"/healthz", route}, {"/admin/*", route}};

static struct net_kit kit;
static struct buf got;

static int setup(void **state)
{
    (void)state;
    net_kit_init(&kit);
    kit.config.files = files;
    kit.config.file_count = 3;
    kit.config.routes = routes;
    kit.config.route_count = 2;
    net_kit_open(&kit);
    buf_init(&got);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net_kit_close(&kit);
    buf_deinit(&got);
    return 0;
}

static const char *ask(const char *request)
{
    int fd = net_kit_connect(&kit);
    struct buf text;
    buf_init(&text);
    buf_reset(&got);
    buf_fmt(&text, "%s\r\nHost: kit\r\nConnection: close\r\n\r\n", request);
    net_kit_write(&kit, fd, text.data, text.len);
    assert_true(net_kit_read(&kit, fd, &got, NULL));
    buf_deinit(&text);
    close(fd);
    return got.data;
}

static void assert_ends(const char *text, const char *end)
{
    assert_true(strlen(text) >= strlen(end));
    assert_string_equal(text + strlen(text) - strlen(end), end);
}

static void the_best_coding_is_chosen(void **state)
{
    (void)state;
    assert_ends(ask("GET /w.js HTTP/1.1"), "\r\n\r\nplain");
    assert_non_null(strstr(got.data, "Cache-Control: max-age=60\r\n"));
    assert_non_null(strstr(got.data, "Vary: Accept-Encoding\r\n"));
    assert_null(strstr(got.data, "Content-Encoding"));
    assert_ends(ask("GET /w.js HTTP/1.1\r\nAccept-Encoding: gzip, deflate, br"), "\r\n\r\nb");
    assert_non_null(strstr(got.data, "Content-Encoding: br\r\n"));
    assert_ends(ask("GET /w.js HTTP/1.1\r\nAccept-Encoding: gzip"), "\r\n\r\ngz");
    assert_ends(ask("GET /w.js HTTP/1.1\r\nAccept-Encoding: br;q=0, gzip;q=0.5"), "\r\n\r\ngz");
    assert_ends(ask("GET /w.js HTTP/1.1\r\nAccept-Encoding: brx, gzip;q=0.000"), "\r\n\r\nplain");
    assert_ends(ask("HEAD /w.js HTTP/1.1"), "\r\n\r\n");
    assert_non_null(strstr(got.data, "Content-Length: 5\r\n"));
}

static void what_is_known_is_not_sent_again(void **state)
{
    (void)state;
    char request[200];
    const char *etag = strstr(ask("GET /w.js HTTP/1.1"), "ETag: ") + 6;
    snprintf(request, sizeof request, "GET /w.js HTTP/1.1\r\nIf-None-Match: \"x\", %.20s", etag);
    assert_memory_equal(ask(request), "HTTP/1.1 304 Not Modified\r\n", 27);
    assert_ends(got.data, "\r\n\r\n");
    assert_null(strstr(got.data, "Content-Length"));
    assert_memory_equal(ask("GET /w.js HTTP/1.1\r\nIf-None-Match: \"x\""), "HTTP/1.1 200", 12);
}

static void prefixes_and_headers(void **state)
{
    (void)state;
    assert_ends(ask("GET /chat/pk_demo?x=1 HTTP/1.1"), "page");
    assert_non_null(strstr(got.data, "Content-Security-Policy: default-src 'self'\r\n"));
    assert_non_null(strstr(got.data, "Cache-Control: no-cache\r\n"));
    assert_ends(ask("GET /chat/deep/er HTTP/1.1"), "deep");
    assert_memory_equal(ask("GET /chat HTTP/1.1"), "HTTP/1.1 404", 12);
    assert_memory_equal(ask("POST /w.js HTTP/1.1"), "HTTP/1.1 405", 12);
    assert_non_null(strstr(got.data, "Allow: GET, HEAD\r\n"));
}

static void routes_come_before_the_owner(void **state)
{
    (void)state;
    assert_ends(ask("GET /healthz HTTP/1.1"), "\r\n\r\n/healthz");
    assert_ends(ask("GET /admin/x HTTP/1.1"), "\r\n\r\n/admin/x");
    assert_int_equal(kit.log.len, 0);
    assert_ends(ask("GET /hello HTTP/1.1"), "hi");
}

static void problems_are_json(void **state)
{
    (void)state;
    buf_reset(&got);
    problem_write(&got, 422, "bad_field", "a \"quoted\" one");
    assert_string_equal(buf_cstr(&got),
                        "{\"type\":\"about:blank\",\"title\":\"Unprocessable Content\",\"status\":422,"
                        "\"code\":\"bad_field\",\"detail\":\"a \\\"quoted\\\" one\"}");
    buf_reset(&got);
    problem_write(&got, 404, NULL, NULL);
    assert_non_null(strstr(buf_cstr(&got), "\"code\":\"not_found\"}"));
}

static void events_keep_their_lines(void **state)
{
    (void)state;
    buf_reset(&got);
    sse_event(&got, "7", "a\rb\n\nc\r\n", 8);
    assert_string_equal(buf_cstr(&got), "id: 7\ndata: a\ndata: b\ndata: \ndata: c\ndata: \n\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_best_coding_is_chosen), TEST(what_is_known_is_not_sent_again),
        TEST(prefixes_and_headers),      TEST(routes_come_before_the_owner),
        TEST(problems_are_json),         TEST(events_keep_their_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
