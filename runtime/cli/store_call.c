/* See store_call.h. */
#include "cli/store_call.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/options.h"
#include "store/encode.h"
#include "store/statements.h"
#include "store/store_wait.h"

struct store_job *store_call(struct store *s, enum store_kind kind, int64_t tenant, struct buf *statements)
{
    return store_wait(s, kind, tenant, statements);
}

void store_call_begin(struct buf *b, const char *name, int params)
{
    buf_init(b);
    encode_statement(b, statement_find(name, strlen(name)), (uint8_t)params);
}

int64_t store_call_tenant(struct store *s, const char *query, const char *text, const char *noun,
                          const char *command)
{
    struct buf q;
    struct rows_reader r;
    struct param value[ROWS_COLUMNS_MAX];
    int64_t tenant = 0;
    store_call_begin(&q, query, 1);
    encode_text(&q, text, strlen(text));
    struct store_job *job = store_call(s, STORE_QUERY, 0, &q);
    if (job->status != ERR_OK)
        fprintf(stderr, "azentiko: the store does not answer: %s\n", job->error);
    else if (rows_open(&r, &job->rows) == ERR_OK && rows_next(&r, value))
        tenant = value[0].integer;
    else
        fprintf(stderr, "azentiko: there is no %s %s (see azentiko %s)\n", noun, text, command);
    store_job_free(job);
    return tenant;
}

struct store *store_for(const struct options *o)
{
    char why[512];
    struct store *s = NULL;
    struct store_config config = {
        .url = o->value[OPT_DATABASE], .data_dir = o->value[OPT_DATA], .readers = 1, .connections = 1};
    if (config.url == NULL) mkdir(config.data_dir, 0700);
    if (store_open(&config, &s, why, sizeof why) == ERR_OK) return s;
    fprintf(stderr, "azentiko: %s\n", why);
    return NULL;
}
