/* PostgreSQL only: row-level security seen from outside, and a server that
 * is killed, away, or late. Needs AZENTIKO_TEST_PG (tests/pg run ...). */
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

#include <libpq-fe.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store_kit.h"

static int64_t tenant = 9000;

static void silence(const char *line, size_t len)
{
    (void)line;
    (void)len;
}

static struct store *open_store(const char *url)
{
    struct store_config config = {.url = url};
    struct store *s;
    char why[256] = "";
    assert_int_equal(store_open(&config, &s, why, sizeof why), 0);
    return s;
}

static void server(const char *what)
{
    char command[400];
    snprintf(command, sizeof command, "%s %s >/dev/null 2>&1", getenv("AZENTIKO_TEST_PG_TOOL"), what);
    assert_int_equal(system(command), 0);
}

static const char *ask(PGconn *pg, const char *sql)
{
    static char out[64];
    PGresult *r = PQexec(pg, sql);
    if (PQresultStatus(r) == PGRES_TUPLES_OK)
        snprintf(out, sizeof out, "%s", PQgetvalue(r, 0, 0));
    else if (PQresultStatus(r) == PGRES_COMMAND_OK)
        snprintf(out, sizeof out, "ok");
    else
        snprintf(out, sizeof out, "error %s", PQresultErrorField(r, PG_DIAG_SQLSTATE));
    PQclear(r);
    return out;
}

static void test_row_level_security(void **state)
{
    (void)state;
    struct kit k;
    kit_init(&k);
    struct store *s = open_store(getenv("AZENTIKO_TEST_PG"));
    kit_fill(&k, s, 8001, "conv_a");
    kit_fill(&k, s, 8002, "conv_b");
    store_close(s);
    kit_deinit(&k);

    PGconn *pg = PQconnectdb(getenv("AZENTIKO_TEST_PG"));
    assert_string_equal(ask(pg, "SELECT count(*) FROM conversation"), "0");
    assert_string_equal(ask(pg, "SELECT count(*) FROM tenant"), "0");
    assert_string_equal(ask(pg, "SELECT count(*) FROM bot"), "0");
    ask(pg, "SET app.tenant = '8001'");
    assert_string_equal(ask(pg, "SELECT string_agg(id, ',') FROM conversation"), "conv_a");
    assert_string_equal(ask(pg, "SELECT string_agg(id::text, ',') FROM tenant"), "8001");
    assert_string_equal(ask(pg, "SELECT count(*) FROM conversation WHERE tenant = 8002"), "0");
    assert_string_equal(ask(pg, "INSERT INTO submission VALUES (8002, 'x', 'c', 'f', '{}', 1)"),
                        "error 42501");
    assert_string_equal(ask(pg, "INSERT INTO submission VALUES (8001, 'x', 'c', 'f', '{}', 1)"), "ok");
    assert_string_equal(ask(pg, "UPDATE submission SET tenant = 8002"), "error 42501");
    ask(pg, "SET app.tenant = ''"); /* what a session has after a transaction that set it */
    assert_string_equal(ask(pg, "SELECT count(*) FROM conversation"), "0");
    /* every table that has a tenant is behind the wall */
    assert_string_equal(ask(pg,
                            "SELECT coalesce(string_agg(c.relname, ','), '') FROM pg_class c"
                            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant'"
                            " WHERE c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"),
                        "");
    PQfinish(pg);
}

