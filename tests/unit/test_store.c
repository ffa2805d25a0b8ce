/* One matrix over every backend: SQLite in a file, SQLite in memory, and
 * PostgreSQL where AZENTIKO_TEST_PG names one (tests/pg). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "store_kit.h"

struct bench_of {
    struct kit kit;
    struct store *store;
    char *dir;
    int64_t tenant; /* fresh for each test: a PostgreSQL is shared by them */
};

static const char *backend = "file";

static int setup(void **state)
{
    static int64_t last_tenant = 100;
    struct bench_of *t = calloc(1, sizeof *t);
    struct store_config config = {.data_dir = ""};
    char why[256] = "";
    kit_init(&t->kit);
    if (strcmp(backend, "file") == 0) config.data_dir = t->dir = kit_dir();
    if (strcmp(backend, "postgres") == 0) config.url = getenv("AZENTIKO_TEST_PG");
    if (store_open(&config, &t->store, why, sizeof why) != 0) {
        print_error("%s\n", why);
        return -1;
    }
    t->tenant = last_tenant += 10;
    kit_fill(&t->kit, t->store, t->tenant, "conv_1");
    *state = t;
    return 0;
}

static int teardown(void **state)
{
    struct bench_of *t = *state;
    store_close(t->store);
    if (t->dir != NULL) kit_dir_remove(t->dir);
    kit_deinit(&t->kit);
    free(t);
    return 0;
}

static struct store_job *query(struct bench_of *t, struct store_job *job)
{
    return kit_run(&t->kit, t->store, job);
}

static void test_a_turn_is_read_back(void **state)
{
    struct bench_of *t = *state;
    struct store_job *job = kit_message(&t->kit, t->tenant, "conv_1", 1, "c1");
    kit_add(job, "message.insert", "sisnisi", "conv_1", 2, "bot", 1, "[\"\xc3\xbc\"]", 1700000000);
    kit_add(job, "conversation.update", "ssisi", "conv_1", "waiting", 2, "{\"a\":1}", 9);
    assert_int_equal(kit_status(&t->kit, t->store, job), 0);

    job = kit_query(&t->kit, t->tenant);
    kit_add(job, "message.since", "sii", "conv_1", 1, 10);
    job = query(t, job);
    assert_string_equal(kit_text(job), "seq=2,sender=bot,cid=null,re=1,body=[\"\xc3\xbc\"],at=1700000000");
    store_job_free(job);

    job = kit_query(&t->kit, t->tenant);
    kit_add(job, "message.before", "sii", "conv_1", 3, 1);
    job = query(t, job);
    assert_non_null(strstr(kit_text(job), "seq=2,"));
    assert_null(strstr(kit_text(job), ";"));
    store_job_free(job);

    job = kit_query(&t->kit, t->tenant);
    kit_add(job, "conversation.latest_of_visitor", "ss", "bot_1", "vis_1");
    job = query(t, job);
    assert_string_equal(kit_text(job),
                        "id=conv_1,bot=bot_1,visitor=vis_1,status=waiting,seq=2,state={\"a\":1},"
                        "created_at=3,updated_at=9");
    store_job_free(job);
}

static void test_a_repeated_cid_is_a_conflict_and_changes_nothing(void **state)
{
    struct bench_of *t = *state;
    assert_int_equal(kit_status(&t->kit, t->store, kit_message(&t->kit, t->tenant, "conv_1", 1, "same")), 0);
    struct store_job *job = kit_message(&t->kit, t->tenant, "conv_1", 2, "other");
    kit_add(job, "message.insert", "sissnsi", "conv_1", 3, "visitor", "same", "[]", 4);
    job = query(t, job);
    assert_int_equal(job->status, ERR_CONFLICT);
    assert_true(strlen(job->error) > 0);
    store_job_free(job);

    job = kit_query(&t->kit, t->tenant);
    kit_add(job, "message.by_cid", "ss", "conv_1", "other");
    job = query(t, job);
    assert_string_equal(kit_text(job), "");
    store_job_free(job);
    /* a null cid is never a repeat */
    assert_int_equal(kit_status(&t->kit, t->store, kit_message(&t->kit, t->tenant, "conv_1", 2, NULL)), 0);
    assert_int_equal(kit_status(&t->kit, t->store, kit_message(&t->kit, t->tenant, "conv_1", 3, NULL)), 0);
}

