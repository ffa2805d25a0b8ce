/* RFC 6455 framing: whole streams, each cut at every byte, and everything a
 * peer must not send. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "base/mem.h"
#include "net/handshake.h"
#include "net/text_check.h"
#include "net/websocket.h"

static const struct ws_limits small = {300, 1000, 3, true, true};

/* Writes what a reader says as text: "T5:hello C1000:bye !1002". */
static void log_event(struct buf *log, enum ws_result r, const struct ws_event *e)
{
    static const char names[] = "?TB?????CPO";
    if (r == WS_BROKEN) {
        buf_fmt(log, "!%u ", e->code);
        return;
    }
    buf_char(log, names[e->opcode]);
    if (e->opcode == WS_CLOSE) buf_fmt(log, "%u", e->code);
    buf_fmt(log, "%zu:", e->len);
    buf_add(log, e->data, e->len < 20 ? e->len : 20);
    buf_char(log, ' ');
}

/* A copy of its own size, so that a sanitizer sees every byte read past it. */
static enum ws_result feed(struct ws_partial **p, const struct ws_limits *limits, const char *bytes, size_t n,
                           struct buf *log)
{
    char *copy = mem_alloc(n != 0 ? n : 1), *at = copy;
    if (n != 0) memcpy(copy, bytes, n);
    enum ws_result r;
    do {
        struct ws_event e = {0};
        r = ws_next(p, limits, &at, &n, &e);
        if (r != WS_MORE) log_event(log, r, &e);
    } while (r == WS_MESSAGE);
    mem_free(copy);
    return r;
}

/* Cut in two at `cut`; piece != 0: then in pieces of that size. */
static void read_cut(const struct ws_limits *limits, const struct buf *bytes, size_t cut, size_t piece,
                     struct buf *log)
{
    struct ws_partial *p = NULL;
    buf_reset(log);
    enum ws_result r = feed(&p, limits, bytes->data, cut, log);
    for (size_t at = cut; r == WS_MORE && at < bytes->len;) {
        size_t n = piece != 0 && piece < bytes->len - at ? piece : bytes->len - at;
        r = feed(&p, limits, bytes->data + at, n, log);
        at += n;
    }
    ws_partial_free(p);
    buf_cstr(log);
}

static void frame(struct buf *out, unsigned first, const void *payload, size_t len)
{
    static const unsigned char mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    struct buf plain;
    buf_init(&plain);
    ws_write(&plain, WS_TEXT, payload, len);
    size_t head = plain.len - len;
    plain.data[0] = (char)first;
    plain.data[1] = (char)(plain.data[1] | (char)0x80);
    buf_add(out, plain.data, head);
    buf_add(out, mask, 4);
    for (size_t i = 0; i < len; i++) buf_char(out, (char)(((const char *)payload)[i] ^ (char)mask[i & 3]));
    buf_deinit(&plain);
}

static void rfc_examples(void **state)
{
    (void)state;
    static const char hello[] = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
    struct buf bytes, log;
    buf_init(&bytes), buf_init(&log);
    buf_add(&bytes, hello, sizeof hello - 1);
    read_cut(&small, &bytes, bytes.len, 0, &log);
    assert_string_equal(log.data, "T5:Hello ");
    buf_reset(&bytes);
    ws_write(&bytes, WS_TEXT, "Hello", 5);
    assert_memory_equal(bytes.data, "\x81\x05Hello", 7);
    char accept[HANDSHAKE_ACCEPT_LEN];
    handshake_accept("dGhlIHNhbXBsZSBub25jZQ==", accept);
    assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    buf_deinit(&bytes), buf_deinit(&log);
}

