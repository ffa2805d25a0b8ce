/* A SQLite connection: statement cache, binding, result rows, error classes.
 * The writer, each reader and the checkpointer own one each; none is shared,
 * so SQLite runs without its own mutexes. A statement is prepared once, at its
 * first use or, on the writer, at start. Binding borrows the job's bytes (they
 * outlive the step), so a parameter costs no copy before SQLite's own record. */
#include "store/sqlite_conn.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "store/backend.h"
#include "store/encode.h"
#include "store/statements.h"

#define BUSY_MS 5000 /* how long another process may hold the write lock */

struct prepared {
    sqlite3_stmt *stmt;                        /* NULL: not yet */
    unsigned char place[STATEMENT_PARAMS_MAX]; /* SQLite's index of $1, $2, ... */
};

struct sqlite_conn {
    sqlite3 *db;
    const char *problem;        /* static text of a failure that SQLite knows nothing of, else NULL */
    struct prepared prepared[]; /* by statement id */
};

/* Extended result code -> our error. */
static int classify(int rc)
{
    switch (rc) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
    case SQLITE_CONSTRAINT_FOREIGNKEY: return ERR_CONFLICT;
    default: break;
    }
    switch (rc & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG: return ERR_INVALID;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ERR_UNAVAILABLE;
    default: return ERR_INTERNAL;
    }
}

static int failed(struct sqlite_conn *c, int status, const char *problem)
{
    c->problem = problem;
    return status;
}

static int failed_in_sqlite(struct sqlite_conn *c)
{
    return failed(c, classify(sqlite3_extended_errcode(c->db)), NULL);
}

const char *sqlite_conn_error(struct sqlite_conn *c)
{
    return c->problem ? c->problem : sqlite3_errmsg(c->db);
}
bool sqlite_conn_in_transaction(struct sqlite_conn *c) { return !sqlite3_get_autocommit(c->db); }
uint64_t sqlite_conn_changes(struct sqlite_conn *c) { return (uint64_t)sqlite3_total_changes64(c->db); }
sqlite3 *sqlite_conn_handle(struct sqlite_conn *c) { return c->db; }

/* SQLite numbers "$2" in order of appearance, so the places are looked up once. */
static int prepare(struct sqlite_conn *c, uint16_t id, struct prepared **out)
{
    const struct statement *s = statement_get(id);
    struct prepared *p = &c->prepared[id];
    *out = p;
    if (p->stmt != NULL) return 0;
    if (s->sqlite == NULL) return failed(c, ERR_INVALID, "this statement is for PostgreSQL only");
    if (sqlite3_prepare_v3(c->db, s->sqlite, -1, SQLITE_PREPARE_PERSISTENT, &p->stmt, NULL) != SQLITE_OK)
        return failed_in_sqlite(c);
    for (unsigned i = 0; i < STATEMENT_PARAMS_MAX; i++) {
        char name[12];
        snprintf(name, sizeof name, "$%u", i + 1);
        p->place[i] = (unsigned char)sqlite3_bind_parameter_index(p->stmt, name);
    }
    return 0;
}

/* PostgreSQL takes only UTF-8 without NUL as text; both stores shall agree. */
static bool text_valid(const struct param *p)
{
    return memchr(p->text, '\0', p->len) == NULL && utf8_valid(p->text, p->len);
}

static int bind_one(struct sqlite_conn *c, sqlite3_stmt *stmt, int place, const struct param *p)
{
    int rc = SQLITE_OK;
    switch (p->type) {
    case PARAM_NULL: rc = sqlite3_bind_null(stmt, place); break;
    case PARAM_INT: rc = sqlite3_bind_int64(stmt, place, p->integer); break;
    case PARAM_REAL: rc = sqlite3_bind_double(stmt, place, p->real); break;
    case PARAM_TEXT:
        if (!text_valid(p)) return failed(c, ERR_INVALID, "text is not UTF-8, or holds a NUL");
        rc = sqlite3_bind_text(stmt, place, p->text, (int)p->len, SQLITE_STATIC);
        break;
    case PARAM_BLOB: rc = sqlite3_bind_blob(stmt, place, p->text, (int)p->len, SQLITE_STATIC); break;
    }
    return rc == SQLITE_OK ? 0 : failed_in_sqlite(c);
}

static int bind_all(struct sqlite_conn *c, const struct prepared *p, const struct statement *s,
                    int64_t tenant, struct decoder *d, uint8_t params)
{
    int err = 0;
    unsigned at = 0;
    if (!s->system_only) {
        struct param first = {.type = PARAM_INT, .integer = tenant};
        err = bind_one(c, p->stmt, p->place[at++], &first);
    }
    for (uint8_t i = 0; i < params; i++) {
        struct param value;
        decode_param(d, &value);
        if (err == 0) err = bind_one(c, p->stmt, p->place[at++], &value);
    }
    return err;
}

static void add_value(struct buf *rows, sqlite3_stmt *stmt, int i)
{
    switch (sqlite3_column_type(stmt, i)) {
    case SQLITE_INTEGER: encode_int(rows, sqlite3_column_int64(stmt, i)); break;
    case SQLITE_FLOAT: encode_real(rows, sqlite3_column_double(stmt, i)); break;
    case SQLITE_TEXT: {
        const unsigned char *text = sqlite3_column_text(stmt, i);
        encode_text(rows, (const char *)text, (size_t)sqlite3_column_bytes(stmt, i));
        break;
    }
    case SQLITE_BLOB: {
        const void *blob = sqlite3_column_blob(stmt, i);
        encode_blob(rows, blob, (size_t)sqlite3_column_bytes(stmt, i));
        break;
    }
    default: encode_null(rows);
    }
}

