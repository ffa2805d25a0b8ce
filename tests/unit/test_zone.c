#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "base/zone.h"

static int at(const char *zone, int64_t unix_s)
{
    int minutes = 9999;
    assert_int_equal(zone_offset(zone, unix_s, &minutes), ERR_OK);
    return minutes;
}

static void summer_and_winter(void **state)
{
    (void)state;
    assert_int_equal(at("Europe/Berlin", 1763899200), 60);  /* 2025-11-23 12:00 UTC */
    assert_int_equal(at("Europe/Berlin", 1753272000), 120); /* 2025-07-23 12:00 UTC */
    assert_int_equal(at("Europe/Berlin", 1774745999), 60);  /* the second before 2026-03-29 01:00 UTC */
    assert_int_equal(at("Europe/Berlin", 1774746000), 120);
    assert_int_equal(at("America/St_Johns", 1763899200), -210);
    assert_int_equal(at("Asia/Kathmandu", 1763899200), 345);
    assert_int_equal(at("UTC", 0), 0);
}

static void unknown_and_hostile_names(void **state)
{
    (void)state;
    int minutes;
    const char *bad[] = {"Europe/Atlantis",         "",      "/etc/passwd", "../../etc/passwd",
                         "Europe/../../etc/passwd", "Europe"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(zone_offset(bad[i], 0, &minutes), ERR_NOT_FOUND);
}

static void broken_files_are_refused(void **state)
{
    (void)state;
    int minutes;
    char junk[200] = "TZif2";
    for (size_t n = 0; n <= sizeof junk; n++)
        assert_int_equal(zone_offset_in(junk, n, 0, &minutes), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summer_and_winter),
        cmocka_unit_test(unknown_and_hostile_names),
        cmocka_unit_test(broken_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
