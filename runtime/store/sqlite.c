/* The SQLite store: one writer thread that commits everything waiting as one
 * transaction, reader threads, and a checkpointer that keeps the log short
 * outside the path of an answer.
 *
 *   store_submit -> writes queue -> writer: BEGIN, batches, COMMIT (fsync) -> ports
 *                -> reads queue  -> readers                               -> ports
 *
 * The in-memory store (tests) has one connection, so its writer answers
 * queries too, in the order of submission.
 *
 * A group costs one lock, one BEGIN/COMMIT and one fsync whatever its size; a
 * batch costs SQLite's own work for its rows, no allocation and no copy.
 * Nothing here knows what the statements mean. */
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/backend.h"
#include "store/queue.h"
#include "store/sqlite_conn.h"
#include "store/sqlite_wal.h"

#define READERS_MAX 16
#define GROUP_BYTES_MAX (8u << 20)

struct reader {
    struct sqlite_store *store;
    struct sqlite_conn *conn;
    pthread_t thread;
};

struct sqlite_store {
    struct store base;
    struct job_queue writes, reads;
    struct sqlite_conn *writer;
    pthread_t thread;
    struct sqlite_wal *wal; /* NULL in memory */
    size_t group_max;
    int readers; /* 0: the writer answers queries */
    struct reader reader[READERS_MAX];
    _Atomic bool healthy; /* false after a commit failed, until one succeeds */
};

static void answer_all(struct sqlite_store *s, struct store_job *list)
{
    while (list != NULL) {
        struct store_job *job = list;
        list = job->next; /* before the answer: the port takes the job */
        job_answer(&s->base, job);
    }
}

/* Ends a transaction that cannot be kept; SQLite may have ended it itself. */
static void give_up(struct sqlite_conn *c)
{
    if (!sqlite_conn_in_transaction(c)) return;
    if (sqlite_conn_control(c, "store.rollback") != 0)
        log_write(LOG_ERROR, "store: rollback failed", LOG_STR("reason", sqlite_conn_error(c)));
}

static int fail_all(struct sqlite_conn *c, struct store_job *list, int err, const char *text)
{
    char reason[160];
    snprintf(reason, sizeof reason, "%s", text);
    give_up(c);
    for (struct store_job *job = list; job != NULL; job = job->next)
        if (job->status == 0) job_fail(job, err, reason);
    return err;
}

/* All batches in one go. An error of one batch leaves the transaction open
 * for nobody: it is rolled back and *guilty names the batch. */
static int run_together(struct sqlite_conn *c, struct store_job *list, struct store_job **guilty)
{
    *guilty = NULL;
    for (struct store_job *job = list; job != NULL; job = job->next) {
        if (sqlite_conn_run(c, job) == 0) continue;
        *guilty = job;
        give_up(c);
        return job->status;
    }
    return 0;
}

/* The second try, when one batch is at fault: each under a savepoint, so that
 * only those that fail are undone. */
static int run_apart(struct sqlite_conn *c, struct store_job *list)
{
    for (struct store_job *job = list; job != NULL; job = job->next) {
        int err = sqlite_conn_control(c, "store.savepoint");
        if (err != 0) return err;
        int status = sqlite_conn_run(c, job);
        if (status == ERR_UNAVAILABLE || !sqlite_conn_in_transaction(c)) return ERR_UNAVAILABLE;
        if (status != 0) err = sqlite_conn_control(c, "store.undo");
        if (err == 0) err = sqlite_conn_control(c, "store.release");
        if (err != 0) return err;
    }
    return 0;
}

/* Runs and commits; on return every job has its status. */
static int commit_group(struct sqlite_conn *c, struct store_job *list)
{
    struct store_job *guilty;
    int err = sqlite_conn_control(c, "store.begin");
    if (err != 0) return fail_all(c, list, ERR_UNAVAILABLE, sqlite_conn_error(c));
    err = run_together(c, list, &guilty);
    if (err == ERR_UNAVAILABLE) return fail_all(c, list, err, guilty->error);
    if (err != 0 && list->next == NULL) return 0; /* it was alone: nothing else to save */
    if (err != 0) {
        err = sqlite_conn_control(c, "store.begin");
        if (err == 0) err = run_apart(c, list);
        if (err != 0) return fail_all(c, list, ERR_UNAVAILABLE, sqlite_conn_error(c));
    }
    err = sqlite_conn_control(c, "store.commit");
    return err == 0 ? 0 : fail_all(c, list, ERR_UNAVAILABLE, sqlite_conn_error(c));
}

static void set_healthy(struct sqlite_store *s, int err, const struct store_job *list)
{
    bool healthy = err == 0;
    if (atomic_exchange(&s->healthy, healthy) == healthy) return;
    if (healthy)
        log_write(LOG_INFO, "store: writing again");
    else
        log_write(LOG_ERROR, "store: cannot write", LOG_STR("reason", list->error));
}

static void refuse_old(struct sqlite_store *s)
{
    uint64_t age = STORE_TIMEOUT_MS * 1000000ull, now = clock_mono_ns(clock_real());
    if (now > age)
        jobs_refuse(&s->base, queue_expire(&s->writes, now - age), ERR_UNAVAILABLE,
                    "the database could not take it within 10 s");
}

