/* The checkpointer. SQLite would move the log into the database inside the
 * commit that fills page 1000, and that commit's visitors would wait for it;
 * so a thread with its own connection does it (PASSIVE: it never blocks the
 * writer). Under steady load it never catches the writer's last page, and only
 * a log that was moved as a whole begins again at its start. So past
 * LONG_PAGES the writer itself moves the little that is left, between two
 * commits, right after the thread has done the bulk; SQLite then reuses the
 * file from its start. Bound: LONG_PAGES (64 MB) plus what is written during
 * one passive run, unless a reader holds an old snapshot (queries are short). */
#include "store/sqlite_wal.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/log.h"
#include "base/mem.h"

#define SOON_PAGES 1000 /* 4 MB: the thread starts */
#define LONG_PAGES 4096 /* 16 MB: the writer finishes what the thread left */

enum wal_state { WAL_IDLE, WAL_WANTED, WAL_RUNNING, WAL_CLOSING };

struct sqlite_wal {
    struct sqlite_conn *conn, *writer;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wanted;
    enum wal_state state;   /* under lock */
    int pages;              /* the writer's: length of the log */
    int moved;              /* the writer's: length when a run was last asked for */
    _Atomic bool bulk_done; /* the thread ended a run since the writer last looked */
};

static void checkpoint(struct sqlite_conn *c, int mode)
{
    int rc = sqlite3_wal_checkpoint_v2(sqlite_conn_handle(c), NULL, mode, NULL, NULL);
    if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY)
        log_write(LOG_ERROR, "store: checkpoint failed",
                  LOG_STR("reason", sqlite3_errmsg(sqlite_conn_handle(c))));
}

static bool wait_for_work(struct sqlite_wal *w)
{
    pthread_mutex_lock(&w->lock);
    if (w->state == WAL_RUNNING) w->state = WAL_IDLE;
    while (w->state == WAL_IDLE) pthread_cond_wait(&w->wanted, &w->lock);
    bool go = w->state == WAL_WANTED;
    if (go) w->state = WAL_RUNNING;
    pthread_mutex_unlock(&w->lock);
    return go;
}

static void *checkpointer_main(void *arg)
{
    struct sqlite_wal *w = arg;
    while (wait_for_work(w)) {
        checkpoint(w->conn, SQLITE_CHECKPOINT_PASSIVE);
        atomic_store(&w->bulk_done, true);
    }
    return NULL;
}

/* On the writer's thread, after each commit. */
static int on_commit(void *arg, sqlite3 *db, const char *name, int pages)
{
    struct sqlite_wal *w = arg;
    (void)db;
    (void)name;
    if (pages < w->moved) w->moved = 0; /* the log began again */
    w->pages = pages;
    return SQLITE_OK;
}

void sqlite_wal_between_commits(struct sqlite_wal *w)
{
    if (w->pages > LONG_PAGES && atomic_exchange(&w->bulk_done, false)) {
        checkpoint(w->writer, SQLITE_CHECKPOINT_PASSIVE);
        return;
    }
    if (w->pages - w->moved < SOON_PAGES) return;
    pthread_mutex_lock(&w->lock);
    if (w->state == WAL_IDLE) {
        w->state = WAL_WANTED;
        w->moved = w->pages;
        pthread_cond_signal(&w->wanted);
    }
    pthread_mutex_unlock(&w->lock);
}

int sqlite_wal_open(const char *path, struct sqlite_conn *writer, struct sqlite_wal **out, char *why,
                    size_t why_len)
{
    struct sqlite_wal *w = mem_zalloc(sizeof *w);
    int err = sqlite_conn_open(path, &w->conn, why, why_len);
    if (err != 0) {
        mem_free(w);
        return err;
    }
    w->writer = writer;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wanted, NULL);
    sqlite3_wal_hook(sqlite_conn_handle(writer), on_commit, w);
    int rc = pthread_create(&w->thread, NULL, checkpointer_main, w);
    assert(rc == 0 && "a thread at start");
    (void)rc;
    *out = w;
    return 0;
}

void sqlite_wal_close(struct sqlite_wal *w)
{
    if (w == NULL) return;
    pthread_mutex_lock(&w->lock);
    w->state = WAL_CLOSING;
    pthread_cond_signal(&w->wanted);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    checkpoint(w->conn, SQLITE_CHECKPOINT_TRUNCATE);
    sqlite_conn_close(w->conn);
    pthread_cond_destroy(&w->wanted);
    pthread_mutex_destroy(&w->lock);
    mem_free(w);
}
