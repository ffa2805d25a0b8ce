/* The one migration algorithm, over either database (migrate.h). */
#include "store/migrate.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/embed.h"
#include "base/mem.h"
#include "store/backend.h"
#include "store/encode.h"
#include "store/sections.h"
#include "store/sqlite_conn.h"
#include "store/statements.h"

extern const struct embedded_file store_migrations_files[];
extern const size_t store_migrations_files_count;

#define CHECKSUM_LEN 64

static const char *base_name(const struct embedded_file *file)
{
    const char *slash = strrchr(file->name, '/');
    return slash != NULL ? slash + 1 : file->name;
}

static void checksum(const struct embedded_file *file, char out[CHECKSUM_LEN + 1])
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    int ok = EVP_Digest(file->data, (size_t)(file->end - file->data), hash, &len, EVP_sha256(), NULL);
    assert(ok == 1 && len == 32);
    (void)ok;
    for (unsigned i = 0; i < len; i++) snprintf(out + 2 * i, 3, "%02x", hash[i]);
}

static struct migrate_line *add_line(struct migrate_report *r, int64_t number, const char *name, size_t len)
{
    r->line = mem_realloc(r->line, (r->count + 1) * sizeof *r->line);
    struct migrate_line *line = &r->line[r->count++];
    memset(line, 0, sizeof *line);
    line->number = number;
    snprintf(line->name, sizeof line->name, "%.*s", (int)len, name);
    return line;
}

/* The files of the binary, in order, all pending for now. */
static void add_files(struct migrate_report *r)
{
    for (size_t i = 0; i < store_migrations_files_count; i++) {
        const char *name = base_name(&store_migrations_files[i]);
        struct migrate_line *line = add_line(r, strtoll(name, NULL, 10), name, strlen(name));
        line->state = MIGRATION_PENDING;
        assert(line->number == (int64_t)i + 1 && "migrations are numbered 0001, 0002, ... without gaps");
    }
}

static void compare(struct migrate_report *r, const struct param row[4])
{
    int64_t number = row[0].integer;
    if (number < 1 || (size_t)number > store_migrations_files_count) {
        struct migrate_line *line = add_line(r, number, row[1].text, row[1].len);
        line->state = MIGRATION_UNKNOWN;
        line->applied_at = row[3].integer;
        return;
    }
    char expected[CHECKSUM_LEN + 1];
    checksum(&store_migrations_files[number - 1], expected);
    struct migrate_line *line = &r->line[number - 1];
    bool same = row[2].len == CHECKSUM_LEN && memcmp(row[2].text, expected, CHECKSUM_LEN) == 0;
    line->state = same ? MIGRATION_APPLIED : MIGRATION_CHANGED;
    line->applied_at = row[3].integer;
}

static int read_applied(struct migrate_db *db, struct migrate_report *r)
{
    struct buf rows;
    buf_init(&rows);
    int err = db->list(db, &rows);
    struct rows_reader reader;
    struct param row[ROWS_COLUMNS_MAX];
    if (err == 0 && rows_open(&reader, &rows) == 0)
        while (rows_next(&reader, row)) compare(r, row);
    buf_deinit(&rows);
    return err;
}

static int judge(struct migrate_db *db, const struct migrate_report *r)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct migrate_line *line = &r->line[i];
        if (line->state != MIGRATION_CHANGED && line->state != MIGRATION_UNKNOWN) continue;
        snprintf(db->why, sizeof db->why,
                 line->state == MIGRATION_CHANGED
                     ? "migration %s was changed after it had been applied to this database"
                     : "migration %s is in the database, but not in this binary, which is older",
                 line->name);
        return ERR_INVALID;
    }
    return 0;
}

static int apply_one(struct migrate_db *db, const struct migrate_line *line)
{
    const struct embedded_file *file = &store_migrations_files[line->number - 1];
    struct sections text;
    sections_init(&text);
    for (const char *at = file->data; at < file->end;) {
        const char *end = memchr(at, '\n', (size_t)(file->end - at));
        if (end == NULL) end = file->end;
        bool known = sections_line(&text, at, (size_t)(end - at));
        assert(known && "-- on: sqlite, postgres or both");
        (void)known;
        at = end + 1;
    }
    int err = db->script(db, buf_cstr(db->on_postgres ? &text.postgres : &text.sqlite));
    sections_deinit(&text);
    if (err != 0) {
        char reason[sizeof db->why];
        memcpy(reason, db->why, sizeof reason);
        snprintf(db->why, sizeof db->why, "migration %.40s: %.200s", line->name, reason);
        return err;
    }
    char sum[CHECKSUM_LEN + 1];
    checksum(file, sum);
    struct buf record;
    buf_init(&record);
    encode_statement(&record, statement_find("migration.insert", 16), 4);
    encode_int(&record, line->number);
    encode_text(&record, line->name, strlen(line->name));
    encode_text(&record, sum, CHECKSUM_LEN);
    encode_int(&record, clock_wall_ms(clock_real()));
    err = db->record(db, &record);
    buf_deinit(&record);
    return err;
}

int migrate_run(struct migrate_db *db, enum migrate_mode mode, struct migrate_report *report)
{
    struct migrate_report r = {NULL, 0};
    add_files(&r);
    int err = db->begin(db);
    bool begun = err == 0;
    if (err == 0) err = read_applied(db, &r);
    if (err == 0 && mode != MIGRATE_STATUS) err = judge(db, &r);
    for (size_t i = 0; err == 0 && mode != MIGRATE_STATUS && i < r.count; i++)
        if (r.line[i].state == MIGRATION_PENDING) err = apply_one(db, &r.line[i]);
    if (begun) {
        int end = db->finish(db, err == 0 && mode == MIGRATE_APPLY);
        if (err == 0) err = end;
    }
    if (report != NULL)
        *report = r;
    else
        mem_free(r.line);
    return err;
}

/* SQLite: on a connection of its own. */
static int migrate_file(const struct store_config *config, enum migrate_mode mode,
                        struct migrate_report *report, char *why, size_t why_len)
{
    struct buf path;
    struct sqlite_conn *conn = NULL;
    buf_init(&path);
    int err = sqlite_path(config->data_dir, &path, why, why_len);
    if (err == 0) err = sqlite_conn_open(buf_cstr(&path), &conn, why, why_len);
    if (err == 0) err = sqlite_migrate(conn, mode, report, why, why_len);
    sqlite_conn_close(conn);
    buf_deinit(&path);
    return err;
}

int migrate(const struct store_config *config, enum migrate_mode mode, struct migrate_report *report,
            char *why, size_t why_len)
{
    if (report != NULL) *report = (struct migrate_report){NULL, 0};
    return config->url != NULL ? postgres_migrate(config, mode, report, why, why_len)
                               : migrate_file(config, mode, report, why, why_len);
}
