/* See account_output.h. */
#include "cli/account_output.h"

#include <stdio.h>
#include <string.h>

#include "cli/store_call.h"
#include "store/encode.h"

void print_account(struct buf *out, bool json)
{
    struct buf b;
    if (!json) {
        fputs(buf_cstr(out), stdout);
        return;
    }
    buf_init(&b);
    char *text = (char *)(uintptr_t)buf_cstr(out);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char *space = strchr(line, ' ');
        if (space == NULL) continue;
        const char *name = space - line == 3 && memcmp(line, "key", 3) == 0 ? "public_key" : line;
        size_t len = name == line ? (size_t)(space - line) : strlen(name);
        buf_char(&b, b.len ? ',' : '{');
        buf_json(&b, name, len);
        buf_char(&b, ':');
        buf_json(&b, space + 1, strlen(space + 1));
    }
    printf("%s}\n", buf_cstr(&b));
    buf_deinit(&b);
}

static void print_param(const struct param *p, bool json)
{
    struct buf b;
    buf_init(&b);
    if (p->type == PARAM_INT)
        buf_fmt(&b, "%lld", (long long)p->integer);
    else if (p->type == PARAM_TEXT && json)
        buf_json(&b, p->text, p->len);
    else if (p->type == PARAM_TEXT)
        buf_add(&b, p->text, p->len);
    else
        buf_str(&b, json ? "null" : "-");
    fputs(buf_cstr(&b), stdout);
    buf_deinit(&b);
}

static void print_rows(struct rows_reader *r, bool json)
{
    struct param value[64];
    bool first = true;
    if (json) printf("[");
    for (; rows_next(r, value); first = false) {
        if (json) printf("%s{", first ? "" : ",");
        for (int c = 0; c < r->columns; c++) {
            if (json)
                printf("%s\"%.*s\":", c ? "," : "", r->name_len[c], r->name[c]);
            else if (c > 0)
                printf("\t");
            print_param(&value[c], json);
        }
        printf(json ? "}" : "\n");
    }
    if (json) printf("]\n");
}

int print_query(struct store *s, int64_t tenant, struct buf *query, bool json)
{
    struct rows_reader r;
    struct store_job *job = store_call(s, STORE_QUERY, tenant, query);
    int err = job->status;
    if (err != ERR_OK)
        fprintf(stderr, "azentiko: the store does not answer: %s\n", job->error);
    else if (rows_open(&r, &job->rows) == ERR_OK)
        print_rows(&r, json);
    store_job_free(job);
    return err;
}
