/* What can go wrong below SQLite: failing writes and syncs, a full disk,
 * another process at the same file, a log that grows, a queue that is full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include <sqlite3.h>

#include "base/log.h"
#include "base/mem.h"
#include "faulty_vfs.h"
#include "store_kit.h"

static void silence(const char *line, size_t len)
{
    (void)line;
    (void)len;
}

static int count_of(struct kit *k, struct store *s, const char *cid)
{
    struct store_job *job = kit_query(k, 1);
    kit_add(job, "message.by_cid", "ss", "conv_1", cid);
    job = kit_run(k, s, job);
    assert_int_equal(job->status, 0);
    int found = kit_text(job)[0] != '\0';
    store_job_free(job);
    return found;
}

static void check_integrity(const char *dir)
{
    char path[256];
    sqlite3 *db;
    sqlite3_stmt *stmt;
    snprintf(path, sizeof path, "%s/azentiko.db", dir);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(stmt, 0), "ok");
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

/* Each write and sync that a message needs fails once, N = 1, 2, ... until
 * none is left: no ack without storage, and the next message goes through. */
static void test_every_failing_write(void **state)
{
    (void)state;
    bool fired = true;
    for (int n = 1; fired && n < 200; n++) {
        struct kit k;
        char *dir = kit_dir();
        kit_init(&k);
        struct store *s = kit_open_sqlite(dir);
        kit_fill(&k, s, 1, "conv_1");
        faulty_vfs_fail_at(n);
        int status = kit_status(&k, s, kit_message(&k, 1, "conv_1", 1, "c1"));
        fired = faulty_vfs_fired();
        faulty_vfs_fail_at(0);
        assert_true(status == 0 || (fired && status == ERR_UNAVAILABLE));
        assert_true(store_ready(s) || status != 0);
        int again = kit_status(&k, s, kit_message(&k, 1, "conv_1", 1, "c1"));
        assert_int_equal(again, status == 0 ? ERR_CONFLICT : 0);
        assert_true(store_ready(s));
        assert_int_equal(kit_status(&k, s, kit_message(&k, 1, "conv_1", 2, "c2")), 0);
        store_close(s);
        s = kit_open_sqlite(dir);
        assert_int_equal(count_of(&k, s, "c1") + count_of(&k, s, "c2"), 2);
        store_close(s);
        check_integrity(dir);
        kit_deinit(&k);
        kit_dir_remove(dir);
    }
    assert_false(fired);
}

struct sync_port {
    struct store_port port;
    struct kit *kit;
    _Atomic int unsynced;
};

static void deliver_and_look(struct store_port *port, struct store_job *job)
{
    struct sync_port *p = container_of(port, struct sync_port, port);
    if (faulty_vfs_unsynced_log() != 0) p->unsynced++;
    p->kit->port.deliver(&p->kit->port, job);
}

static void test_the_log_is_on_the_disk_before_each_answer(void **state)
{
    (void)state;
    struct kit k;
    char *dir = kit_dir();
    kit_init(&k);
    struct store *s = kit_open_sqlite(dir);
    kit_fill(&k, s, 1, "conv_1");
    struct sync_port port = {{deliver_and_look}, &k, 0};
    size_t before = k.answered;
    for (int i = 0; i < 1000; i++) {
        struct store_job *job = kit_message(&k, 1, "conv_1", i + 1, NULL);
        job->port = &port.port;
        store_submit(s, job);
        if (i % 50 == 0) kit_wait(&k, before + (size_t)i + 1);
    }
    kit_wait(&k, before + 1000);
    assert_int_equal(port.unsynced, 0);
    store_close(s);
    kit_deinit(&k);
    kit_dir_remove(dir);
}

static void test_a_full_disk(void **state)
{
    (void)state;
    struct kit k;
    char *dir = kit_dir();
    kit_init(&k);
    struct store *s = kit_open_sqlite(dir);
    kit_fill(&k, s, 1, "conv_1");
    assert_int_equal(kit_status(&k, s, kit_message(&k, 1, "conv_1", 1, "c1")), 0);
    faulty_vfs_full(true);
    for (int i = 2; i < 10; i++) {
        assert_int_equal(kit_status(&k, s, kit_message(&k, 1, "conv_1", i, NULL)), ERR_UNAVAILABLE);
        assert_false(store_ready(s));
        assert_int_equal(count_of(&k, s, "c1"), 1);
    }
    faulty_vfs_full(false);
    assert_int_equal(kit_status(&k, s, kit_message(&k, 1, "conv_1", 2, "c2")), 0);
    assert_true(store_ready(s));
    store_close(s);
    check_integrity(dir);
    kit_deinit(&k);
    kit_dir_remove(dir);
}

