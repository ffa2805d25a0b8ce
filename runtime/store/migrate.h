/* Numbered migrations of schema/migrations/NNNN_name.sql, embedded in the
 * binary. Everything that is pending runs in one transaction under a lock, so
 * two processes that start at once do it once, and a kill leaves the database
 * as it was or done. The table `migration` keeps the SHA-256 of each file; a
 * file that changed afterwards is an error that names it. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

enum migrate_mode {
    MIGRATE_STATUS,  /* reads only */
    MIGRATE_DRY_RUN, /* runs what is pending and rolls it back */
    MIGRATE_APPLY,
};

enum migrate_state {
    MIGRATION_APPLIED,
    MIGRATION_PENDING,
    MIGRATION_CHANGED, /* the file is not the one that was applied */
    MIGRATION_UNKNOWN, /* the database has it, this binary does not */
};

struct migrate_line {
    int64_t number;
    char name[64];            /* "0001_core.sql" */
    enum migrate_state state; /* before this run */
    int64_t applied_at;       /* ms; 0 when pending */
};

struct migrate_report {
    struct migrate_line *line; /* mem_free */
    size_t count;
};

/* For the CLI: opens its own connection, blocks (30 s at most for a lock).
 * why: at least 256 bytes. report may be NULL, and is filled on error too. */
int migrate(const struct store_config *config, enum migrate_mode mode, struct migrate_report *report,
            char *why, size_t why_len) MUST_CHECK;

/* What a backend gives to run migrations on a connection that it has open.
 * Each returns 0 or an error with text in why. */
struct migrate_db {
    int (*begin)(struct migrate_db *db);                  /* transaction, lock, table `migration` */
    int (*list)(struct migrate_db *db, struct buf *rows); /* migration.list, as result rows */
    int (*script)(struct migrate_db *db, const char *sql);
    int (*record)(struct migrate_db *db, struct buf *statement); /* migration.insert, encoded */
    int (*finish)(struct migrate_db *db, int commit);
    int on_postgres;
    char why[256];
};

int migrate_run(struct migrate_db *db, enum migrate_mode mode, struct migrate_report *report) MUST_CHECK;

#endif
