#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "store/queue.h"

static struct store_job job[8];

static void fill(struct job_queue *q, const char *kinds)
{
    queue_init(q);
    memset(job, 0, sizeof job);
    for (int i = 0; kinds[i] != '\0'; i++) {
        job[i].kind = kinds[i] == 'b' ? STORE_BATCH : STORE_QUERY;
        job[i].since_ns = (uint64_t)i;
        job[i].statements.len = 100;
        assert_int_equal(queue_push(q, &job[i]), 0);
    }
}

static int length(const struct store_job *list)
{
    int n = 0;
    for (; list != NULL; list = list->next) n++;
    return n;
}

static void test_takes_runs_of_one_kind(void **state)
{
    (void)state;
    struct job_queue q;
    fill(&q, "bbqqb");
    assert_int_equal(length(queue_take(&q, 10, SIZE_MAX)), 2);
    struct store_job *list = queue_take(&q, 10, SIZE_MAX);
    assert_ptr_equal(list, &job[2]);
    assert_int_equal(length(list), 2);
    assert_int_equal(length(queue_poll(&q, 10, SIZE_MAX)), 1);
    assert_null(queue_poll(&q, 10, SIZE_MAX));
    queue_deinit(&q);
}

static void test_bounds_of_a_take(void **state)
{
    (void)state;
    struct job_queue q;
    fill(&q, "bbbbbb");
    assert_int_equal(length(queue_poll(&q, 2, SIZE_MAX)), 2);
    assert_int_equal(length(queue_poll(&q, 10, 250)), 2);
    assert_int_equal(length(queue_poll(&q, 10, 1)), 1); /* one is always given */
    assert_int_equal(queue_length(&q), 1);
    assert_ptr_equal(queue_poll(&q, 10, 1), &job[5]);
    queue_deinit(&q);
}

static void test_returned_jobs_come_first(void **state)
{
    (void)state;
    struct job_queue q;
    fill(&q, "bbbb");
    struct store_job *list = queue_poll(&q, 2, SIZE_MAX);
    queue_return(&q, list);
    queue_return(&q, NULL);
    assert_int_equal(queue_length(&q), 4);
    list = queue_poll(&q, 10, SIZE_MAX);
    for (int i = 0; i < 4; i++, list = list->next) assert_ptr_equal(list, &job[i]);
    job[0].next = NULL;
    queue_return(&q, &job[0]); /* into an empty one */
    assert_int_equal(queue_push(&q, &job[1]), 0);
    assert_int_equal(length(queue_poll(&q, 10, SIZE_MAX)), 2);
    queue_deinit(&q);
}

static void test_old_jobs_expire(void **state)
{
    (void)state;
    struct job_queue q;
    fill(&q, "bqb");
    assert_null(queue_expire(&q, 0));
    assert_int_equal(length(queue_expire(&q, 2)), 2);
    assert_int_equal(length(queue_expire(&q, 100)), 1);
    assert_null(queue_expire(&q, 100));
    assert_int_equal(queue_push(&q, &job[0]), 0);
    assert_ptr_equal(queue_poll(&q, 1, 1), &job[0]);
    queue_deinit(&q);
}

static void test_close(void **state)
{
    (void)state;
    struct job_queue q;
    fill(&q, "b");
    queue_close(&q);
    assert_int_equal(queue_push(&q, &job[1]), ERR_CLOSED);
    assert_ptr_equal(queue_take(&q, 10, SIZE_MAX), &job[0]);
    assert_null(queue_take(&q, 10, SIZE_MAX));
    queue_deinit(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_takes_runs_of_one_kind),
        cmocka_unit_test(test_bounds_of_a_take),
        cmocka_unit_test(test_returned_jobs_come_first),
        cmocka_unit_test(test_old_jobs_expire),
        cmocka_unit_test(test_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