static void test_only_the_guilty_batch_of_a_group_fails(void **state)
{
    struct bench_of *t = *state;
    enum { COUNT = 300 };
    assert_int_equal(kit_status(&t->kit, t->store, kit_message(&t->kit, t->tenant, "conv_1", 1000, "c")), 0);
    size_t before = t->kit.answered;
    for (int i = 0; i < COUNT; i++) {
        char cid[16];
        snprintf(cid, sizeof cid, "c%d", i);
        if (i % 10 == 9) cid[1] = '\0'; /* "c", said before */
        struct store_job *job = kit_message(&t->kit, t->tenant, "conv_1", i + 1, cid);
        job->tag[0] = (uint64_t)i;
        store_submit(t->store, job);
    }
    kit_wait(&t->kit, before + COUNT);
    for (int i = 0; i < COUNT; i++) {
        struct store_job *job = kit_take(&t->kit);
        bool repeat = job->tag[0] % 10 == 9;
        assert_int_equal(job->status, repeat ? ERR_CONFLICT : 0);
        store_job_free(job);
    }
    struct store_job *job = kit_query(&t->kit, t->tenant);
    kit_add(job, "message.since", "sii", "conv_1", 0, 1000);
    job = query(t, job);
    int rows = 1;
    for (const char *p = kit_text(job); (p = strchr(p, ';')) != NULL; p++) rows++;
    assert_int_equal(rows, COUNT - COUNT / 10 + 1);
    store_job_free(job);
}

static void test_expected_row_is_missing(void **state)
{
    struct bench_of *t = *state;
    struct store_job *job = kit_message(&t->kit, t->tenant, "conv_1", 1, "c1");
    kit_add(job, "conversation.update", "ssisi", "conv_nobody", "bot", 1, "{}", 9);
    assert_int_equal(kit_status(&t->kit, t->store, job), ERR_CONFLICT);
    job = kit_query(&t->kit, t->tenant);
    kit_add(job, "message.by_cid", "ss", "conv_1", "c1");
    job = query(t, job);
    assert_string_equal(kit_text(job), "");
    store_job_free(job);
}

static void test_tenants_do_not_see_each_other(void **state)
{
    struct bench_of *t = *state;
    int64_t other = t->tenant + 1;
    kit_fill(&t->kit, t->store, other, "conv_1");
    assert_int_equal(kit_status(&t->kit, t->store, kit_message(&t->kit, t->tenant, "conv_1", 1, "c1")), 0);
    assert_int_equal(kit_status(&t->kit, t->store, kit_message(&t->kit, other, "conv_1", 1, "c1")), 0);
    struct store_job *job = kit_batch(&t->kit, t->tenant);
    kit_add(job, "tenant.erase_messages", "");
    assert_int_equal(kit_status(&t->kit, t->store, job), 0);
    job = kit_query(&t->kit, other);
    kit_add(job, "message.since", "sii", "conv_1", 0, 10);
    job = query(t, job);
    assert_non_null(strstr(kit_text(job), "cid=c1"));
    store_job_free(job);
}

static void test_statements_for_the_system_only(void **state)
{
    struct bench_of *t = *state;
    char key[64];
    snprintf(key, sizeof key, "pk_%lld", (long long)t->tenant);
    struct store_job *job = kit_query(&t->kit, t->tenant);
    kit_add(job, "bot.by_key", "s", key);
    assert_int_equal(kit_status(&t->kit, t->store, job), ERR_DENIED);
    job = kit_query(&t->kit, 0);
    kit_add(job, "bot.by_key", "s", key);
    job = query(t, job);
    assert_int_equal(job->status, 0);
    assert_non_null(strstr(kit_text(job), "id=bot_1,"));
    assert_non_null(strstr(kit_text(job), "tenant_status=active"));
    store_job_free(job);
    job = kit_batch(&t->kit, 0);
    kit_add(job, "store.commit", "");
    assert_int_equal(kit_status(&t->kit, t->store, job), ERR_DENIED);
}