/* 400 batches of 100 KB: the log would be 40 MB and more without a checkpointer. */
static void test_the_log_stays_short(void **state)
{
    (void)state;
    struct kit k;
    char *dir = kit_dir(), path[256];
    kit_init(&k);
    struct store *s = kit_open_sqlite(dir);
    kit_fill(&k, s, 1, "conv_1");
    char *body = mem_zalloc(100001);
    memset(body, 'x', 100000);
    off_t longest = 0;
    snprintf(path, sizeof path, "%s/azentiko.db-wal", dir);
    for (int i = 0; i < 1500; i++) {
        struct store_job *job = kit_batch(&k, 1);
        kit_add(job, "message.insert", "sisnnsi", "conv_1", i + 1, "bot", body, 4);
        assert_int_equal(kit_status(&k, s, job), 0);
        struct stat st;
        if (stat(path, &st) == 0 && st.st_size > longest) longest = st.st_size;
    }
    assert_true(longest < 100 << 20);
    store_close(s);
    struct stat st;
    assert_true(stat(path, &st) != 0 || st.st_size == 0);
    mem_free(body);
    check_integrity(dir);
    kit_deinit(&k);
    kit_dir_remove(dir);
}

/* The CLI at the same file: it waits for our commit, and we for its. */
static void test_two_stores_on_one_file(void **state)
{
    (void)state;
    struct kit k;
    char *dir = kit_dir();
    kit_init(&k);
    struct store *a = kit_open_sqlite(dir), *b = kit_open_sqlite(dir);
    kit_fill(&k, a, 1, "conv_1");
    size_t before = k.answered;
    for (int i = 0; i < 200; i++) store_submit(i % 2 ? a : b, kit_message(&k, 1, "conv_1", i + 1, NULL));
    kit_wait(&k, before + 200);
    for (struct store_job *job = k.head; job != NULL; job = job->next) assert_int_equal(job->status, 0);
    store_close(a);
    store_close(b);
    kit_deinit(&k);
    kit_dir_remove(dir);
}

static void test_a_full_queue_refuses(void **state)
{
    (void)state;
    struct kit k;
    char *dir = kit_dir(), path[256];
    kit_init(&k);
    struct store *s = kit_open_sqlite(dir);
    kit_fill(&k, s, 1, "conv_1");
    size_t before = k.answered;
    sqlite3 *other; /* holds the write lock, so that the queue fills */
    snprintf(path, sizeof path, "%s/azentiko.db", dir);
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    store_submit(s, kit_message(&k, 1, "conv_1", 1, NULL));
    struct store_stats stats;
    do {
        usleep(1000);
        store_stats(s, &stats);
    } while (stats.waiting != 0);
    for (int i = 0; i < STORE_QUEUE_MAX + 10; i++) store_submit(s, kit_message(&k, 1, "conv_1", i + 2, NULL));
    assert_int_equal(k.answered, before + 10);
    for (struct store_job *job = k.head; job != NULL; job = job->next)
        assert_int_equal(job->status, ERR_LIMIT);
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    store_close(s);
    assert_int_equal(k.answered, before + STORE_QUEUE_MAX + 11);
    kit_deinit(&k);
    kit_dir_remove(dir);
}

static void test_a_folder_that_cannot_be(void **state)
{
    (void)state;
    struct store_config config = {.data_dir = "/proc/nowhere/data"};
    struct store *s;
    char why[256] = "";
    assert_int_not_equal(store_open(&config, &s, why, sizeof why), 0);
    assert_non_null(strstr(why, "/proc/nowhere/data"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_failing_write),
        cmocka_unit_test(test_the_log_is_on_the_disk_before_each_answer),
        cmocka_unit_test(test_a_full_disk),
        cmocka_unit_test(test_the_log_stays_short),
        cmocka_unit_test(test_two_stores_on_one_file),
        cmocka_unit_test(test_a_full_queue_refuses),
        cmocka_unit_test(test_a_folder_that_cannot_be),
    };
    log_set_sink(silence);
    faulty_vfs_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