static void write_group(struct sqlite_store *s, struct store_job *list)
{
    struct clock *clock = clock_real();
    uint64_t before = sqlite_conn_changes(s->writer), start = clock_mono_ns(clock);
    int err = commit_group(s->writer, list);
    store_count_commit(&s->base, clock_mono_ns(clock) - start);
    atomic_fetch_add(&s->base.counters.rows_written, sqlite_conn_changes(s->writer) - before);
    set_healthy(s, err, list);
    answer_all(s, list);
    if (err != 0) refuse_old(s); /* it may have waited seconds for another process */
}

static void read_list(struct sqlite_store *s, struct sqlite_conn *c, struct store_job *list)
{
    for (struct store_job *job = list; job != NULL; job = job->next) sqlite_conn_run(c, job);
    answer_all(s, list);
}

static void *writer_main(void *arg)
{
    struct sqlite_store *s = arg;
    struct store_job *list;
    while ((list = queue_take(&s->writes, s->group_max, GROUP_BYTES_MAX)) != NULL) {
        if (list->kind == STORE_QUERY)
            read_list(s, s->writer, list);
        else
            write_group(s, list);
        if (s->wal != NULL) sqlite_wal_between_commits(s->wal);
    }
    return NULL;
}

static void *reader_main(void *arg)
{
    struct reader *r = arg;
    struct store_job *list;
    while ((list = queue_take(&r->store->reads, 1, GROUP_BYTES_MAX)) != NULL)
        read_list(r->store, r->conn, list);
    return NULL;
}

static struct sqlite_store *of(struct store *store) { return container_of(store, struct sqlite_store, base); }

static void submit(struct store *store, struct store_job *job)
{
    struct sqlite_store *s = of(store);
    bool to_reader = job->kind == STORE_QUERY && s->readers != 0;
    int err = queue_push(to_reader ? &s->reads : &s->writes, job);
    if (err != 0) jobs_refuse(store, job, err, NULL);
}

static bool ready(struct store *store) { return atomic_load(&of(store)->healthy); }

static uint64_t waiting(struct store *store)
{
    return queue_length(&of(store)->writes) + queue_length(&of(store)->reads);
}

static void stop(struct store *store)
{
    struct sqlite_store *s = of(store);
    queue_close(&s->writes);
    queue_close(&s->reads);
    pthread_join(s->thread, NULL);
    for (int i = 0; i < s->readers; i++) {
        pthread_join(s->reader[i].thread, NULL);
        sqlite_conn_close(s->reader[i].conn);
    }
    sqlite_wal_close(s->wal);
    sqlite_conn_close(s->writer);
    queue_deinit(&s->writes);
    queue_deinit(&s->reads);
    mem_free(s);
}

static int open_connections(struct sqlite_store *s, const char *path, int readers, char *why, size_t why_len)
{
    int err = sqlite_conn_open(path, &s->writer, why, why_len);
    if (err == 0) err = sqlite_migrate(s->writer, MIGRATE_APPLY, NULL, why, why_len);
    if (err == 0) err = sqlite_conn_prepare_all(s->writer, why, why_len);
    for (int i = 0; err == 0 && i < readers; i++) {
        s->reader[i].store = s;
        err = sqlite_conn_open(path, &s->reader[i].conn, why, why_len);
        if (err == 0) s->readers++;
    }
    if (err == 0 && readers != 0) err = sqlite_wal_open(path, s->writer, &s->wal, why, why_len);
    return err;
}

static void start_threads(struct sqlite_store *s)
{
    int rc = pthread_create(&s->thread, NULL, writer_main, s);
    for (int i = 0; rc == 0 && i < s->readers; i++)
        rc = pthread_create(&s->reader[i].thread, NULL, reader_main, &s->reader[i]);
    assert(rc == 0 && "a thread at start");
    (void)rc;
}

int sqlite_open(const struct store_config *config, struct store **out, char *why, size_t why_len)
{
    static const struct store_ops ops = {submit, ready, waiting, stop};
    struct buf path;
    buf_init(&path);
    int err = sqlite_path(config->data_dir, &path, why, why_len);
    if (err != 0) return err;
    struct sqlite_store *s = mem_zalloc(sizeof *s);
    s->base.ops = &ops;
    s->group_max = config->group_max > 0 ? (size_t)config->group_max : 1000;
    int readers = config->readers > 0 ? config->readers : 2;
    if (readers > READERS_MAX) readers = READERS_MAX;
    bool in_memory = strcmp(buf_cstr(&path), ":memory:") == 0;
    err = open_connections(s, path.data, in_memory ? 0 : readers, why, why_len);
    buf_deinit(&path);
    if (err != 0) {
        for (int i = 0; i < s->readers; i++) sqlite_conn_close(s->reader[i].conn);
        sqlite_conn_close(s->writer);
        mem_free(s);
        return err;
    }
    atomic_store(&s->healthy, true);
    queue_init(&s->writes);
    queue_init(&s->reads);
    start_threads(s);
    *out = &s->base;
    return 0;
}
