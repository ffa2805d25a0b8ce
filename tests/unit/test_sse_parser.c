#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "out/sse_parser.h"

static void on_event(void *ctx, const char *type, size_t type_len, const char *data, size_t data_len)
{
    struct buf *out = ctx;
    buf_char(out, '[');
    buf_add(out, type, type_len);
    buf_char(out, '|');
    buf_add(out, data, data_len);
    buf_char(out, ']');
}

/* What the stream says when it comes in pieces of `step` bytes. */
static void check(const char *stream, size_t len, const char *wanted)
{
    for (size_t step = 1; step <= len + 1; step++) {
        struct buf out;
        struct sse_parser p;
        buf_init(&out);
        sse_parser_init(&p, on_event, &out);
        for (size_t at = 0; at < len; at += step)
            assert_int_equal(sse_parser_feed(&p, stream + at, len - at < step ? len - at : step), ERR_OK);
        assert_int_equal(sse_parser_end(&p), ERR_OK);
        assert_string_equal(buf_cstr(&out), wanted);
        sse_parser_deinit(&p);
        buf_deinit(&out);
    }
}

#define CHECK(stream, wanted) check(stream, sizeof(stream) - 1, wanted)

static void test_streams_of_all_kinds(void **state)
{
    (void)state;
    CHECK("data: a\n\ndata: b\n\n", "[|a][|b]");
    CHECK("data: a\r\n\r\ndata: b\r\n\r\n", "[|a][|b]");
    CHECK("data: a\r\rdata: b\r\r", "[|a][|b]");
    CHECK(": keep-alive\n\ndata:a\n: more\ndata: b\n\n", "[|a\nb]");
    CHECK("event: delta\ndata: {\"x\":1}\nid: 7\nretry: 10\n\ndata: y\n\n", "[delta|{\"x\":1}][|y]");
    CHECK("\xef\xbb\xbf"
          "data: bom\n\n",
          "[|bom]");
    CHECK("data\n\ndata:\n\ndata:  two\n\n", "[|][|][| two]");
    CHECK("event: nothing\n\n\n\n", "");
    CHECK("data: [DONE]", "[|[DONE]]"); /* no line end */
    CHECK("data: last\n", "[|last]");   /* no blank line */
    CHECK("nonsense\n\nfoo: bar\ndatax: 1\n\n", "");
    CHECK("data: caf\xc3\xa9\n\n", "[|caf\xc3\xa9]");
}

static void test_an_event_has_a_bound(void **state)
{
    (void)state;
    struct buf out;
    struct sse_parser p;
    char block[4096];
    memset(block, 'x', sizeof block);
    buf_init(&out);
    sse_parser_init(&p, on_event, &out);
    int err = sse_parser_feed(&p, "data: ", 6);
    for (int i = 0; err == ERR_OK && i < 100; i++) err = sse_parser_feed(&p, block, sizeof block);
    assert_int_equal(err, ERR_LIMIT);
    assert_true(p.line.len <= SSE_EVENT_MAX);
    assert_int_equal(sse_parser_feed(&p, "\n\n", 2), ERR_LIMIT);
    assert_int_equal(sse_parser_end(&p), ERR_LIMIT);
    sse_parser_deinit(&p);
    sse_parser_init(&p, on_event, &out); /* many short lines of one event */
    err = ERR_OK;
    for (int i = 0; err == ERR_OK && i < 100000; i++) err = sse_parser_feed(&p, "data: abcdefgh\n", 15);
    assert_int_equal(err, ERR_LIMIT);
    assert_int_equal(out.len, 0);
    sse_parser_deinit(&p);
    buf_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_streams_of_all_kinds),
                                       cmocka_unit_test(test_an_event_has_a_bound)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
