/* What stands behind store.h: one table of functions for each database.
 * Only files of this folder include it. */
#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H

#include <stdatomic.h>

#include "store/migrate.h"
#include "store/store.h"

struct store_ops {
    void (*submit)(struct store *store, struct store_job *job); /* takes job, checked by store.c */
    bool (*ready)(struct store *store);
    uint64_t (*waiting)(struct store *store);
    void (*close)(struct store *store); /* answers all, frees */
};

struct store_counters {
    _Atomic uint64_t batches, groups, queries, rows_written, failed, reconnects;
    _Atomic uint64_t commit_ns_sum, commit_ns_max;
};

/* First member of a backend's own struct. */
struct store {
    const struct store_ops *ops;
    struct store_counters counters;
};

int sqlite_open(const struct store_config *config, struct store **out, char *why, size_t why_len) MUST_CHECK;
int postgres_open(const struct store_config *config, struct store **out, char *why,
                  size_t why_len) MUST_CHECK;
/* ERR_UNAVAILABLE when the server cannot be reached. */
int postgres_migrate(const struct store_config *config, enum migrate_mode mode, struct migrate_report *report,
                     char *why, size_t why_len) MUST_CHECK;

/* Sets status and text (cut; NULL for none) without delivering. */
void job_fail(struct store_job *job, int status, const char *text);
/* Counts the job and hands it to its port. */
void job_answer(struct store *store, struct store_job *job);
/* Fails and answers every job of a list. */
void jobs_refuse(struct store *store, struct store_job *list, int status, const char *text);
void store_count_commit(struct store *store, uint64_t ns);

#endif
