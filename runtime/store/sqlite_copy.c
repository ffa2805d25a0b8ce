/* See sqlite_copy.h. The copy is taken in one step, so it is one read
 * transaction: in several steps it would begin anew with each commit. */
#include "store/sqlite_copy.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "store/statements.h"

#define BUSY_MS 10000

static int say(char *why, size_t why_len, const char *path, sqlite3 *db)
{
    snprintf(why, why_len, "%s: %s", path, db != NULL ? sqlite3_errmsg(db) : "no memory");
    return ERR_UNAVAILABLE;
}

static int open_db(const char *path, int flags, sqlite3 **out, char *why, size_t why_len)
{
    int rc = sqlite3_open_v2(path, out, flags | SQLITE_OPEN_NOFOLLOW, NULL);
    if (rc == SQLITE_OK) return sqlite3_busy_timeout(*out, BUSY_MS), ERR_OK;
    int err = say(why, why_len, path, *out);
    sqlite3_close(*out);
    *out = NULL;
    return err;
}

int sqlite_copy(const char *from, const char *to, char *why, size_t why_len)
{
    sqlite3 *in, *out = NULL;
    int err = open_db(from, SQLITE_OPEN_READWRITE, &in, why, why_len);
    if (err != ERR_OK) return err;
    err = open_db(to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &out, why, why_len);
    sqlite3_backup *b = err == ERR_OK ? sqlite3_backup_init(out, "main", in, "main") : NULL;
    if (err == ERR_OK) {
        int rc = b != NULL ? sqlite3_backup_step(b, -1) : SQLITE_ERROR;
        if (b != NULL && sqlite3_backup_finish(b) != SQLITE_OK) rc = SQLITE_ERROR;
        if (rc != SQLITE_DONE) err = say(why, why_len, to, out);
    }
    sqlite3_close(out);
    sqlite3_close(in);
    return err;
}

struct verdict {
    char *why;
    size_t why_len;
    int faults;
};

/* "ok" is the one row of a sound database; each row of the other check is a fault. */
static int on_row(void *ctx, int n, char **value, char **name)
{
    struct verdict *v = ctx;
    (void)name;
    if (n == 1 && value[0] != NULL && strcmp(value[0], "ok") == 0) return 0;
    if (v->faults++ == 0) snprintf(v->why, v->why_len, "%.200s", n > 0 && value[0] ? value[0] : "a fault");
    return 0;
}

int sqlite_check(const char *path, char *why, size_t why_len)
{
    sqlite3 *db;
    struct verdict v = {why, why_len, 0};
    int err = open_db(path, SQLITE_OPEN_READWRITE, &db, why, why_len);
    if (err != ERR_OK) return err;
    const char *sql = statement_get(statement_find("store.check", strlen("store.check")))->sqlite;
    if (sqlite3_exec(db, sql, on_row, &v, NULL) != SQLITE_OK)
        err = say(why, why_len, path, db);
    else if (v.faults > 0)
        err = ERR_INVALID;
    sqlite3_close(db);
    return err;
}
