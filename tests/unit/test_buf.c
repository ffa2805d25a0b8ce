#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "base/buf.h"
#include "base/utf8.h"

static void grows_and_keeps_bytes(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b);
    for (int i = 0; i < 1000; i++) buf_fmt(&b, "%03d", i);
    assert_int_equal(b.len, 3000);
    assert_memory_equal(b.data + 2997, "999", 3);
    buf_drop(&b, 2997);
    assert_string_equal(buf_cstr(&b), "999");
    buf_deinit(&b);
}

static void json_quotes_and_mends_utf8(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b);
    buf_json(&b, "a\"\\\n\xc3\xa9\xff", 7);
    assert_string_equal(buf_cstr(&b), "\"a\\\"\\\\\\u000a\xc3\xa9\xef\xbf\xbd\"");
    buf_deinit(&b);
}

static void utf8_refuses_what_rfc3629_refuses(void **state)
{
    (void)state;
    assert_true(utf8_valid("plain ascii, over eight bytes \xe2\x82\xac", 33));
    assert_false(utf8_valid("\xc0\x80", 2));          /* overlong */
    assert_false(utf8_valid("\xed\xa0\x80", 3));      /* surrogate */
    assert_false(utf8_valid("\xf4\x90\x80\x80", 4));  /* past U+10FFFF */
    assert_false(utf8_valid("12345678\xe2\x82", 10)); /* cut */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_keeps_bytes),
        cmocka_unit_test(json_quotes_and_mends_utf8),
        cmocka_unit_test(utf8_refuses_what_rfc3629_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
