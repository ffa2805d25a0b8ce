#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "base/err.h"
#include "store/encode.h"

static void test_statements_round_trip(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b);
    encode_statement(&b, 7, 5);
    encode_null(&b);
    encode_int(&b, INT64_MIN);
    encode_real(&b, -0.5);
    encode_text(&b, "", 0);
    encode_blob(&b, "a\0b", 3);
    encode_statement(&b, 65000, 0);

    struct decoder d;
    struct param p;
    uint16_t id;
    uint8_t params;
    decode_init(&d, &b);
    assert_int_equal(decode_statement(&d, &id, &params), 1);
    assert_int_equal(id, 7);
    assert_int_equal(params, 5);
    decode_param(&d, &p);
    assert_int_equal(p.type, PARAM_NULL);
    decode_param(&d, &p);
    assert_true(p.type == PARAM_INT && p.integer == INT64_MIN);
    decode_param(&d, &p);
    assert_true(p.type == PARAM_REAL && p.real == -0.5);
    decode_param(&d, &p);
    assert_true(p.type == PARAM_TEXT && p.len == 0);
    decode_param(&d, &p);
    assert_true(p.type == PARAM_BLOB && p.len == 3 && memcmp(p.text, "a\0b", 3) == 0);
    assert_int_equal(decode_statement(&d, &id, &params), 1);
    assert_int_equal(id, 65000);
    assert_int_equal(decode_statement(&d, &id, &params), 0);
    buf_deinit(&b);
}

static void test_rows_round_trip(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b);
    struct rows_reader r;
    struct param row[ROWS_COLUMNS_MAX];
    assert_int_equal(rows_open(&r, &b), ERR_NOT_FOUND);
    rows_begin(&b, 2);
    rows_column(&b, "seq");
    rows_column(&b, "body");
    assert_int_equal(rows_open(&r, &b), 0);
    assert_int_equal(rows_next(&r, row), 0); /* a result without rows */
    for (int i = 0; i < 3; i++) {
        encode_int(&b, i);
        encode_text(&b, "abc", (size_t)i);
    }
    assert_int_equal(rows_open(&r, &b), 0);
    assert_int_equal(r.columns, 2);
    assert_true(r.name_len[1] == 4 && memcmp(r.name[1], "body", 4) == 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(rows_next(&r, row), 1);
        assert_true(row[0].integer == i && row[1].len == (size_t)i);
    }
    assert_int_equal(rows_next(&r, row), 0);
    buf_deinit(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statements_round_trip),
        cmocka_unit_test(test_rows_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