static void every_cut_reads_the_same(void **state)
{
    (void)state;
    char big[260];
    memset(big, 'x', sizeof big);
    struct buf bytes, whole, log;
    buf_init(&bytes), buf_init(&whole), buf_init(&log);
    frame(&bytes, 0x81, "Hello", 5);
    frame(&bytes, 0x82, "", 0);
    frame(&bytes, 0x82, big, sizeof big);
    frame(&bytes, 0x01, "Gr\xc3", 3); /* a character cut by a fragment */
    frame(&bytes, 0x89, "ping", 4);   /* between fragments */
    frame(&bytes, 0x00, "", 0);
    frame(&bytes, 0x80, "\xbc\xc3\x9f", 3);
    frame(&bytes, 0x8a, "", 0);
    frame(&bytes, 0x01, "", 0);
    frame(&bytes, 0x80, "", 0);
    frame(&bytes, 0x88,
          "\x03\xe8"
          "bye",
          5);
    read_cut(&small, &bytes, bytes.len, 0, &whole);
    assert_string_equal(whole.data,
                        "T5:Hello B0: B260:xxxxxxxxxxxxxxxxxxxx P4:ping T6:Gr\xc3\xbc\xc3\x9f O0: "
                        "T0: C10003:bye ");
    for (size_t cut = 0; cut <= bytes.len; cut++) {
        for (size_t piece = 0; piece <= 7; piece++) {
            read_cut(&small, &bytes, cut, piece, &log);
            assert_string_equal(log.data, whole.data);
        }
    }
    buf_deinit(&bytes), buf_deinit(&whole), buf_deinit(&log);
}

static void nothing_is_kept_between_messages(void **state)
{
    (void)state;
    struct ws_partial *p = NULL;
    struct buf bytes, log;
    buf_init(&bytes), buf_init(&log);
    frame(&bytes, 0x01, "a", 1);
    frame(&bytes, 0x89, "b", 1);
    frame(&bytes, 0x80, "c", 1);
    for (size_t i = 0; i < bytes.len; i++)
        assert_int_equal(feed(&p, &small, bytes.data + i, 1, &log), WS_MORE);
    assert_null(p);
    buf_deinit(&bytes), buf_deinit(&log);
}

/* Masks are zero here, so that payloads can be read. */
#define BAD(code, bytes) \
    { \
        code, bytes, sizeof bytes - 1 \
    }