static int step(struct sqlite_conn *c, sqlite3_stmt *stmt, struct buf *rows)
{
    int columns = sqlite3_column_count(stmt), rc;
    unsigned count = 0;
    if (columns != 0 && rows != NULL) {
        buf_reset(rows);
        rows_begin(rows, (uint16_t)columns);
        for (int i = 0; i < columns; i++) rows_column(rows, sqlite3_column_name(stmt, i));
    }
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        if (rows == NULL) continue;
        if (++count > STORE_ROWS_MAX || rows->len > STORE_RESULT_BYTES_MAX)
            return failed(c, ERR_LIMIT, "the result has too many rows");
        for (int i = 0; i < columns; i++) add_value(rows, stmt, i);
    }
    return rc == SQLITE_DONE ? 0 : failed_in_sqlite(c);
}

static int run_one(struct sqlite_conn *c, uint16_t id, uint8_t params, struct decoder *d,
                   struct store_job *job)
{
    struct prepared *p;
    const struct statement *s = statement_get(id);
    int err = prepare(c, id, &p);
    if (err != 0) {
        job_fail(job, err, sqlite_conn_error(c));
        return err;
    }
    err = bind_all(c, p, s, job->tenant, d, params);
    if (err == 0 && job->kind == STORE_QUERY && !sqlite3_stmt_readonly(p->stmt))
        err = failed(c, ERR_INVALID, "a query must not write");
    if (err == 0) err = step(c, p->stmt, &job->rows);
    if (err == 0 && s->expect_one && sqlite3_changes64(c->db) != 1)
        err = failed(c, ERR_CONFLICT, "not exactly one row was changed");
    if (err != 0) job_fail(job, err, sqlite_conn_error(c));
    sqlite3_reset(p->stmt);
    return err;
}

int sqlite_conn_run(struct sqlite_conn *c, struct store_job *job)
{
    struct decoder d;
    uint16_t id;
    uint8_t params;
    decode_init(&d, &job->statements);
    job->status = 0;
    job->error[0] = '\0';
    buf_reset(&job->rows);
    while (decode_statement(&d, &id, &params)) {
        int err = run_one(c, id, params, &d, job);
        if (err != 0) return err;
    }
    return 0;
}

int sqlite_conn_control(struct sqlite_conn *c, const char *name)
{
    struct prepared *p;
    int err = prepare(c, statement_find(name, strlen(name)), &p);
    if (err != 0) return err;
    err = step(c, p->stmt, NULL);
    sqlite3_reset(p->stmt); /* keeps the text of an error */
    return err;
}

int sqlite_conn_script(struct sqlite_conn *c, const char *sql)
{
    return sqlite3_exec(c->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : failed_in_sqlite(c);
}

int sqlite_conn_open(const char *path, struct sqlite_conn **out, char *why, size_t why_len)
{
    struct sqlite_conn *c = mem_zalloc(sizeof *c + statement_count() * sizeof c->prepared[0]);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int rc = sqlite3_open_v2(path, &c->db, flags, NULL);
    int err = rc == SQLITE_OK ? 0 : classify(rc);
    if (err == 0) {
        sqlite3_busy_timeout(c->db, BUSY_MS);
        err = sqlite_conn_script(c, statement_get(statement_find("store.open", 10))->sqlite);
    }
    if (err != 0) {
        snprintf(why, why_len, "%s: %s", path, c->db ? sqlite_conn_error(c) : "out of memory");
        sqlite_conn_close(c);
        return err;
    }
    *out = c;
    return 0;
}

int sqlite_conn_prepare_all(struct sqlite_conn *c, char *why, size_t why_len)
{
    struct prepared *p;
    for (uint16_t i = 0; i < statement_count(); i++) {
        const struct statement *s = statement_get(i);
        if (s->use == USE_SCRIPT || s->sqlite == NULL || prepare(c, i, &p) == 0) continue;
        snprintf(why, why_len, "statement %s: %s", s->name, sqlite_conn_error(c));
        return ERR_INTERNAL;
    }
    return 0;
}

void sqlite_conn_close(struct sqlite_conn *c)
{
    if (c == NULL) return;
    for (unsigned i = 0; i < statement_count(); i++) sqlite3_finalize(c->prepared[i].stmt);
    int rc = sqlite3_close(c->db);
    assert(rc == SQLITE_OK);
    (void)rc;
    mem_free(c);
}

int sqlite_path(const char *data_dir, struct buf *path, char *why, size_t why_len)
{
    if (data_dir == NULL || data_dir[0] == '\0') {
        buf_str(path, ":memory:");
        return 0;
    }
    if (mkdir(data_dir, 0700) != 0 && errno != EEXIST) {
        snprintf(why, why_len, "%s: %s", data_dir, strerror(errno));
        return ERR_IO;
    }
    buf_fmt(path, "%s/azentiko.db", data_dir);
    return 0;
}
