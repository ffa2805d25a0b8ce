#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "base/map.h"

#define COUNT 5000
static char names[COUNT][16];

static struct map_key key_of(const void *value) { return (struct map_key){value, strlen(value)}; }

static void finds_what_was_put_after_many_removals(void **state)
{
    (void)state;
    struct map m;
    map_init(&m, key_of);
    for (int i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof names[i], "key-%d", i);
        map_put(&m, names[i]);
    }
    for (int i = 0; i < COUNT; i += 3) assert_ptr_equal(map_take(&m, names[i], strlen(names[i])), names[i]);
    for (int i = 0; i < COUNT; i++) {
        void *found = map_find(&m, names[i], strlen(names[i]));
        assert_ptr_equal(found, i % 3 == 0 ? NULL : names[i]);
    }
    size_t at = 0, seen = 0;
    while (map_next(&m, &at) != NULL) seen++;
    assert_int_equal(seen, m.used);
    map_deinit(&m);
}

static void empty_map_finds_nothing(void **state)
{
    (void)state;
    struct map m;
    map_init(&m, key_of);
    assert_null(map_find(&m, "x", 1));
    assert_null(map_take(&m, "x", 1));
    map_deinit(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_put_after_many_removals),
        cmocka_unit_test(empty_map_finds_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
