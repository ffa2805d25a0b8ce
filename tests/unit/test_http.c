/* Requests as raw bytes: what is refused and with which status, what is taken
 * and how it reads; each also cut at every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "base/buf.h"
#include "base/mem.h"
#include "net/http.h"

#define H "Host: a.example\r\n"
#define GET "GET / HTTP/1.1\r\n"
#define POST "POST / HTTP/1.1\r\n" H
#define WS "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define V13 "Sec-WebSocket-Version: 13\r\n"
#define E "\r\n"
#define CASE(status, bytes) \
    { \
        status, bytes, sizeof bytes - 1 \
    }

static const struct {
    int status;
    const char *bytes;
    size_t len;
} refused[] = {
    /* request line */
    CASE(505, "GET /\r\n\r\n"),
    CASE(505, "GET / HTTP/0.9\r\n" H E),
    CASE(505, "GET / HTTP/2.0\r\n" H E),
    CASE(400, "GET / HTTP/1.2\r\n" H E),
    CASE(400, "GET / HTTP/3.0\r\n" H E),
    CASE(400, "GET / HTTP/11\r\n" H E),
    CASE(400, "GET / HTTP/1.10\r\n" H E),
    CASE(400, "GET / http/1.1\r\n" H E),
    CASE(400, "GET / HTTP/1.1 \r\n" H E),
    CASE(400, "GET /a b HTTP/1.1\r\n" H E),
    CASE(400, " GET / HTTP/1.1\r\n" H E),
    CASE(400, "get / HTTP/1.1\r\n" H E),
    CASE(400, "BREW / HTTP/1.1\r\n" H E),
    CASE(501, "TRACE / HTTP/1.1\r\n" H E),
    CASE(501, "LINK / HTTP/1.1\r\n" H E),
    CASE(501, "CONNECT a.example:443 HTTP/1.1\r\n" H E),
    CASE(400, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    CASE(400, "GET / HTTP/1.1\n" H E),
    CASE(400, "GET\t/\tHTTP/1.1\r\n" H E),
    CASE(400, "GET  HTTP/1.1\r\n" H E),
    CASE(400, "GET / HTTP/1.1\r\r\n" H E),
    CASE(400, "\r\n\r\n\r\nGET / HTTP/1.1\r\n" H E),
    CASE(400, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    CASE(400, ":GET / HTTP/1.1\r\n" H E),
    /* target */
    CASE(400, "GET a HTTP/1.1\r\n" H E),
    CASE(400, "GET /\x80 HTTP/1.1\r\n" H E),
    CASE(400, "GET /%zz HTTP/1.1\r\n" H E),
    CASE(400, "GET /%0 HTTP/1.1\r\n" H E),
    CASE(400, "GET /%00 HTTP/1.1\r\n" H E),
    CASE(400, "GET /#a HTTP/1.1\r\n" H E),
    CASE(400, "GET /a\\b HTTP/1.1\r\n" H E),
    CASE(400, "GET /\x7f HTTP/1.1\r\n" H E),
    CASE(400, "GET * HTTP/1.1\r\n" H E),
    CASE(400, "GET http://b.example/ HTTP/1.1\r\n" H E),
    CASE(400, "GET http://u@a.example/ HTTP/1.1\r\n" H E),
    CASE(400, "GET ftp://a.example/ HTTP/1.1\r\n" H E),
    CASE(400, "GET //a\0b HTTP/1.1\r\n" H E),
    /* headers */
    CASE(400, GET "Host : a.example\r\n" E),
    CASE(400, GET "Host\t: a.example\r\n" E),
    CASE(400, GET H "X-A: b\r\n c\r\n" E),
    CASE(400, GET H "X-A: b\r\n\tc\r\n" E),
    CASE(400, GET " " H E),
    CASE(400, GET H "nonsense\r\n" E),
    CASE(400, GET H ": b\r\n" E),
    CASE(400, GET H "X A: b\r\n" E),
    CASE(400, GET H "X-A: b\0c\r\n" E),
    CASE(400, GET H "X-A: b\rc\r\n" E),
    CASE(400, GET H "X-A: b\n" E),
    CASE(400, GET H "X-A: \x01\r\n" E),
    CASE(400, GET H "X-A: \x7f\r\n" E),
    CASE(400, GET H "X(A: b\r\n" E),
    CASE(400, GET H "X\xc3\xbc: b\r\n" E),
    CASE(400, GET H "X-A: b\r\n\n"),
    CASE(400, GET H "\rX-A: b\r\n" E),
    /* Host */
    CASE(400, GET E),
    CASE(400, GET H H E),
    CASE(400, GET H "host: b.example\r\n" E),
    CASE(400, GET "Host:\r\n" E),
    CASE(400, GET "Host: \r\n" E),
    CASE(400, GET "Host: a b\r\n" E),
    CASE(400, GET "Host: u@a.example\r\n" E),
    CASE(400, GET "Host: u:p@a.example\r\n" E),
    CASE(400, GET "Host: a/b\r\n" E),
    CASE(400, GET "Host: a,b\r\n" E),
    CASE(400, GET "Host: a%2eb\r\n" E),
    CASE(400, GET "Host: a:\r\n" E),
    CASE(400, GET "Host: a:0\r\n" E),
    CASE(400, GET "Host: a:65536\r\n" E),
    CASE(400, GET "Host: a:1x\r\n" E),
    CASE(400, GET "Host: [::1\r\n" E),
    CASE(400, GET "Host: [g]\r\n" E),
    CASE(400, GET "Host: ::1\r\n" E),
    CASE(400, GET "Host: .a\r\n" E),
    CASE(400, GET "Host: a\xc3\xbc\r\n" E),
    CASE(400, GET "Host: http://a\r\n" E),
    CASE(400, GET "Host: a?b\r\n" E),
    CASE(400, "GET / HTTP/1.0\r\n" H H E),
    CASE(400, "GET / HTTP/1.0\r\nHost: @\r\n" E),
    /* body */
    CASE(400, POST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n" E "0\r\n\r\n"),
    CASE(400, POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n" E "0\r\n\r\n"),
    CASE(400, POST "Content-Length: 1\r\nContent-Length: 2\r\n" E "ab"),
    CASE(400, POST "Content-Length: 1\r\nContent-Length: 1\r\n" E "a"),
    CASE(400, POST "Content-Length: 1, 1\r\n" E "a"),
    CASE(400, POST "Content-Length: -1\r\n" E),
    CASE(400, POST "Content-Length: +1\r\n" E "a"),
    CASE(400, POST "Content-Length: 0x1\r\n" E "a"),
    CASE(400, POST "Content-Length:\r\n" E),
    CASE(400, POST "Content-Length: 1 1\r\n" E "a"),
    CASE(400, POST "Content-Length: 99999999999999999999\r\n" E),
    CASE(413, POST "Content-Length: 1048577\r\n" E),
    CASE(413, POST "Content-Length: 18446744073709551615\r\n" E),
    CASE(501, POST "Transfer-Encoding: xchunked\r\n" E),
    CASE(400, POST "Transfer-Encoding: chunked, gzip\r\n" E),
    CASE(501, POST "Transfer-Encoding: gzip, chunked\r\n" E),
    CASE(501, POST "Transfer-Encoding: identity\r\n" E),
    CASE(400, POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" E),
    CASE(400, "POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n" E "0\r\n\r\n"),
    CASE(400, POST "Transfer-Encoding: chunked\r\n" E "zz\r\n"),
    CASE(400, POST "Transfer-Encoding: chunked\r\n" E "-1\r\n"),
    CASE(400, POST "Transfer-Encoding: chunked\r\n" E "1\r\nab\r\n0\r\n\r\n"),
    CASE(400, POST "Transfer-Encoding: chunked\r\n" E "1\nab"),
    CASE(400, POST "Transfer-Encoding: chunked\r\n" E "0x1\r\na\r\n"),
    CASE(400, POST "Transfer-Encoding: chunked\r\n" E "\r\n"),
    CASE(413, POST "Transfer-Encoding: chunked\r\n" E "100001\r\n"),
    CASE(400, POST "Transfer-Encoding: chunked\r\n" E "fffffffffffffffff\r\n"),
    CASE(417, POST "Expect: miracles\r\nContent-Length: 1\r\n" E),
    /* WebSocket */
    CASE(400, "GET / HTTP/1.0\r\n" H WS KEY V13 E),
    CASE(426, GET H WS KEY "Sec-WebSocket-Version: 8\r\n" E),
    CASE(426, GET H WS KEY E),
    CASE(426, GET H WS KEY "Sec-WebSocket-Version: 13, 8\r\n" E),
    CASE(426, GET H WS KEY V13 V13 E),
    CASE(400, GET H WS V13 E),
    CASE(400, GET H WS V13 "Sec-WebSocket-Key: short\r\n" E),
    CASE(400, GET H WS V13 KEY KEY E),
    CASE(400, GET H "Upgrade: websocket\r\n" KEY V13 E),
    CASE(400, POST WS KEY V13 E),
    CASE(400, GET H WS KEY V13 "Content-Length: 1\r\n" E "a"),
};

/* Feeds in two pieces (and the second byte by byte when slow). */
static enum http_result read_cut(struct http *h, const char *bytes, size_t len, size_t cut, bool slow,
                                 size_t *used)
{
    *used = 0;
    enum http_result r = HTTP_MORE;
    for (size_t at = 0; at < len && r == HTTP_MORE;) {
        size_t n = at < cut ? cut - at : slow ? 1 : len - at, took = 0;
        char *copy = mem_dup(bytes + at, n); /* a sanitizer sees what is read past it */
        r = http_feed(h, copy, n, &took);
        mem_free(copy);
        if (r == HTTP_MORE) assert_int_equal(took, n);
        at += n;
        *used += took;
    }
    return r;
}

static void malformed_requests_are_refused(void **state)
{
    (void)state;
    size_t count = sizeof refused / sizeof refused[0], used;
    assert_true(count >= 60);
    for (size_t i = 0; i < count; i++) {
        for (size_t cut = 0; cut <= refused[i].len; cut += cut < 200 ? 1 : 50) {
            struct http *h = http_new(NULL);
            enum http_result r = read_cut(h, refused[i].bytes, refused[i].len, cut, cut % 2 == 0, &used);
            if (r != HTTP_REFUSED || http_why(h).status != refused[i].status || http_why(h).reason == NULL)
                fail_msg("%s\ncut %zu: result %d, status %d (%s), wanted %d", refused[i].bytes, cut, r,
                         http_why(h).status, http_why(h).reason, refused[i].status);
            http_free(h);
        }
    }
}

static const struct {
    const char *bytes;
    const char *want; /* method path query body upgrade keep-alive */
} taken[] = {
    {GET H E, "GET / '' '' 0 1"},
    {"\r\n" GET H E, "GET / '' '' 0 1"},
    {"GET /a/%20?x=1&y=?z HTTP/1.1\r\n" H E, "GET /a/%20 'x=1&y=?z' '' 0 1"},
    {"GET http://A.example/b HTTP/1.1\r\n" H E, "GET /b '' '' 0 1"},
    {"OPTIONS * HTTP/1.1\r\n" H E, "OPTIONS * '' '' 0 1"},
    {"GET / HTTP/1.0\r\n\r\n", "GET / '' '' 0 0"},
    {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET / '' '' 0 1"},
    {GET H "Connection: close\r\n" E, "GET / '' '' 0 0"},
    {GET "Host: [2001:db8::1]:8080\r\n" E, "GET / '' '' 0 1"},
    {GET "Host:127.0.0.1:80   \r\n" E, "GET / '' '' 0 1"},
    {GET H "X-Empty:\r\nX-Tab:\ta\tb\t\r\nX-Obs: \xc3\xbc\r\n" E, "GET / '' '' 0 1"},
    {POST "Content-Length: 5\r\n" E "hello", "POST / '' 'hello' 0 1"},
    {POST "Content-Length: 0\r\n" E, "POST / '' '' 0 1"},
    {POST "Transfer-Encoding: Chunked\r\n" E "2\r\nhe\r\n3;x=\"y\"\r\nllo\r\n0\r\nX-Trailer: 1\r\n\r\n",
     "POST / '' 'hello' 0 1"},
    {POST "Expect: 100-Continue\r\nContent-Length: 1\r\n" E "a", "POST / '' 'a' 0 1"},
    {GET H WS KEY V13 E, "GET / '' '' 1 1"},
    {GET H "Upgrade: foo, WebSocket\r\nConnection: keep-alive, upgrade\r\n" KEY V13 E, "GET / '' '' 1 1"},
    {GET H "Upgrade: h2c\r\nConnection: Upgrade\r\n" E, "GET / '' '' 0 1"},
    {POST "Upgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 2\r\n" E "hi", "POST / '' 'hi' 0 1"},
};

static void correct_requests_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        struct buf two, got;
        buf_init(&two), buf_init(&got);
        buf_str(&two, taken[i].bytes);
        size_t len = two.len, used;
        buf_str(&two, "GET /next HTTP/1.1\r\n");
        for (size_t cut = 0; cut <= two.len; cut++) {
            struct http *h = http_new(NULL);
            enum http_result result = read_cut(h, two.data, two.len, cut, cut % 2 == 0, &used);
            if (result != HTTP_READY) fail_msg("%s\ncut %zu: %s", taken[i].bytes, cut, http_why(h).reason);
            assert_int_equal(used, len); /* the next request is untouched */
            const struct http_request *r = http_request(h);
            buf_reset(&got);
            buf_fmt(&got, "%s %s '%s' '%s' %d %d", r->method, r->path, r->query, r->body, r->is_upgrade,
                    r->keep_alive);
            assert_string_equal(buf_cstr(&got), taken[i].want);
            http_free(h);
        }
        buf_deinit(&two), buf_deinit(&got);
    }
}

static void headers_are_found(void **state)
{
    (void)state;
    static const char bytes[] = GET H "X-Empty:\r\nX-ONE:  a b \r\nx-list: a, b\r\nX-List: C\r\n" E;
    struct http *h = http_new(NULL);
    size_t used;
    assert_int_equal(http_feed(h, bytes, sizeof bytes - 1, &used), HTTP_READY);
    const struct http_request *r = http_request(h);
    assert_int_equal(r->header_count, 5);
    assert_string_equal(http_header(r, "x-empty"), "");
    assert_string_equal(http_header(r, "x-one"), "a b");
    assert_null(http_header(r, "x-two"));
    assert_true(http_has_token(r, "x-list", "B"));
    assert_true(http_has_token(r, "x-list", "c"));
    assert_false(http_has_token(r, "x-list", "a, b"));
    assert_false(http_has_token(r, "x-empty", "a"));
    http_free(h);
}

static int status_of(const struct buf *b)
{
    struct http *h = http_new(NULL);
    size_t used;
    enum http_result r = http_feed(h, b->data, b->len, &used);
    int status = r == HTTP_REFUSED ? http_why(h).status : r == HTTP_READY ? 200 : 0;
    http_free(h);
    return status;
}

static void sizes_are_bounded(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b);
    for (size_t url = HTTP_MAX_URL - 1; url <= HTTP_MAX_URL + 1; url++) {
        buf_reset(&b);
        buf_fmt(&b, "GET /%0*d HTTP/1.1\r\n" H E, (int)url - 1, 0);
        assert_int_equal(status_of(&b), url <= HTTP_MAX_URL ? 200 : 414);
    }
    for (unsigned headers = HTTP_MAX_HEADERS - 1; headers <= HTTP_MAX_HEADERS + 1; headers++) {
        buf_reset(&b);
        buf_str(&b, GET H);
        for (unsigned i = 1; i < headers; i++) buf_str(&b, "X-A: b\r\n");
        buf_str(&b, E);
        assert_int_equal(status_of(&b), headers <= HTTP_MAX_HEADERS ? 200 : 431);
    }
    for (int more = -1; more <= 1; more++) {
        buf_reset(&b);
        buf_str(&b, GET H "X-A: ");
        buf_fmt(&b, "%0*d\r\n\r\n", (int)(HTTP_MAX_HEAD - b.len - 4) + more, 0);
        assert_int_equal(b.len, HTTP_MAX_HEAD + (unsigned)more);
        assert_int_equal(status_of(&b), more <= 0 ? 200 : 431);
    }
    buf_deinit(&b);
}

static void chunks_are_bounded(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b);
    buf_str(&b, POST "Transfer-Encoding: chunked\r\n" E "1;");
    for (int i = 0; i < 20000; i++) buf_char(&b, 'x');
    assert_int_equal(status_of(&b), 413);
    buf_reset(&b);
    buf_str(&b, POST "Transfer-Encoding: chunked\r\n" E);
    for (int i = 0; i < 5000; i++) buf_str(&b, "1\r\na\r\n"); /* legal, if silly */
    buf_str(&b, "0\r\n\r\n");
    assert_int_equal(status_of(&b), 200);
    buf_deinit(&b);
}

static void continue_is_wanted_once(void **state)
{
    (void)state;
    static const char bytes[] = POST "Expect: 100-continue\r\nContent-Length: 1\r\n" E;
    struct http *h = http_new(NULL);
    size_t used;
    assert_int_equal(http_feed(h, bytes, sizeof bytes - 1, &used), HTTP_MORE);
    assert_true(http_head_done(h));
    assert_true(http_wants_continue(h));
    assert_false(http_wants_continue(h));
    http_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_requests_are_refused),
        cmocka_unit_test(correct_requests_are_read),
        cmocka_unit_test(headers_are_found),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(chunks_are_bounded),
        cmocka_unit_test(continue_is_wanted_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
