/* The second lock on tenant separation: whoever writes a statement that
 * forgets the tenant, or opens one for the system without need, breaks this. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "store/statements.h"

static uint16_t find(const char *name) { return statement_find(name, strlen(name)); }

static void test_find(void **state)
{
    (void)state;
    assert_true(statement_count() > 40);
    for (uint16_t i = 0; i < statement_count(); i++) assert_int_equal(find(statement_get(i)->name), i);
    assert_int_equal(find("message.insert_"), STATEMENT_NONE);
    assert_int_equal(find("message.inser"), STATEMENT_NONE);
    assert_int_equal(find(""), STATEMENT_NONE);
    assert_int_equal(find("zzz"), STATEMENT_NONE);
    assert_int_equal(statement_find("bot.get\0", 8), STATEMENT_NONE);
    assert_null(statement_get(STATEMENT_NONE));
}

static void test_fields(void **state)
{
    (void)state;
    const struct statement *s = statement_get(find("message.insert"));
    assert_int_equal(s->params, 7);
    assert_false(s->system_only);
    assert_false(s->expect_one);
    assert_string_equal(s->sqlite, s->postgres);
    s = statement_get(find("bot.by_key"));
    assert_int_equal(s->params, 1);
    assert_true(s->system_only);
    assert_true(statement_get(find("conversation.update"))->expect_one);
    s = statement_get(find("outbox.claim"));
    assert_null(strstr(s->sqlite, "SKIP LOCKED"));
    assert_non_null(strstr(s->postgres, "SKIP LOCKED"));
    assert_null(strstr(s->postgres, "--"));
}

/* Rows that belong to nobody and may be read by everybody. */
static bool is_common(const struct statement *s) { return strcmp(s->name, "bundle.get") == 0; }

static bool mentions_tenant(const char *sql)
{
    return strstr(sql, "WHERE tenant = $1") || strstr(sql, "WHERE d.tenant = $1") ||
           strstr(sql, "WHERE id = $1") || (strstr(sql, "INSERT INTO") && strstr(sql, "VALUES ($1,"));
}

static void test_every_statement_is_bound_to_a_tenant(void **state)
{
    (void)state;
    for (uint16_t i = 0; i < statement_count(); i++) {
        const struct statement *s = statement_get(i);
        if (s->system_only || is_common(s)) continue;
        if (s->sqlite && mentions_tenant(s->sqlite) && s->postgres && mentions_tenant(s->postgres)) continue;
        fail_msg("%s does not limit itself to $1", s->name);
    }
}

/* Reaching over tenants is listed here, by name, so that it is a decision. */
static void test_who_reaches_over_tenants(void **state)
{
    (void)state;
    static const char *const allowed[] = {
        "api_key.by_hash", "api_key.used",         "bot.by_key",          "bot.by_slug",  "bot.list_all",
        "bundle.put",      "event.recent",         "file.known",          "hook.owner",   "outbox.bury",
        "outbox.claim",    "outbox.claim_crowded", "outbox.next_due",     "outbox.prune", "outbox.put_back",
        "outbox.release",  "store.ping",           "tenant.by_public_id", "bot.tenant",   "tenant.list",
        "tenant.next_id",
    };
    for (uint16_t i = 0; i < statement_count(); i++) {
        const struct statement *s = statement_get(i);
        if (!s->system_only || s->use != USE_CALLER) continue;
        int found = 0;
        for (size_t j = 0; j < sizeof allowed / sizeof allowed[0]; j++)
            found |= strcmp(allowed[j], s->name) == 0;
        if (!found) fail_msg("%s has \"tenant: none\" but is not listed in this test", s->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_every_statement_is_bound_to_a_tenant),
        cmocka_unit_test(test_who_reaches_over_tenants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
