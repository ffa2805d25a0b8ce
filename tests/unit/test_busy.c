#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "actor/busy.h"

static struct busy busy;
static int iterations;

static void on_check(uv_check_t *h)
{
    busy_note(&busy, h->loop);
    if (++iterations == 3) uv_close((uv_handle_t *)h, NULL);
}

static void on_timer(uv_timer_t *h)
{
    if (iterations == 2) uv_close((uv_handle_t *)h, NULL);
}

static uint64_t all(const struct busy_times *t)
{
    uint64_t n = 0;
    for (int i = 0; i <= BUSY_BOUNDS; i++) n += t->count[i];
    return n;
}

static void waits_are_not_busy_time(void **state)
{
    (void)state;
    uv_loop_t loop;
    uv_check_t check;
    uv_timer_t timer;
    assert_int_equal(uv_loop_init(&loop), 0);
    uv_check_init(&loop, &check);
    uv_timer_init(&loop, &timer);
    uv_check_start(&check, on_check);
    uv_timer_start(&timer, on_timer, 40, 40); /* the loop waits for it, three times */
    uint64_t start = uv_hrtime();
    busy_begin(&busy, &loop);
    uv_run(&loop, UV_RUN_DEFAULT);
    uint64_t passed = uv_hrtime() - start, waited = uv_metrics_idle_time(&loop);
    assert_int_equal(uv_loop_close(&loop), 0);
    assert_int_equal(all(&busy.wall), 3);
    assert_int_equal(all(&busy.cpu), 3);
    assert_true(waited > 0);
    assert_true(busy.wall.sum_ns + waited <= passed);
    assert_true(busy.cpu.sum_ns < 40000000);
}

static void sums_keep_the_longest(void **state)
{
    (void)state;
    struct busy sum = {0}, one = {.wall = {.count = {1, 2}, .sum_ns = 5, .longest_ns = 3}}, two = one;
    two.wall.longest_ns = 7;
    busy_add(&sum, &two);
    busy_add(&sum, &one);
    assert_int_equal(sum.wall.longest_ns, 7);
    assert_int_equal(sum.wall.sum_ns, 10);
    assert_int_equal(sum.wall.count[1], 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_are_not_busy_time),
        cmocka_unit_test(sums_keep_the_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