static void test_misuse_is_refused(void **state)
{
    struct bench_of *t = *state;
    struct store_job *job = kit_query(&t->kit, t->tenant);
    kit_add(job, "message.since", "s", "conv_1");
    assert_int_equal(kit_status(&t->kit, t->store, job), ERR_INVALID); /* parameters */
    job = kit_query(&t->kit, t->tenant);
    kit_add(job, "no.such", "");
    assert_int_equal(kit_status(&t->kit, t->store, job), ERR_INVALID);
    assert_int_equal(kit_status(&t->kit, t->store, kit_batch(&t->kit, t->tenant)), ERR_INVALID); /* empty */
    job = kit_query(&t->kit, t->tenant);
    kit_add(job, "tenant.erase_messages", "");
    assert_int_equal(kit_status(&t->kit, t->store, job), ERR_INVALID); /* a query that writes */
    job = kit_message(&t->kit, t->tenant, "conv_1", 1, "bad \xff utf-8");
    assert_int_equal(kit_status(&t->kit, t->store, job), ERR_INVALID);
    job = kit_batch(&t->kit, t->tenant);
    encode_text(&job->statements, "", 0);
    buf_reserve(&job->statements, STORE_JOB_BYTES_MAX + 1);
    job->statements.len = STORE_JOB_BYTES_MAX + 1;
    assert_int_equal(kit_status(&t->kit, t->store, job), ERR_LIMIT);
}

static void test_values_keep_their_types(void **state)
{
    struct bench_of *t = *state;
    struct store_job *job = kit_batch(&t->kit, t->tenant);
    kit_add(job, "dataset.put", "sssis", "bot_1", "faq", "f1", -5, "{\"x\":\"\\u0000 \xf0\x9f\x98\x80\"}");
    kit_add(job, "dataset.put", "sssis", "bot_1", "Faq", "f2", 7, "");
    kit_add(job, "dataset.put", "sssis", "bot_1", "faq", "f1", -4, "{\"x\":\"\\u0000 \xf0\x9f\x98\x80\"}");
    assert_int_equal(kit_status(&t->kit, t->store, job), 0);
    job = kit_query(&t->kit, t->tenant);
    kit_add(job, "dataset.all", "s", "bot_1");
    job = query(t, job);
    assert_string_equal(kit_text(job),
                        "kind=Faq,id=f2,position=7,body=;"
                        "kind=faq,id=f1,position=-4,body={\"x\":\"\\u0000 \xf0\x9f\x98\x80\"}");
    store_job_free(job);
}

/* What a claim at `now` takes, as text; the lease ends 100 later. */
static const char *claim(struct bench_of *t, int64_t now, int64_t limit)
{
    static char text[4096];
    struct store_job *job = kit_batch(&t->kit, 0);
    kit_add(job, "outbox.claim", "iii", now, now + 100, limit);
    job = query(t, job);
    assert_int_equal(job->status, 0);
    snprintf(text, sizeof text, "%s", kit_text(job));
    store_job_free(job);
    return text;
}

static void empty_outbox(struct bench_of *t)
{
    struct store_job *job = kit_batch(&t->kit, t->tenant);
    kit_add(job, "tenant.erase_outbox", "");
    assert_int_equal(kit_status(&t->kit, t->store, job), 0);
}

/* Whoever has a thousand due rows holds up neither another tenant nor other work of his own. */
static void test_a_crowded_outbox_is_claimed_fairly(void **state)
{
    struct bench_of *t = *state;
    empty_outbox(t);
    for (int n = 0; n < 1000;) {
        struct store_job *job = kit_batch(&t->kit, t->tenant);
        for (int end = n + 200; n < end; n++) {
            char id[16];
            snprintf(id, sizeof id, "tm_%d", n);
            kit_add(job, "outbox.insert", "ssssii", id, "timer", "k", "{}", 10, (int64_t)n);
        }
        kit_add(job, "outbox.arm", "ssssii", "deliver/a", "deliver", "k", "{}", 2000, 2000);
        assert_int_equal(kit_status(&t->kit, t->store, job), 0);
    }
    struct store_job *other = kit_batch(&t->kit, t->tenant + 1);
    kit_add(other, "outbox.insert", "ssssii", "ev_1", "events", "k", "{}", 3000, 3000);
    kit_add(other, "outbox.insert", "ssssii", "ev_2", "events", "k", "{}", 3000, 9000);
    assert_int_equal(kit_status(&t->kit, t->store, other), 0);
    struct store_job *job = kit_batch(&t->kit, 0);
    kit_add(job, "outbox.claim_crowded", "iiii", (int64_t)5000, (int64_t)5100, (int64_t)12, (int64_t)10);
    job = query(t, job);
    const char *taken = kit_text(job);
    assert_non_null(strstr(taken, "deliver/a"));
    assert_non_null(strstr(taken, "ev_1"));
    assert_null(strstr(taken, "ev_2"));
    for (int n = 0; n < 12; n++) { /* the rest are the earliest of the thousand, ten at most */
        char id[24];
        snprintf(id, sizeof id, "id=tm_%d,", n);
        assert_int_equal(strstr(taken, id) != NULL, n < 10);
    }
    store_job_free(job);
    empty_outbox(t);
    job = kit_batch(&t->kit, t->tenant + 1);
    kit_add(job, "tenant.erase_outbox", "");
    assert_int_equal(kit_status(&t->kit, t->store, job), 0);
}

