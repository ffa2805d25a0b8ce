#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "base/log.h"

static char line[16384];
static size_t lines;

static void keep(const char *text, size_t len)
{
    assert_true(len < sizeof line);
    memcpy(line, text, len);
    line[len] = '\0';
    lines++;
}

static void one_json_object_a_line(void **state)
{
    (void)state;
    log_set_sink(keep);
    log_write(LOG_WARN, "a \"quoted\"\nthing", LOG_STR("tenant", "tnt_1"), LOG_INT("n", -5));
    assert_non_null(strstr(
        line,
        "\"level\":\"warn\",\"msg\":\"a \\\"quoted\\\"\\u000athing\",\"tenant\":\"tnt_1\",\"n\":-5}\n"));
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void quiet_levels_cost_no_line(void **state)
{
    (void)state;
    lines = 0;
    log_set_sink(keep);
    log_write(LOG_DEBUG, "not shown");
    assert_int_equal(lines, 0);
    log_write(LOG_INFO, "shown");
    assert_int_equal(lines, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_json_object_a_line),
        cmocka_unit_test(quiet_levels_cost_no_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
