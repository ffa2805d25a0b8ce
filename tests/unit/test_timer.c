#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "actor/timer.h"

static void fire_in_order_and_can_be_cancelled(void **state)
{
    (void)state;
    struct timers t;
    struct timer *kept[500];
    timers_init(&t);
    for (int i = 0; i < 500; i++) {
        kept[i] = timers_start(&t, (uint64_t)((i * 7919) % 100)); /* many share a deadline */
        kept[i]->actor = i;
    }
    for (int i = 0; i < 500; i += 3) timers_cancel(&t, kept[i]);
    uint64_t last_due = 0, last_order = 0;
    size_t fired = 0;
    for (struct timer *x; (x = timers_due(&t, 1000)) != NULL; fired++) {
        assert_true(x->actor % 3 != 0);
        assert_true(x->due_ns > last_due || (x->due_ns == last_due && x->order >= last_order));
        last_due = x->due_ns, last_order = x->order;
        timers_cancel(&t, x);
    }
    assert_int_equal(fired, 500 - 167);
    assert_int_equal(timers_next(&t), UINT64_MAX);
    timers_deinit(&t);
}

static void nothing_before_its_time(void **state)
{
    (void)state;
    struct timers t;
    timers_init(&t);
    timers_start(&t, 100);
    assert_null(timers_due(&t, 99));
    assert_int_equal(timers_next(&t), 100);
    assert_non_null(timers_due(&t, 100));
    timers_deinit(&t); /* frees what is left */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fire_in_order_and_can_be_cancelled),
        cmocka_unit_test(nothing_before_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
