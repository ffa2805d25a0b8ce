/* azentiko tenant create|list, azentiko bot list */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/provision.h"
#include "cli/scripts_arg.h"
#include "cli/store_call.h"
#include "store/encode.h"
#include "store/statements.h"
#include "vm/bundle.h"

#define FILE_MAX (1u << 20)
#define LIST_LIMIT 1000

static int usage(const char *text)
{
    fprintf(stderr, "azentiko: usage: %s\n", text);
    return EXIT_USAGE;
}

static int read_file(const char *path, struct buf *out)
{
    struct buf why;
    buf_init(&why);
    int err = file_read(path, FILE_MAX, out, &why);
    if (err != ERR_OK) fprintf(stderr, "azentiko: %s\n", buf_cstr(&why));
    buf_deinit(&why);
    return err;
}

/* Faults of the file are printed with its name before each line. */
static void print_faults(const char *path, struct buf *out)
{
    char *at = (char *)(uintptr_t)buf_cstr(out);
    for (char *line = strtok(at, "\n"); line != NULL; line = strtok(NULL, "\n"))
        fprintf(stderr, "%s: %s\n", path, line);
    fprintf(stderr, "azentiko: nothing was created\n");
}

/* The prelude's answer is lines of a name and a value. */
static void print_account(struct buf *out, bool json)
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

static int create(const struct options *o)
{
    const char *path = o->value[OPT_FROM];
    struct buf text, out, options;
    if (path == NULL) return usage("azentiko tenant create --from FILE [--name NAME]");
    buf_init(&text);
    buf_init(&out);
    buf_init(&options);
    int err = read_file(path, &text);
    struct bundle *b = err == ERR_OK ? scripts_for(o) : NULL;
    struct store *s = b ? store_for(o) : NULL;
    if (s != NULL) {
        buf_str(&options, "{");
        if (o->value[OPT_NAME] != NULL) {
            buf_str(&options, "\"name\":");
            buf_json(&options, o->value[OPT_NAME], strlen(o->value[OPT_NAME]));
        }
        buf_str(&options, "}");
        err = provision(s, b, text.data ? text.data : "", text.len, buf_cstr(&options), &out);
        if (err == ERR_OK)
            print_account(&out, options_flag(o, OPT_JSON));
        else
            print_faults(path, &out);
        store_close(s);
    }
    bundle_release(b);
    buf_deinit(&text);
    buf_deinit(&out);
    buf_deinit(&options);
    return s != NULL && err == ERR_OK ? EXIT_OK : EXIT_FAILED;
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

static int list(const struct options *o, const char *statement)
{
    struct rows_reader r;
    struct buf q;
    struct store *s = store_for(o);
    if (s == NULL) return EXIT_FAILED;
    buf_init(&q);
    encode_statement(&q, statement_find(statement, strlen(statement)), 2);
    encode_int(&q, 0);
    encode_int(&q, LIST_LIMIT);
    struct store_job *job = store_call(s, STORE_QUERY, 0, &q);
    int err = job->status;
    if (err != ERR_OK)
        fprintf(stderr, "azentiko: the store does not answer: %s\n", job->error);
    else if (rows_open(&r, &job->rows) == ERR_OK)
        print_rows(&r, options_flag(o, OPT_JSON));
    store_job_free(job);
    store_close(s);
    return err == ERR_OK ? EXIT_OK : EXIT_FAILED;
}

static bool verb(const struct options *o, const char *name)
{
    return o->arguments == 2 && strcmp(o->argument[1], name) == 0;
}

int command_tenant(const struct options *o)
{
    if (verb(o, "create")) return create(o);
    if (verb(o, "list")) return list(o, "tenant.list");
    return usage("azentiko tenant create --from FILE | azentiko tenant list [--json]");
}

int command_bot(const struct options *o)
{
    if (verb(o, "list")) return list(o, "bot.list_all");
    return usage("azentiko bot list [--json]");
}
