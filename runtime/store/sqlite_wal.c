/* The checkpointer. SQLite would move the log into the database inside the
 * commit that fills page 1000, and that commit's visitors would wait for it;
 * so a thread with its own connection does it (PASSIVE: it never blocks the
 * writer). Under steady load it never catches the writer's last page, and only
 * a log that was moved as a whole begins again at its start. So the thread
 * moves what there is, again and again while much is left, and brings the
 * database to the disk itself: SQLite leaves that to the run that ends the
 * log, where it was measured at 7 ms for everything since the last. Then the
 * writer moves the little that is left, between two commits, and SQLite reuses
 * the file from its start. Where the thread gets no CPU the writer waits for it
 * at FULL_PAGES. So the bound is 64 MB and a group, unless a reader holds an old
 * snapshot (queries are short). */
#include "store/sqlite_wal.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/log.h"
#include "base/mem.h"

/* Seldom: each page that changed is written once a run, however often it
 * changed, and each run's syncs stand beside those of the commits. */
#define LONG_PAGES 8192  /* 32 MB of log: the thread starts, and the writer finishes */
#define FULL_PAGES 16384 /* 64 MB: commits wait until the thread has moved them */
#define AGAIN_PAGES 1024 /* more log, when it could not be finished */
#define REST_PAGES 64    /* so few take the writer less than a commit */
#define RUNS_MAX 5

enum wal_state { WAL_IDLE, WAL_WANTED, WAL_RUNNING, WAL_CLOSING };

struct sqlite_wal {
    struct sqlite_conn *conn, *writer;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wanted, rested;
    enum wal_state state;   /* under lock */
    _Atomic int pages;      /* length of the log; the writer sets it */
    int asked;              /* the writer's: length when a run was last asked for; 0: not since the start */
    int full;               /* the writer's: length when it last waited; 0: not since the start */
    _Atomic bool bulk_done; /* the thread has left little since the writer last looked */
};

/* Returns how many pages of the log are in the database now. */
static int checkpoint(struct sqlite_conn *c, int mode)
{
    int pages = 0, moved = 0;
    int rc = sqlite3_wal_checkpoint_v2(sqlite_conn_handle(c), NULL, mode, &pages, &moved);
    if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY)
        log_write(LOG_ERROR, "store: checkpoint failed",
                  LOG_STR("reason", sqlite3_errmsg(sqlite_conn_handle(c))));
    return moved;
}

/* Not for safety, which is the last run's matter: so that it has little to wait for. */
static void sync_early(struct sqlite_conn *c)
{
    sqlite3_file *file = NULL;
    if (sqlite3_file_control(sqlite_conn_handle(c), "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK &&
        file != NULL && file->pMethods != NULL)
        file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
}

static bool wait_for_work(struct sqlite_wal *w)
{
    pthread_mutex_lock(&w->lock);
    if (w->state == WAL_RUNNING) w->state = WAL_IDLE;
    pthread_cond_signal(&w->rested);
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
        for (int run = 0; run < RUNS_MAX; run++) {
            int moved = checkpoint(w->conn, SQLITE_CHECKPOINT_PASSIVE);
            sync_early(w->conn);
            if (atomic_load(&w->pages) - moved <= REST_PAGES) break;
        }
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
    if (pages < w->asked || pages < w->full) w->asked = w->full = 0; /* the log began again */
    atomic_store(&w->pages, pages);
    return SQLITE_OK;
}

/* Its runs are short now, for nothing is written meanwhile. */
static void wait_for_thread(struct sqlite_wal *w)
{
    pthread_mutex_lock(&w->lock);
    while (w->state == WAL_WANTED || w->state == WAL_RUNNING) pthread_cond_wait(&w->rested, &w->lock);
    pthread_mutex_unlock(&w->lock);
    checkpoint(w->writer, SQLITE_CHECKPOINT_PASSIVE);
}

void sqlite_wal_between_commits(struct sqlite_wal *w)
{
    int pages = atomic_load(&w->pages);
    if (pages >= FULL_PAGES && pages - w->full >= AGAIN_PAGES) {
        w->full = pages; /* a reader may keep the log from its start */
        return wait_for_thread(w);
    }
    if (pages < LONG_PAGES ||
        (w->asked != 0 && pages - w->asked < AGAIN_PAGES && !atomic_load(&w->bulk_done)))
        return;
    if (atomic_exchange(&w->bulk_done, false)) {
        checkpoint(w->writer, SQLITE_CHECKPOINT_PASSIVE);
        return;
    }
    pthread_mutex_lock(&w->lock);
    if (w->state == WAL_IDLE) {
        w->state = WAL_WANTED;
        w->asked = pages;
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
    pthread_cond_init(&w->rested, NULL);
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
    pthread_cond_destroy(&w->rested);
    pthread_mutex_destroy(&w->lock);
    mem_free(w);
}