static int end_job(struct bench_of *t, const char *id, int64_t lease)
{
    struct store_job *job = kit_batch(&t->kit, t->tenant);
    kit_add(job, "outbox.done", "si", id, lease);
    return kit_status(&t->kit, t->store, job);
}

static void test_outbox_is_claimed_once(void **state)
{
    struct bench_of *t = *state;
    empty_outbox(t);
    struct store_job *job = kit_batch(&t->kit, t->tenant);
    kit_add(job, "outbox.insert", "ssssii", "evt_1", "webhook", "k", "{}", 10, 10);
    kit_add(job, "outbox.insert", "ssssii", "evt_2", "webhook", "k", "{}", 10, 5000);
    assert_int_equal(kit_status(&t->kit, t->store, job), 0);
    const char *taken = claim(t, 100, 10);
    assert_non_null(strstr(taken, "id=evt_1"));
    assert_null(strstr(taken, "evt_2"));
    assert_string_equal(claim(t, 101, 10), "");
    assert_non_null(strstr(claim(t, 200, 10), "attempts=2")); /* the lease ran out */
    assert_int_equal(end_job(t, "evt_1", 200), ERR_CONFLICT); /* that of the first claim */
    assert_int_equal(end_job(t, "evt_1", 300), 0);
    assert_int_equal(end_job(t, "evt_1", 300), ERR_CONFLICT);
    empty_outbox(t);
}

static void test_outbox_arms_and_rests(void **state)
{
    struct bench_of *t = *state;
    empty_outbox(t);
    for (int64_t due = 50; due >= 40; due -= 10) { /* the earlier of both */
        struct store_job *job = kit_batch(&t->kit, t->tenant);
        kit_add(job, "outbox.arm", "ssssii", "armed", "events", "k", "{}", 10, due);
        assert_int_equal(kit_status(&t->kit, t->store, job), 0);
    }
    assert_string_equal(claim(t, 39, 10), "");
    assert_non_null(strstr(claim(t, 40, 10), "version=1"));
    struct store_job *job = kit_batch(&t->kit, t->tenant);
    kit_add(job, "outbox.arm", "ssssii", "armed", "events", "k", "{}", 60, 60);
    assert_int_equal(kit_status(&t->kit, t->store, job), 0);
    assert_string_equal(claim(t, 60, 10), ""); /* it runs */
    job = kit_batch(&t->kit, t->tenant);
    kit_add(job, "outbox.rest", "siiii", "armed", 140, 1, 100000, 70);
    assert_int_equal(kit_status(&t->kit, t->store, job), 0);
    assert_non_null(strstr(claim(t, 70, 10), "version=2")); /* armed meanwhile: once more */
    job = kit_batch(&t->kit, t->tenant);
    kit_add(job, "outbox.rest", "siiii", "armed", 170, 2, 100000, 71);
    assert_int_equal(kit_status(&t->kit, t->store, job), 0);
    assert_string_equal(claim(t, 71, 10), "");
    empty_outbox(t);
}