/* The role that the tests use must be one that the wall binds. */
static void test_the_role_is_no_superuser(void **state)
{
    (void)state;
    PGconn *pg = PQconnectdb(getenv("AZENTIKO_TEST_PG"));
    assert_string_equal(ask(pg, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"),
                        "f");
    PQfinish(pg);
}

/* One message after the other is repeated until it is in; a conflict says
 * that a commit of unknown outcome had worked. */
static void settle(struct kit *k, struct store *s, size_t seen, int count, int *unknown)
{
    int settled = 0;
    while (settled < count) {
        kit_wait(k, ++seen);
        struct store_job *job = kit_take(k);
        if (job->status == 0 || job->status == ERR_CONFLICT) {
            assert_true(job->status == 0 || job->tag[1] != 0); /* a conflict only of a repeat */
            settled++;
            store_job_free(job);
            continue;
        }
        assert_true(job->status == ERR_UNKNOWN_OUTCOME || job->status == ERR_UNAVAILABLE);
        if (job->status == ERR_UNKNOWN_OUTCOME) {
            job->tag[1] = 1;
            ++*unknown;
        }
        store_submit(s, job);
    }
}

static void *kill_and_start(void *arg)
{
    (void)arg;
    usleep(30000);
    server("stop");
    usleep(300000);
    server("start");
    return NULL;
}

static void test_killed_under_load(void **state)
{
    (void)state;
    enum { COUNT = 3000, ROUNDS = 3 };
    struct kit k;
    kit_init(&k);
    struct store *s = open_store(getenv("AZENTIKO_TEST_PG"));
    kit_fill(&k, s, ++tenant, "conv_1");
    int unknown = 0;
    for (int round = 0; round < ROUNDS; round++) {
        pthread_t killer;
        size_t seen = k.answered;
        pthread_create(&killer, NULL, kill_and_start, NULL);
        for (int i = 0; i < COUNT; i++) {
            char cid[16];
            int seq = round * COUNT + i + 1;
            snprintf(cid, sizeof cid, "c%d", seq);
            store_submit(s, kit_message(&k, tenant, "conv_1", seq, cid));
            if (i % 100 == 0) usleep(2000);
        }
        settle(&k, s, seen, COUNT, &unknown);
        pthread_join(killer, NULL);
    }
    struct store_job *job = kit_query(&k, tenant);
    kit_add(job, "message.since", "sii", "conv_1", 0, 10000);
    job = kit_run(&k, s, job);
    assert_int_equal(job->status, 0);
    struct rows_reader r;
    struct param row[ROWS_COLUMNS_MAX];
    assert_int_equal(rows_open(&r, &job->rows), 0);
    int rows = 0;
    while (rows_next(&r, row)) assert_int_equal(row[0].integer, ++rows);
    assert_int_equal(rows, COUNT * ROUNDS);
    store_job_free(job);
    struct store_stats stats;
    store_stats(s, &stats);
    assert_true(stats.reconnects >= ROUNDS);
    print_message("%d of unknown outcome, %d reconnects\n", unknown, (int)stats.reconnects);
    store_close(s);
    kit_deinit(&k);
}

static void test_a_server_that_comes_late(void **state)
{
    (void)state;
    struct kit k;
    kit_init(&k);
    server("stop");
    struct store *s = open_store(getenv("AZENTIKO_TEST_PG"));
    assert_false(store_ready(s));
    struct store_job *job = kit_query(&k, 0);
    kit_add(job, "store.ping", "");
    store_submit(s, job);
    server("start");
    kit_wait(&k, 1);
    assert_int_equal(k.head->status, 0);
    store_close(s);
    kit_deinit(&k);
}

static void test_a_server_that_never_comes(void **state)
{
    (void)state;
    struct kit k;
    kit_init(&k);
    struct store *s = open_store("postgres://nobody@127.0.0.1:1/none");
    uint64_t start = clock_mono_ns(clock_real());
    struct store_job *job = kit_message(&k, 1, "conv_1", 1, "c");
    job = kit_run(&k, s, job);
    uint64_t ms = (clock_mono_ns(clock_real()) - start) / 1000000;
    assert_int_equal(job->status, ERR_UNAVAILABLE);
    assert_in_range(ms, STORE_TIMEOUT_MS - 500, STORE_TIMEOUT_MS + 2000);
    store_job_free(job);
    store_submit(s, kit_message(&k, 1, "conv_1", 1, "c"));
    store_close(s); /* does not wait for a server that was never there */
    assert_int_equal(k.answered, 2);
    assert_int_equal(k.head->status, ERR_UNAVAILABLE);
    kit_deinit(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_level_security),        cmocka_unit_test(test_the_role_is_no_superuser),
        cmocka_unit_test(test_killed_under_load),         cmocka_unit_test(test_a_server_that_comes_late),
        cmocka_unit_test(test_a_server_that_never_comes),
    };
    if (getenv("AZENTIKO_TEST_PG") == NULL) {
        print_message("skipped: AZENTIKO_TEST_PG is not set (tests/pg run ...)\n");
        return 77;
    }
    log_set_sink(silence);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
