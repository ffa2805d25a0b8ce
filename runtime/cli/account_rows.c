/* See account_rows.h. Pages go by offset: what is written meanwhile may be
 * missed, so an exact copy is made of an account that is suspended. */
#include "cli/account_rows.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/store_call.h"
#include "store/encode.h"
#include "store/statements.h"

#define PAGE 1000
static const char prefix[] = "account.rows_";

static const char *table_of(uint16_t id)
{
    const char *name = statement_get(id)->name;
    size_t n = sizeof prefix - 1;
    return strncmp(name, prefix, n) == 0 ? name + n : NULL;
}

static int page(struct store *s, int64_t tenant, uint16_t id, int64_t offset, struct store_job **out)
{
    struct buf q;
    buf_init(&q);
    encode_statement(&q, id, 2);
    encode_int(&q, PAGE);
    encode_int(&q, offset);
    *out = store_call(s, STORE_QUERY, tenant, &q);
    if ((*out)->status != ERR_OK) fprintf(stderr, "azentiko: the store does not answer: %s\n", (*out)->error);
    return (*out)->status;
}

static int64_t count_rows(const struct store_job *job)
{
    struct rows_reader r;
    struct param value[ROWS_COLUMNS_MAX];
    int64_t n = 0;
    if (rows_open(&r, &job->rows) == ERR_OK)
        while (rows_next(&r, value)) n++;
    return n;
}

int account_rows(struct store *s, int64_t tenant,
                 int (*on_page)(void *ctx, const char *table, struct rows_reader *rows), void *ctx)
{
    int err = ERR_OK;
    for (uint16_t id = 0; id < statement_count() && err == ERR_OK; id++) {
        const char *table = table_of(id);
        int64_t n = table != NULL ? PAGE : 0;
        for (int64_t offset = 0; n == PAGE && err == ERR_OK; offset += PAGE) {
            struct store_job *job;
            struct rows_reader r;
            err = page(s, tenant, id, offset, &job);
            n = err == ERR_OK ? count_rows(job) : 0;
            if (n > 0) err = rows_open(&r, &job->rows);
            if (n > 0 && err == ERR_OK) err = on_page(ctx, table, &r);
            store_job_free(job);
        }
    }
    return err;
}

struct counting {
    struct buf *out;
    const char *table;
    int64_t rows, total;
};

static void end_table(struct counting *c)
{
    if (c->table != NULL) buf_fmt(c->out, "%s %lld\n", c->table, (long long)c->rows);
    c->total += c->rows;
    c->rows = 0;
}

static int on_count(void *ctx, const char *table, struct rows_reader *rows)
{
    struct counting *c = ctx;
    struct param value[ROWS_COLUMNS_MAX];
    if (c->table != table) end_table(c);
    c->table = table;
    while (rows_next(rows, value)) c->rows++;
    return ERR_OK;
}

int account_count(struct store *s, int64_t tenant, struct buf *out, int64_t *total)
{
    struct counting c = {.out = out};
    int err = account_rows(s, tenant, on_count, &c);
    end_table(&c);
    *total = c.total;
    return err;
}
