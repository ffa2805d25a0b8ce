#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "actor/mail.h"
#include "base/mem.h"

static void first_in_first_out_and_bounded(void **state)
{
    (void)state;
    struct mailbox b = {0};
    for (int i = 0; i < MAILBOX_MAX; i++) assert_true(mailbox_push(&b, mail_new(MAIL_FRAME, i, "x", 1)));
    struct mail *extra = mail_new(MAIL_FRAME, -1, "", 0);
    assert_false(mailbox_push(&b, extra)); /* refused: still the caller's */
    mailbox_push_front(&b, extra);         /* a failure report is never refused */
    struct mail *m = mailbox_pop(&b);
    assert_int_equal(m->number, -1);
    mail_free(m);
    for (int i = 0; i < MAILBOX_MAX; i++) {
        m = mailbox_pop(&b);
        assert_int_equal(m->number, i);
        mail_free(m);
    }
    assert_null(mailbox_pop(&b));
    assert_int_equal(b.count, 0);
}

static void text_is_copied(void **state)
{
    (void)state;
    char text[] = "hello";
    struct mail *m = mail_new(MAIL_POST, 7, text, 5);
    text[0] = 'j';
    assert_memory_equal(m->text, "hello", 5);
    assert_string_equal(mail_kind_name((enum mail_kind)m->kind), "post");
    mail_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_in_first_out_and_bounded),
        cmocka_unit_test(text_is_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
