#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "actor/slots.h"

struct thing {
    struct slot slot;
    int value;
};

static void a_stale_name_finds_nothing(void **state)
{
    (void)state;
    struct slots s;
    slots_init(&s, sizeof(struct thing));
    struct thing *a = slots_take(&s);
    int64_t name = slot_name(&a->slot);
    assert_true(name > 0);
    assert_ptr_equal(slots_named(&s, name), a);
    slots_give(&s, a);
    assert_null(slots_named(&s, name));
    struct thing *b = slots_take(&s);
    assert_ptr_equal(a, b); /* the memory is used again, the name is not */
    assert_null(slots_named(&s, name));
    assert_int_equal(b->value, 0);
    assert_null(slots_named(&s, 0));
    assert_null(slots_named(&s, INT64_MAX));
    assert_null(slots_named(&s, -1));
    slots_deinit(&s);
}

static void memory_never_moves(void **state)
{
    (void)state;
    struct slots s;
    static struct thing *all[2000];
    slots_init(&s, sizeof(struct thing));
    for (int i = 0; i < 2000; i++) {
        all[i] = slots_take(&s);
        all[i]->value = i;
    }
    for (int i = 0; i < 2000; i++) assert_int_equal(all[i]->value, i);
    uint32_t at = 0, seen = 0;
    for (int i = 0; i < 2000; i += 2) slots_give(&s, all[i]);
    while (slots_next(&s, &at) != NULL) seen++;
    assert_int_equal(seen, 1000);
    assert_int_equal(s.used, 1000);
    slots_deinit(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stale_name_finds_nothing),
        cmocka_unit_test(memory_never_moves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
