/* Migrations on a SQLite connection: the steps that migrate.c asks for. The
 * write lock of BEGIN IMMEDIATE keeps a second process waiting. */
#include <stdio.h>

#include "base/mem.h"
#include "store/encode.h"
#include "store/sqlite_conn.h"
#include "store/statements.h"

struct sqlite_migration {
    struct migrate_db db;
    struct sqlite_conn *conn;
};

static int told(struct migrate_db *db, int err)
{
    struct sqlite_migration *m = container_of(db, struct sqlite_migration, db);
    if (err != 0) snprintf(db->why, sizeof db->why, "%s", sqlite_conn_error(m->conn));
    return err;
}

static struct sqlite_conn *conn_of(struct migrate_db *db)
{
    return container_of(db, struct sqlite_migration, db)->conn;
}

static int m_begin(struct migrate_db *db)
{
    int err = sqlite_conn_control(conn_of(db), "store.begin");
    if (err == 0)
        err = sqlite_conn_script(conn_of(db), statement_get(statement_find("migration.prepare", 17))->sqlite);
    return told(db, err);
}

static int run_encoded(struct migrate_db *db, struct buf *statement, struct buf *rows)
{
    struct store_job job = {.kind = STORE_BATCH, .statements = *statement, .rows = {NULL, 0, 0}};
    int err = sqlite_conn_run(conn_of(db), &job);
    *rows = job.rows;
    if (err != 0) snprintf(db->why, sizeof db->why, "%s", job.error);
    return err;
}

static int m_list(struct migrate_db *db, struct buf *rows)
{
    struct buf statement;
    buf_init(&statement);
    encode_statement(&statement, statement_find("migration.list", 14), 0);
    int err = run_encoded(db, &statement, rows);
    buf_deinit(&statement);
    return err;
}

static int m_script(struct migrate_db *db, const char *sql)
{
    return told(db, sqlite_conn_script(conn_of(db), sql));
}

static int m_record(struct migrate_db *db, struct buf *statement)
{
    struct buf rows;
    int err = run_encoded(db, statement, &rows);
    buf_deinit(&rows);
    return err;
}

static int m_finish(struct migrate_db *db, int commit)
{
    struct sqlite_conn *c = conn_of(db);
    int err = sqlite_conn_in_transaction(c)
                  ? sqlite_conn_control(c, commit ? "store.commit" : "store.rollback")
                  : 0;
    if (err != 0 && db->why[0] == '\0') told(db, err);
    return err;
}

int sqlite_migrate(struct sqlite_conn *c, enum migrate_mode mode, struct migrate_report *report, char *why,
                   size_t why_len)
{
    struct sqlite_migration m = {{m_begin, m_list, m_script, m_record, m_finish, 0, ""}, c};
    int err = migrate_run(&m.db, mode, report);
    if (err != 0) snprintf(why, why_len, "%s", m.db.why);
    return err;
}
