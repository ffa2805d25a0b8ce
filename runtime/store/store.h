/* The asynchronous store: batches that commit or fail as a whole, and
 * queries. SQLite and PostgreSQL stand behind the same functions.
 *
 * Any thread may submit; nothing here blocks the caller. A job is answered
 * exactly once, through its port, on whatever thread the backend uses.
 * Bound: STORE_QUEUE_MAX jobs wait; past it a submit is answered at once with
 * ERR_LIMIT. A job that could not be handed to the database within its
 * timeout is answered ERR_UNAVAILABLE; a batch whose connection was lost
 * during COMMIT is ERR_UNKNOWN_OUTCOME (the caller repeats it: every
 * statement set is guarded by a unique index). */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct store;
struct store_job;

#define STORE_QUEUE_MAX 65536
#define STORE_JOB_BYTES_MAX (1u << 20)
#define STORE_ROWS_MAX 10000               /* more in one result: ERR_LIMIT */
#define STORE_RESULT_BYTES_MAX (16u << 20) /* the same */
#define STORE_TIMEOUT_MS 10000

/* deliver takes the job; it may run on any thread, and inside store_submit
 * when a job is refused. It must not block. */
struct store_port {
    void (*deliver)(struct store_port *port, struct store_job *job);
};

enum store_kind { STORE_BATCH, STORE_QUERY };

/* Public for its submitter, who fills it up to `tag`; the store fills the rest. */
struct store_job {
    struct store_job *next;  /* the store's while submitted, then the port's */
    struct store_port *port; /* borrowed; outlives the job */
    enum store_kind kind;
    int64_t tenant;        /* bound as $1 of every statement */
    struct buf statements; /* see store/encode.h; a query holds one */
    uint64_t tag[3];       /* the submitter's; not looked at */

    uint64_t since_ns; /* when it was submitted */
    int status;        /* enum err */
    char error[160];   /* for the log, "" when status is 0 */
    struct buf rows;   /* result of the last statement that returned rows (store/encode.h) */
};

struct store_job *store_job_new(struct store_port *port, enum store_kind kind, int64_t tenant);
void store_job_free(struct store_job *job); /* NULL is fine */

struct store_config {
    const char *url;      /* "postgres://..." or NULL for SQLite in data_dir */
    const char *data_dir; /* "" : SQLite in memory (tests) */
    int readers;          /* SQLite reader threads; 0 means 2 */
    int connections;      /* PostgreSQL connections that write; 0 means 2 (one more reads) */
    int group_max;        /* batches a commit; 0 means 1000 */
};

/* Opens, migrates (store/migrate.h) and starts the threads. A PostgreSQL that
 * cannot be reached (3 s an address) is no error here: it is tried again, jobs
 * wait their 10 s and are answered ERR_UNAVAILABLE until it comes. A changed or
 * newer schema is one. why: at least 256 bytes, filled on error. */
int store_open(const struct store_config *config, struct store **out, char *why, size_t why_len) MUST_CHECK;
void store_submit(struct store *store, struct store_job *job); /* takes job until deliver */
bool store_ready(struct store *store);                         /* reachable and migrated */
/* Answers what is waiting (commits what was submitted), stops, frees. Blocks up to 10 s. */
void store_close(struct store *store);

struct store_stats { /* since open */
    uint64_t batches, groups, queries, rows_written, failed, reconnects;
    uint64_t commit_ns_sum, commit_ns_max;
    uint64_t waiting;
};
void store_stats(struct store *store, struct store_stats *out);

#endif
