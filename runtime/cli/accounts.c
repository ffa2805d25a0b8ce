/* azentiko tenant create|list; tenant key, top and plan are in keys.c,
 * tenant_top.c and tenant_plan.c. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/account_output.h"
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

static void add_option(struct buf *b, const char *name, const char *value)
{
    if (value == NULL) return;
    buf_fmt(b, "%c\"%s\":", b->len ? ',' : '{', name);
    buf_json(b, value, strlen(value));
}

static int create(const struct options *o)
{
    const char *path = o->value[OPT_FROM];
    struct buf text, out, options;
    if (path == NULL) return usage("azentiko tenant create --from FILE [--name NAME] [--plan PLAN]");
    buf_init(&text);
    buf_init(&out);
    buf_init(&options);
    int err = read_file(path, &text);
    struct bundle *b = err == ERR_OK ? scripts_for(o) : NULL;
    struct store *s = b ? store_for(o) : NULL;
    if (s != NULL) {
        add_option(&options, "name", o->value[OPT_NAME]);
        add_option(&options, "plan", o->value[OPT_PLAN]);
        buf_str(&options, options.len > 0 ? "}" : "{}");
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

static int list(const struct options *o)
{
    struct buf q;
    struct store *s = store_for(o);
    if (s == NULL) return EXIT_FAILED;
    buf_init(&q);
    encode_statement(&q, statement_find("tenant.list", strlen("tenant.list")), 2);
    encode_int(&q, 0);
    encode_int(&q, LIST_LIMIT);
    int err = print_query(s, 0, &q, options_flag(o, OPT_JSON));
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
    if (verb(o, "list")) return list(o);
    if (verb(o, "top")) return command_tenant_top(o);
    if (o->arguments > 1 && strcmp(o->argument[1], "plan") == 0) return command_tenant_plan(o);
    if (o->arguments > 1 && strcmp(o->argument[1], "key") == 0) return command_tenant_key(o);
    if (o->arguments > 1 && strcmp(o->argument[1], "export") == 0) return command_tenant_export(o);
    if (o->arguments > 1 && (strcmp(o->argument[1], "suspend") == 0 ||
                             strcmp(o->argument[1], "resume") == 0 || strcmp(o->argument[1], "delete") == 0))
        return command_tenant_life(o);
    return usage("azentiko tenant create --from FILE | tenant list|top [--json] | tenant plan ACCOUNT NAME | "
                 "tenant key create|list|revoke");
}