#define M "\0\0\0\0"
static const struct {
    int code;
    const char *bytes;
    size_t len;
} bad[] = {
    /* reserved bits and opcodes */
    BAD(1002, "\xc1\x80" M),
    BAD(1002, "\xa1\x80" M),
    BAD(1002, "\x91\x80" M),
    BAD(1002, "\xf1\x80" M),
    BAD(1002, "\xc9\x80" M),
    BAD(1002, "\xa8\x80" M),
    BAD(1002, "\x83\x80" M),
    BAD(1002, "\x84\x80" M),
    BAD(1002, "\x85\x80" M),
    BAD(1002, "\x86\x80" M),
    BAD(1002, "\x87\x80" M),
    BAD(1002, "\x8b\x80" M),
    BAD(1002, "\x8c\x80" M),
    BAD(1002, "\x8d\x80" M),
    BAD(1002, "\x8e\x80" M),
    BAD(1002, "\x8f\x80" M),
    BAD(1002, "\x03\x80" M),
    BAD(1002, "\x0b\x80" M),
    /* masks */
    BAD(1002, "\x81\x05Hello"),
    BAD(1002, "\x82\x00"),
    BAD(1002, "\x89\x00"),
    BAD(1002, "\x88\x02\x03\xe8"),
    BAD(1002, "\x81\x7e\x00\x80"),
    BAD(1002, "\x81\x7f"),
    /* control frames */
    BAD(1002, "\x09\x80" M),
    BAD(1002, "\x08\x80" M),
    BAD(1002, "\x0a\x80" M),
    BAD(1002, "\x89\xfe\x00\x7e" M),
    BAD(1002, "\x88\xfe\x00\x02" M),
    BAD(1002, "\x8a\xff\0\0\0\0\0\0\0\1" M),
    BAD(1002, "\x89\xfe"),
    /* lengths */
    BAD(1002, "\x81\xfe\x00\x05" M),
    BAD(1002, "\x81\xfe\x00\x7d" M),
    BAD(1002, "\x81\xff\0\0\0\0\0\0\xff\xff" M),
    BAD(1002, "\x82\xff\0\0\0\0\0\0\0\5" M),
    BAD(1002, "\x82\xff\x80\0\0\0\0\0\0\0" M),
    BAD(1002, "\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff" M),
    BAD(1009, "\x82\xfe\x01\x2d" M),
    BAD(1009, "\x81\xff\0\0\0\0\0\1\0\0" M),
    BAD(1009, "\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff" M),
    BAD(1009, "\x02\x82" M "ab\x80\xfe\x01\x2b" M),
    BAD(1009, "\x01\xfe\x01\x2d" M),
    /* fragments */
    BAD(1002, "\x80\x80" M),
    BAD(1002, "\x00\x80" M),
    BAD(1002, "\x80\x81" M "a"),
    BAD(1002, "\x01\x81" M "a\x81\x81" M "b"),
    BAD(1002, "\x01\x81" M "a\x82\x81" M "b"),
    BAD(1002, "\x02\x81" M "a\x02\x81" M "b"),
    BAD(1008, "\x01\x80" M "\x00\x80" M "\x00\x80" M "\x80\x80" M),
    BAD(1002, "\x01\x81" M "a\x80\x81" M "b\x80\x81" M "c"),
    /* text */
    BAD(1007, "\x81\x81" M "\xff"),
    BAD(1007, "\x81\x81" M "\x80"),
    BAD(1007, "\x81\x82" M "\xc0\x80"),
    BAD(1007, "\x81\x83" M "\xed\xa0\x80"),
    BAD(1007, "\x81\x84" M "\xf4\x90\x80\x80"),
    BAD(1007, "\x81\x82" M "\xe2\x82"),
    BAD(1007, "\x81\x83" M "\xe0\x9f\xbf"),
    BAD(1007, "\x81\x83" M "ab\xf5"),
    BAD(1007, "\x01\x82" M "\xe2\x82\x80\x81" M "a"),
    BAD(1007, "\x01\x81" M "\xff"),
    BAD(1007, "\x01\x82" M "\xed\xa0"),
    BAD(1007, "\x01\x82" M "\xf4\x90"),
    BAD(1007, "\x01\x82" M "\xe2\x28"),
    BAD(1007, "\x01\x81" M "\xe2\x80\x80" M),
    BAD(1007, "\x81\x85" M "ab\xfe"),
    BAD(1007, "\x01\x85" M "\xc3\xc3"),
    /* close frames */
    BAD(1002, "\x88\x81" M "\x03"),
    BAD(1002, "\x88\x82" M "\0\0"),
    BAD(1002, "\x88\x82" M "\x03\xe7"),
    BAD(1002, "\x88\x82" M "\x03\xec"),
    BAD(1002, "\x88\x82" M "\x03\xed"),
    BAD(1002, "\x88\x82" M "\x03\xee"),
    BAD(1002, "\x88\x82" M "\x03\xf7"),
    BAD(1002, "\x88\x82" M "\x04\x4c"),
    BAD(1002, "\x88\x82" M "\x07\xd0"),
    BAD(1002, "\x88\x82" M "\x0b\xb7"),
    BAD(1002, "\x88\x82" M "\x13\x88"),
    BAD(1002, "\x88\x82" M "\xff\xff"),
    BAD(1007, "\x88\x83" M "\x03\xe8\xff"),
    BAD(1007, "\x88\x84" M "\x03\xe8\xc3\x28"),
};

static void broken_frames_break(void **state)
{
    (void)state;
    struct buf bytes, log;
    buf_init(&bytes), buf_init(&log);
    assert_true(sizeof bad / sizeof bad[0] >= 60);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char want[16];
        snprintf(want, sizeof want, "!%d ", bad[i].code);
        buf_reset(&bytes);
        buf_add(&bytes, bad[i].bytes, bad[i].len);
        for (size_t cut = 0; cut <= bytes.len; cut++) {
            read_cut(&small, &bytes, cut, 1, &log);
            const char *end = log.len >= strlen(want) ? log.data + log.len - strlen(want) : "too short";
            if (strcmp(end, want) != 0)
                fail_msg("case %zu cut %zu: wanted %s got %s", i, cut, want, log.data);
        }
    }
    buf_deinit(&bytes), buf_deinit(&log);
}