static void test_outbox_is_fair(void **state)
{
    struct bench_of *t = *state;
    int64_t own = t->tenant, tenants[] = {own, own + 1000};
    for (int k = 0; k < 2; k++) {
        struct store_job *job = kit_batch(&t->kit, tenants[k]);
        for (int i = 0; i < (k == 0 ? 50 : 1); i++) {
            char id[16];
            snprintf(id, sizeof id, "j%02d", i);
            kit_add(job, "outbox.insert", "ssssii", id, "timer", k == 0 ? "many" : "one", "{}", 10, 10 + k);
        }
        assert_int_equal(kit_status(&t->kit, t->store, job), 0);
    }
    assert_non_null(strstr(claim(t, 20, 8), "key=one"));
    for (int k = 0; k < 2; k++) {
        t->tenant = tenants[k];
        empty_outbox(t);
    }
    t->tenant = own;
}

static void test_deleting_a_tenant(void **state)
{
    struct bench_of *t = *state;
    struct store_job *job = kit_batch(&t->kit, t->tenant);
    kit_add(job, "dataset.put", "sssis", "bot_1", "faq", "f1", 1, "{}");
    kit_add(job, "tenant.erase_conversations", "");
    kit_add(job, "tenant.delete", "");
    assert_int_equal(kit_status(&t->kit, t->store, job), 0);
    job = kit_query(&t->kit, t->tenant);
    kit_add(job, "dataset.all", "s", "bot_1");
    job = query(t, job);
    assert_string_equal(kit_text(job), "");
    store_job_free(job);
}

static void test_close_answers_everything(void **state)
{
    struct bench_of *t = *state;
    size_t before = t->kit.answered;
    for (int i = 0; i < 500; i++) {
        store_submit(t->store, kit_message(&t->kit, t->tenant, "conv_1", i + 1, NULL));
        struct store_job *job = kit_query(&t->kit, t->tenant);
        kit_add(job, "message.since", "sii", "conv_1", 0, 5);
        store_submit(t->store, job);
    }
    store_close(t->store);
    assert_int_equal(t->kit.answered, before + 1000);
    for (struct store_job *job = t->kit.head; job != NULL; job = job->next) assert_int_equal(job->status, 0);
    struct store_config config = {.data_dir = t->dir ? t->dir : ""};
    char why[256];
    if (strcmp(backend, "postgres") == 0) config.url = getenv("AZENTIKO_TEST_PG");
    assert_int_equal(store_open(&config, &t->store, why, sizeof why), 0);
}

static void test_counters(void **state)
{
    struct bench_of *t = *state;
    struct store_stats before, after;
    store_stats(t->store, &before);
    assert_int_equal(kit_status(&t->kit, t->store, kit_message(&t->kit, t->tenant, "conv_1", 1, "c")), 0);
    store_stats(t->store, &after);
    assert_int_equal(after.batches, before.batches + 1);
    assert_int_equal(after.rows_written, before.rows_written + 1);
    assert_int_equal(after.waiting, 0);
    assert_true(after.commit_ns_sum > before.commit_ns_sum);
    for (int i = 0; i < 100 && !store_ready(t->store); i++) usleep(20000); /* its reader may still connect */
    assert_true(store_ready(t->store));
}

#define ON_EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_EACH(test_a_turn_is_read_back),
        ON_EACH(test_a_repeated_cid_is_a_conflict_and_changes_nothing),
        ON_EACH(test_only_the_guilty_batch_of_a_group_fails),
        ON_EACH(test_expected_row_is_missing),
        ON_EACH(test_tenants_do_not_see_each_other),
        ON_EACH(test_statements_for_the_system_only),
        ON_EACH(test_misuse_is_refused),
        ON_EACH(test_values_keep_their_types),
        ON_EACH(test_outbox_is_claimed_once),
        ON_EACH(test_outbox_arms_and_rests),
        ON_EACH(test_outbox_is_fair),
        ON_EACH(test_a_crowded_outbox_is_claimed_fairly),
        ON_EACH(test_deleting_a_tenant),
        ON_EACH(test_close_answers_everything),
        ON_EACH(test_counters),
    };
    int failed = cmocka_run_group_tests_name("sqlite in a file", tests, NULL, NULL);
    backend = "memory";
    failed += cmocka_run_group_tests_name("sqlite in memory", tests, NULL, NULL);
    if (getenv("AZENTIKO_TEST_PG") == NULL) {
        print_message("PostgreSQL skipped: AZENTIKO_TEST_PG is not set (tests/pg run ...)\n");
        return failed;
    }
    backend = "postgres";
    return failed + cmocka_run_group_tests_name("postgres", tests, NULL, NULL);
}
