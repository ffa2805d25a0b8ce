#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "base/clock.h"
#include "base/id.h"

static int64_t fake_now;
static int64_t fake_wall(struct clock *c) { return (void)c, fake_now; }
static uint64_t fake_mono(struct clock *c) { return (void)c, 0; }
static void fake_random(struct clock *c, void *out, size_t len) { (void)c, memset(out, 0x5a, len); }
static struct clock fake = {fake_wall, fake_mono, fake_random};

static void ids_sort_by_time_and_are_valid(void **state)
{
    (void)state;
    char a[ID_MAX], b[ID_MAX];
    fake_now = 1700000000000;
    id_new(a, "conv", &fake);
    fake_now++;
    id_new(b, "conv", &fake);
    assert_int_equal(strlen(a), 31);
    assert_true(strcmp(a, b) < 0);
    assert_true(id_valid(a, strlen(a), "conv"));
    assert_false(id_valid(a, strlen(a), "vis"));
    assert_false(id_valid("conv_8zzzzzzzzzzzzzzzzzzzzzzzzz", 31, "conv"));
    assert_false(id_valid("conv_", 5, "conv"));
}

static void known_times_print_as_rfc3339(void **state)
{
    (void)state;
    char text[CLOCK_RFC3339_LEN];
    clock_rfc3339(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00.000Z");
    clock_rfc3339(951782400123, text);
    assert_string_equal(text, "2000-02-29T00:00:00.123Z");
    clock_rfc3339(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_sort_by_time_and_are_valid),
        cmocka_unit_test(known_times_print_as_rfc3339),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