static void kinds_can_be_refused(void **state)
{
    (void)state;
    static const struct ws_limits binary_only = {100, 100, 1, false, true};
    struct buf bytes, log;
    buf_init(&bytes), buf_init(&log);
    frame(&bytes, 0x82, "a", 1);
    read_cut(&ws_limits_default, &bytes, bytes.len, 0, &log);
    assert_string_equal(log.data, "!1003 ");
    buf_reset(&bytes);
    frame(&bytes, 0x81, "a", 1);
    read_cut(&binary_only, &bytes, bytes.len, 0, &log);
    assert_string_equal(log.data, "!1003 ");
    buf_deinit(&bytes), buf_deinit(&log);
}

static void long_messages_use_long_heads(void **state)
{
    (void)state;
    static const size_t sizes[] = {125, 126, 65535, 65536, 1 << 20};
    struct buf bytes;
    buf_init(&bytes);
    for (size_t i = 0; i < 5; i++) {
        char *payload = mem_zalloc(sizes[i]);
        buf_reset(&bytes);
        frame(&bytes, 0x82, payload, sizes[i]);
        struct ws_partial *p = NULL;
        struct ws_event e;
        size_t first = bytes.len / 2, rest = bytes.len - first;
        char *at = bytes.data;
        assert_int_equal(ws_next(&p, &ws_limits_echo, &at, &first, &e), WS_MORE);
        at = bytes.data + bytes.len - rest;
        assert_int_equal(ws_next(&p, &ws_limits_echo, &at, &rest, &e), WS_MESSAGE);
        assert_int_equal(e.len, sizes[i]);
        assert_memory_equal(e.data, payload, sizes[i]);
        ws_partial_free(p);
        mem_free(payload);
    }
    buf_deinit(&bytes);
}

static void close_reasons_are_cut_between_characters(void **state)
{
    (void)state;
    char reason[200];
    memset(reason, 'a', sizeof reason);
    memcpy(reason + 122, "\xc3\xbc", 3);
    struct buf out;
    buf_init(&out);
    ws_write_close(&out, 1001, reason);
    assert_int_equal(out.len, 2 + 2 + 122);
    buf_reset(&out);
    ws_write_close(&out, 1005, NULL);
    assert_memory_equal(out.data, "\x88\x00", 2);
    buf_deinit(&out);
}

static void text_is_judged_by_its_prefix(void **state)
{
    (void)state;
    static const char euro[] = "\xe2\x82\xac";
    size_t checked = 0;
    assert_true(text_check(euro, 1, &checked, false));
    assert_true(text_check(euro, 2, &checked, false));
    assert_int_equal(checked, 0);
    assert_true(text_check(euro, 3, &checked, true));
    assert_int_equal(checked, 3);
    checked = 0;
    assert_false(text_check(euro, 2, &checked, true));
    assert_false(text_check("\xf0\x8f", 2, &checked, false));
    assert_false(text_check("\xbf", 1, &checked, false));
    assert_true(text_check("\xf4\x8f\xbf", 3, &checked, false));
}

static void keys_are_checked(void **state)
{
    (void)state;
    assert_true(handshake_key_valid("dGhlIHNhbXBsZSBub25jZQ=="));
    assert_false(handshake_key_valid(""));
    assert_false(handshake_key_valid("dGhlIHNhbXBsZSBub25jZQ="));
    assert_false(handshake_key_valid("dGhlIHNhbXBsZSBub25jZQ==="));
    assert_false(handshake_key_valid("dGhlIHNhbXBsZSBub25j!Q=="));
    assert_false(handshake_key_valid("dGhlIHNhbXBsZSBub25jZQAA"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_examples),
        cmocka_unit_test(every_cut_reads_the_same),
        cmocka_unit_test(nothing_is_kept_between_messages),
        cmocka_unit_test(broken_frames_break),
        cmocka_unit_test(kinds_can_be_refused),
        cmocka_unit_test(long_messages_use_long_heads),
        cmocka_unit_test(close_reasons_are_cut_between_characters),
        cmocka_unit_test(text_is_judged_by_its_prefix),
        cmocka_unit_test(keys_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
