#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include <pthread.h>

#include "actor/inbox.h"
#include "base/mem.h"
#include "store/store.h"

#define EACH 5000

static struct inbox box;

static void *push_many(void *arg)
{
    for (int i = 0; i < EACH; i++)
        assert_true(inbox_push(&box, envelope_new(IN_GONE, (struct peer){0}, (int64_t)(intptr_t)arg, i)));
    return NULL;
}

static void keeps_the_order_of_each_sender(void **state)
{
    (void)state;
    pthread_t thread[3];
    int next[3] = {0}, seen = 0;
    inbox_init(&box);
    for (intptr_t i = 0; i < 3; i++) pthread_create(&thread[i], NULL, push_many, (void *)i);
    while (seen < 3 * EACH) {
        struct envelope *v;
        struct store_job *jobs;
        inbox_take(&box, &v, &jobs);
        while (v != NULL) {
            struct envelope *following = v->next;
            assert_int_equal(v->number, next[v->session]++);
            envelope_free(v);
            v = following;
            seen++;
        }
    }
    for (int i = 0; i < 3; i++) pthread_join(thread[i], NULL);
    inbox_deinit(&box);
}

static void texts_travel_together(void **state)
{
    (void)state;
    const char *text[3] = {"kind", NULL, "payload"};
    const size_t len[3] = {4, 0, 7};
    struct envelope *v = envelope_with(IN_SEAT, (struct peer){1, 2, 3, 0}, 4, 5, text, len);
    assert_memory_equal(envelope_text(v, 0), "kind", 4);
    assert_int_equal(v->len[1], 0);
    assert_memory_equal(envelope_text(v, 2), "payload", 7);
    envelope_free(v);
}

static void full_refuses_frames_but_no_ends(void **state)
{
    (void)state;
    inbox_init(&box);
    for (int i = 0; i < INBOX_MAX; i++)
        assert_true(inbox_push(&box, envelope_new(IN_FRAME, (struct peer){0}, 0, 0)));
    for (int kind = IN_SEAT; kind <= IN_FRAME; kind++)
        assert_false(inbox_push(&box, envelope_new((enum envelope_kind)kind, (struct peer){0}, 0, 0)));
    assert_false(inbox_push(&box, envelope_new(OUT_SEND, (struct peer){0}, 0, 0)));
    assert_true(inbox_push(&box, envelope_new(IN_GONE, (struct peer){0}, 0, 0)));
    assert_true(inbox_push(&box, envelope_new(OUT_RESPOND, (struct peer){0}, 0, 0)));
    assert_true(inbox_push(&box, envelope_new(CONTROL_DRAIN, (struct peer){0}, 0, 0)));
    inbox_deinit(&box); /* frees them all */
}

static void big_texts_fill_it_before_their_number_does(void **state)
{
    (void)state;
    static char big[1 << 20];
    const char *text[3] = {big, NULL, NULL};
    const size_t len[3] = {sizeof big, 0, 0};
    struct peer nobody = {0};
    int taken = 0;
    inbox_init(&box);
    while (inbox_push(&box, envelope_with(IN_FRAME, nobody, 0, 0, text, len))) assert_true(++taken <= 256);
    assert_int_equal(taken, 255); /* 256 with their heads are just too many */
    assert_true(inbox_push(&box, envelope_with(OUT_RESPOND, nobody, 0, 0, text, len)));
    inbox_deinit(&box);
    inbox_init(&box);
    assert_true(inbox_push(&box, envelope_new(IN_FRAME, nobody, 0, 0)));
    inbox_deinit(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_order_of_each_sender),
        cmocka_unit_test(texts_travel_together),
        cmocka_unit_test(full_refuses_frames_but_no_ends),
        cmocka_unit_test(big_texts_fill_it_before_their_number_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
