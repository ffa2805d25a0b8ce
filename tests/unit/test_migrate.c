/* Migrations on SQLite, and on PostgreSQL where AZENTIKO_TEST_PG names one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include <libpq-fe.h>
#include <sqlite3.h>

#include "base/mem.h"
#include "store/migrate.h"
#include "store_kit.h"

/* An empty database for each test. */
struct base {
    struct store_config config;
    char *dir;
    char url[300], name[32];
};

static bool on_postgres;

static void run_as_admin(const char *sql)
{
    PGconn *pg = PQconnectdb(getenv("AZENTIKO_TEST_PG_ADMIN"));
    PGresult *r = PQexec(pg, sql);
    assert_int_equal(PQresultStatus(r), PGRES_COMMAND_OK);
    PQclear(r);
    PQfinish(pg);
}

static int setup(void **state)
{
    static int number;
    struct base *b = calloc(1, sizeof *b);
    *state = b;
    if (!on_postgres) {
        b->config.data_dir = b->dir = kit_dir();
        return 0;
    }
    char sql[100];
    const char *url = getenv("AZENTIKO_TEST_PG"), *options = strchr(url, '?');
    snprintf(b->name, sizeof b->name, "migrate_%d_%d", (int)getpid(), number++);
    snprintf(sql, sizeof sql, "CREATE DATABASE %s OWNER azentiko", b->name);
    run_as_admin(sql);
    snprintf(b->url, sizeof b->url, "postgres://azentiko@/%s%s", b->name, options);
    b->config.url = b->url;
    return 0;
}

static int teardown(void **state)
{
    struct base *b = *state;
    if (on_postgres) {
        char sql[100];
        snprintf(sql, sizeof sql, "DROP DATABASE %s WITH (FORCE)", b->name);
        run_as_admin(sql);
    } else {
        kit_dir_remove(b->dir);
    }
    free(b);
    return 0;
}

static int run(struct base *b, enum migrate_mode mode, struct migrate_report *report)
{
    static char why[256];
    why[0] = '\0';
    int err = migrate(&b->config, mode, report, why, sizeof why);
    if (err != 0) print_message("%s\n", why);
    return err;
}

static enum migrate_state state_of_first(struct base *b)
{
    struct migrate_report report;
    assert_int_equal(run(b, MIGRATE_STATUS, &report), 0);
    assert_true(report.count >= 1);
    assert_string_equal(report.line[0].name, "0001_core.sql");
    assert_int_equal(report.line[0].number, 1);
    enum migrate_state state = report.line[0].state;
    assert_int_equal(report.line[0].applied_at != 0,
                     state == MIGRATION_APPLIED || state == MIGRATION_CHANGED);
    mem_free(report.line);
    return state;
}

static void alter(struct base *b, const char *sql)
{
    if (on_postgres) {
        PGconn *pg = PQconnectdb(b->url);
        PGresult *r = PQexec(pg, sql);
        assert_int_equal(PQresultStatus(r), PGRES_COMMAND_OK);
        PQclear(r);
        PQfinish(pg);
        return;
    }
    char path[256];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/azentiko.db", b->dir);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void test_once_and_again(void **state)
{
    struct base *b = *state;
    assert_int_equal(state_of_first(b), MIGRATION_PENDING);
    assert_int_equal(run(b, MIGRATE_DRY_RUN, NULL), 0);
    assert_int_equal(state_of_first(b), MIGRATION_PENDING);
    assert_int_equal(run(b, MIGRATE_APPLY, NULL), 0);
    assert_int_equal(state_of_first(b), MIGRATION_APPLIED);
    assert_int_equal(run(b, MIGRATE_APPLY, NULL), 0);
    assert_int_equal(run(b, MIGRATE_DRY_RUN, NULL), 0);
}

static void test_a_changed_file_is_named(void **state)
{
    struct base *b = *state;
    assert_int_equal(run(b, MIGRATE_APPLY, NULL), 0);
    alter(b, "UPDATE migration SET checksum = 'other' WHERE number = 1");
    assert_int_equal(state_of_first(b), MIGRATION_CHANGED);
    struct store *s;
    char why[256] = "";
    assert_int_equal(store_open(&b->config, &s, why, sizeof why), ERR_INVALID);
    assert_non_null(strstr(why, "0001_core.sql"));
}

static void test_a_newer_database_is_refused(void **state)
{
    struct base *b = *state;
    assert_int_equal(run(b, MIGRATE_APPLY, NULL), 0);
    alter(
        b,
        "INSERT INTO migration (number, name, checksum, applied_at) VALUES (9999, '9999_later.sql', 'x', 1)");
    struct store *s;
    char why[256] = "";
    assert_int_equal(store_open(&b->config, &s, why, sizeof why), ERR_INVALID);
    assert_non_null(strstr(why, "9999_later.sql"));
}

static pid_t migrate_in_child(struct base *b)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        char why[256];
        _exit(migrate(&b->config, MIGRATE_APPLY, NULL, why, sizeof why) == 0 ? 0 : 1);
    }
    return pid;
}

static void test_several_processes_at_once(void **state)
{
    struct base *b = *state;
    enum { COUNT = 6 };
    pid_t pid[COUNT];
    for (int i = 0; i < COUNT; i++) pid[i] = migrate_in_child(b);
    for (int i = 0; i < COUNT; i++) {
        int status;
        assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    assert_int_equal(state_of_first(b), MIGRATION_APPLIED);
}

/* kill -9 at 20 points: the next start completes it or finds it unchanged. */
static void test_killed_in_the_middle(void **state)
{
    struct base *b = *state;
    for (int i = 0; i < 20; i++) {
        pid_t pid = migrate_in_child(b);
        usleep((useconds_t)(i * (on_postgres ? 4000 : 1000)));
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        enum migrate_state now = state_of_first(b);
        assert_true(now == MIGRATION_PENDING || now == MIGRATION_APPLIED);
        if (now == MIGRATION_APPLIED) {
            teardown(state);
            setup(state);
            b = *state;
        }
    }
    assert_int_equal(run(b, MIGRATE_APPLY, NULL), 0);
    struct store *s;
    char why[256] = "";
    assert_int_equal(store_open(&b->config, &s, why, sizeof why), 0);
    store_close(s);
}

#define ON_EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_EACH(test_once_and_again),
        ON_EACH(test_a_changed_file_is_named),
        ON_EACH(test_a_newer_database_is_refused),
        ON_EACH(test_several_processes_at_once),
        ON_EACH(test_killed_in_the_middle),
    };
    int failed = cmocka_run_group_tests_name("sqlite", tests, NULL, NULL);
    if (getenv("AZENTIKO_TEST_PG") == NULL) {
        print_message("PostgreSQL skipped: AZENTIKO_TEST_PG is not set (tests/pg run ...)\n");
        return failed;
    }
    on_postgres = true;
    return failed + cmocka_run_group_tests_name("postgres", tests, NULL, NULL);
}
