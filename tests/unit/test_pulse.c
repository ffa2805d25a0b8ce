#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "actor/pulse.h"

static int nudges;

static void count_nudge(struct pulse *p)
{
    (void)p;
    nudges++;
}

static void answer_nudge(struct pulse *p)
{
    nudges++;
    atomic_fetch_add(&p->beat, 1);
}

/* Looks for so many milliseconds; the first verdict that is not PULSE_BEATS, and when. */
static enum pulse_verdict look_for(struct pulse_watch *w, int ms, int *at)
{
    for (*at = 10; *at <= ms; *at += 10) {
        enum pulse_verdict verdict = pulse_look(w, 10);
        if (verdict != PULSE_BEATS) return verdict;
    }
    return PULSE_BEATS;
}

static void an_idle_loop_answers_when_it_is_asked(void **state)
{
    (void)state;
    int at;
    struct pulse p = {.nudge = answer_nudge};
    struct pulse_watch w = {.pulse = &p};
    nudges = 0;
    assert_int_equal(look_for(&w, 10 * PULSE_DEAD_MS, &at), PULSE_BEATS);
    assert_in_range(nudges, 250, 300); /* about once a second */
}

static void a_busy_loop_is_never_asked(void **state)
{
    (void)state;
    struct pulse p = {.nudge = count_nudge};
    struct pulse_watch w = {.pulse = &p};
    nudges = 0;
    for (int ms = 0; ms < 2 * PULSE_DEAD_MS; ms += 100) {
        atomic_fetch_add(&p.beat, 1);
        assert_int_equal(pulse_look(&w, 100), PULSE_BEATS);
    }
    assert_int_equal(nudges, 0);
}

static void a_loop_that_stands_still_is_told_once_and_then_dead(void **state)
{
    (void)state;
    int at;
    struct pulse p = {.nudge = count_nudge};
    struct pulse_watch w = {.pulse = &p};
    nudges = 0;
    assert_int_equal(look_for(&w, PULSE_DEAD_MS, &at), PULSE_STILL);
    assert_in_range(at, PULSE_NUDGE_MS + PULSE_STILL_MS - 10, PULSE_NUDGE_MS + PULSE_STILL_MS + 10);
    assert_int_equal(look_for(&w, PULSE_DEAD_MS, &at), PULSE_DEAD);
    assert_int_equal(nudges, 1);
}

static void one_that_comes_back_begins_anew(void **state)
{
    (void)state;
    int at;
    struct pulse p = {.nudge = count_nudge};
    struct pulse_watch w = {.pulse = &p};
    assert_int_equal(look_for(&w, PULSE_DEAD_MS, &at), PULSE_STILL);
    atomic_fetch_add(&p.beat, 1);
    assert_int_equal(pulse_look(&w, 10), PULSE_BEATS);
    assert_int_equal(look_for(&w, PULSE_DEAD_MS, &at), PULSE_STILL); /* told again, not dead at once */
}

static void a_process_that_was_stopped_is_not_dead(void **state)
{
    (void)state;
    struct pulse p = {.nudge = count_nudge};
    struct pulse_watch w = {.pulse = &p};
    for (int i = 0; i < 3; i++) assert_int_equal(pulse_look(&w, 3600 * 1000), PULSE_BEATS);
}

static void a_loop_that_ended_is_expected_no_more(void **state)
{
    (void)state;
    int at;
    struct pulse p = {.nudge = count_nudge};
    struct pulse_watch w = {.pulse = &p};
    atomic_store(&p.over, true);
    assert_int_equal(look_for(&w, 2 * PULSE_DEAD_MS, &at), PULSE_BEATS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idle_loop_answers_when_it_is_asked),
        cmocka_unit_test(a_busy_loop_is_never_asked),
        cmocka_unit_test(a_loop_that_stands_still_is_told_once_and_then_dead),
        cmocka_unit_test(one_that_comes_back_begins_anew),
        cmocka_unit_test(a_process_that_was_stopped_is_not_dead),
        cmocka_unit_test(a_loop_that_ended_is_expected_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
