#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "vm/json_check.h"

static const char *fault(const char *text)
{
    struct json_facts facts;
    return json_check(text, strlen(text), 32, &facts, NULL, NULL) ? NULL : facts.why;
}

static void takes_what_rfc_8259_takes(void **state)
{
    (void)state;
    const char *good[] = {"{}",
                          "[]",
                          " [ 1 , 2.5e-3 , -0 ] ",
                          "\"\\u00e9\\ud83d\\ude00\"",
                          "{\"a\":{\"b\":[true,false,null]}}",
                          "0",
                          "-12.5E+10",
                          "\"\xc3\xa9\"",
                          "\"\\/\\b\\f\\n\\r\\t\\\\\""};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_null(fault(good[i]));
}

static void refuses_what_it_does_not(void **state)
{
    (void)state;
    const char *bad[] = {"",
                         " ",
                         "{",
                         "[1,]",
                         "{\"a\":1,}",
                         "{a:1}",
                         "{'a':1}",
                         "[1 2]",
                         "01",
                         "1.",
                         "1e",
                         "+1",
                         ".5",
                         "nul",
                         "\"\\x\"",
                         "\"\\ud800\"",
                         "\"\\udc00\\ud800\"",
                         "\"\xff\"",
                         "\"\xc0\x80\"",
                         "\"a\nb\"",
                         "\"open",
                         "{} {}",
                         "[1]]",
                         "tru",
                         "NaN",
                         "Infinity",
                         "[\"\\u12g4\"]",
                         "{\"a\"}",
                         "{\"a\":}",
                         "\xef\xbb\xbf{}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_non_null(fault(bad[i]));
}

static void depth_is_bounded(void **state)
{
    (void)state;
    char deep[200];
    memset(deep, '[', 100), memset(deep + 100, ']', 100);
    struct json_facts facts;
    assert_true(json_check(deep, 200, 100, &facts, NULL, NULL));
    assert_false(json_check(deep, 200, 99, &facts, NULL, NULL));
    assert_string_equal(facts.why, "nested too deep");
}

static void marks_what_the_decoder_would_lose(void **state)
{
    (void)state;
    const char text[] = "{\"a\":[],\"n\":9007199254740993,\"m\":-9223372036854775807,\"s\":9007199254740992}";
    struct json_facts facts;
    struct buf out;
    buf_init(&out);
    assert_true(json_check(text, sizeof text - 1, 32, &facts, &out, "M"));
    assert_string_equal(
        buf_cstr(&out),
        "{\"a\":[\"M\"],\"n\":\"M9007199254740993\",\"m\":\"M-9223372036854775807\",\"s\":9007199254740992}");
    assert_int_equal(facts.members, 4);
    assert_int_equal(facts.empty_arrays, 1);
    assert_int_equal(facts.wide_integers, 2);
    buf_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_rfc_8259_takes),
        cmocka_unit_test(refuses_what_it_does_not),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(marks_what_the_decoder_would_lose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
