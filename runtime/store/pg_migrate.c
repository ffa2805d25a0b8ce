/* Migrations on PostgreSQL: blocking calls on a connection of their own, by
 * the CLI and, in the server, at open or on a thread of libuv's pool, never on
 * a loop. An advisory lock keeps a second process waiting. */
#include <assert.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "store/backend.h"
#include "store/pg_conn.h"

struct pg_migration {
    struct migrate_db db;
    PGconn *pg;
};

static struct pg_migration *of(struct migrate_db *db) { return container_of(db, struct pg_migration, db); }

static int ended(struct migrate_db *db, PGresult *r)
{
    ExecStatusType status = PQresultStatus(r);
    int err = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? 0 : ERR_INTERNAL;
    if (err != 0) {
        const char *primary = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
        snprintf(db->why, sizeof db->why, "%s", primary ? primary : PQerrorMessage(of(db)->pg));
        enum pg_failure failure = pg_failure(r, &err);
        if (failure != PG_FAILURE_BATCH) err = ERR_UNAVAILABLE;
    }
    PQclear(r);
    return err;
}

static const char *text_of(const char *name)
{
    return statement_get(statement_find(name, strlen(name)))->postgres;
}

static int script(struct migrate_db *db, const char *sql) { return ended(db, PQexec(of(db)->pg, sql)); }

static int begin(struct migrate_db *db)
{
    int err = script(db, text_of("store.begin"));
    return err == 0 ? script(db, text_of("migration.prepare")) : err;
}

static int list(struct migrate_db *db, struct buf *rows)
{
    const char *problem = NULL;
    PGresult *r = PQexecParams(of(db)->pg, text_of("migration.list"), 0, NULL, NULL, NULL, NULL, 1);
    int err = PQresultStatus(r) == PGRES_TUPLES_OK ? pg_rows(r, rows, &problem) : 0;
    assert(err == 0 && "bigint and text only");
    return ended(db, r);
}

static int record(struct migrate_db *db, struct buf *statement)
{
    struct decoder d;
    struct pg_values v;
    uint16_t id;
    uint8_t params;
    decode_init(&d, statement);
    decode_statement(&d, &id, &params);
    pg_values_init(&v);
    pg_values_decode(&v, &d, params);
    return ended(db, PQexecParams(of(db)->pg, statement_get(id)->postgres, v.count, NULL, v.value, v.length,
                                  v.format, 0));
}

static int finish(struct migrate_db *db, int commit)
{
    char why[sizeof db->why];
    memcpy(why, db->why, sizeof why);
    int err = script(db, text_of(commit ? "store.commit" : "store.rollback"));
    if (!commit) memcpy(db->why, why, sizeof why); /* the reason, not the echo */
    return commit ? err : 0;
}

int postgres_migrate(const struct store_config *config, enum migrate_mode mode, struct migrate_report *report,
                     char *why, size_t why_len)
{
    const char *keys[8], *values[8];
    pg_conn_options(config->url, keys, values);
    struct pg_migration m = {{begin, list, script, record, finish, 1, ""},
                             PQconnectdbParams(keys, values, 1)};
    int err = ERR_UNAVAILABLE;
    if (PQstatus(m.pg) == CONNECTION_OK) {
        PQsetNoticeReceiver(m.pg, pg_conn_ignore_notice, NULL); /* "already exists, skipping" */
        err = migrate_run(&m.db, mode, report);
        if (err != 0) snprintf(why, why_len, "%s", m.db.why);
    } else {
        snprintf(why, why_len, "%s", PQerrorMessage(m.pg));
        why[strcspn(why, "\n")] = '\0';
    }
    PQfinish(m.pg);
    return err;
}
