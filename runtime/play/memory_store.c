/* See memory_store.h. What a batch does is SQLite's own; this file adds what
 * the real store does around it: refusing and the transaction. */
#include "play/memory_store.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "store/encode.h"
#include "store/sqlite_conn.h"
#include "store/statements.h"

struct memory_store {
    struct sqlite_conn *db;
};

/* What the real store refuses before it looks at the database. */
static bool allowed(const struct store_job *job)
{
    struct decoder d;
    struct param p;
    uint16_t id;
    uint8_t params;
    decode_init(&d, &job->statements);
    while (decode_statement(&d, &id, &params)) {
        const struct statement *st = statement_get(id);
        if (st->use != USE_CALLER || (st->system_only && job->tenant != 0) || st->params != params)
            return false;
        while (params-- > 0) decode_param(&d, &p);
    }
    return job->statements.len <= STORE_JOB_BYTES_MAX;
}

void memory_store_run(struct memory_store *m, struct store_job *job)
{
    if (!allowed(job)) {
        job->status = ERR_DENIED;
        snprintf(job->error, sizeof job->error, "not allowed");
        return;
    }
    if (job->kind == STORE_QUERY) {
        (void)!sqlite_conn_run(m->db, job); /* its status is the job's */
        return;
    }
    int err = sqlite_conn_control(m->db, "store.begin");
    assert(err == ERR_OK);
    const char *end = sqlite_conn_run(m->db, job) == ERR_OK ? "store.commit" : "store.rollback";
    err = sqlite_conn_control(m->db, end);
    assert(err == ERR_OK);
}

struct store_job *memory_store_ask_list(struct memory_store *m, int64_t tenant, const char *statement,
                                        const char *format, va_list values)
{
    struct store_job *job = store_job_new(NULL, STORE_BATCH, tenant);
    encode_statement(&job->statements, statement_find(statement, strlen(statement)), (uint8_t)strlen(format));
    for (; *format != '\0'; format++) {
        if (*format == 'i') {
            encode_int(&job->statements, va_arg(values, int64_t));
        } else {
            const char *text = va_arg(values, const char *);
            encode_text(&job->statements, text, strlen(text));
        }
    }
    memory_store_run(m, job);
    return job;
}

struct store_job *memory_store_ask(struct memory_store *m, int64_t tenant, const char *statement,
                                   const char *format, ...)
{
    va_list values;
    va_start(values, format);
    struct store_job *job = memory_store_ask_list(m, tenant, statement, format, values);
    va_end(values);
    return job;
}

static int open_empty(struct memory_store **out, char *why, size_t why_len)
{
    struct sqlite_conn *db;
    int err = sqlite_conn_open(":memory:", &db, why, why_len);
    if (err != ERR_OK) return err;
    *out = mem_zalloc(sizeof **out);
    (*out)->db = db;
    return ERR_OK;
}

int memory_store_new(struct memory_store **out, char *why, size_t why_len)
{
    struct memory_store *m = NULL;
    int err = open_empty(&m, why, why_len);
    if (err == ERR_OK) err = sqlite_migrate(m->db, MIGRATE_APPLY, NULL, why, why_len);
    if (err != ERR_OK)
        memory_store_free(m);
    else
        *out = m;
    return err;
}

struct memory_store *memory_store_copy(struct memory_store *from)
{
    char why[256];
    struct memory_store *m = NULL;
    int err = open_empty(&m, why, sizeof why);
    assert(err == ERR_OK); /* memory aside, nothing can fail */
    sqlite3_backup *copy =
        sqlite3_backup_init(sqlite_conn_handle(m->db), "main", sqlite_conn_handle(from->db), "main");
    assert(copy != NULL);
    err = sqlite3_backup_step(copy, -1);
    assert(err == SQLITE_DONE);
    sqlite3_backup_finish(copy);
    return m;
}

void memory_store_free(struct memory_store *m)
{
    if (m == NULL) return;
    sqlite_conn_close(m->db);
    mem_free(m);
}
