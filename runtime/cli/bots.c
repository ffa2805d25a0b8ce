/* azentiko bot list|create|identity. The identity secret is made by the tenant's own
 * platform scripts (prelude/identity_secret) at a desk over the store, like
 * the life of scripts; a server that runs reads it from the store. */
#include <stdio.h>
#include <string.h>

#include "actor/account.h"
#include "actor/desk.h"
#include "actor/secret.h"
#include "base/clock.h"
#include "base/file.h"
#include "cli/account_output.h"
#include "cli/command.h"
#include "cli/script_live.h"
#include "cli/scripts_arg.h"
#include "cli/store_call.h"
#include "store/encode.h"
#include "vm/bundle.h"
#include "vm/state.h"

#define LIST_LIMIT 1000
#define FILE_MAX (1u << 20)

static int list(const struct options *o)
{
    struct buf q;
    struct store *s = store_for(o);
    if (s == NULL) return EXIT_FAILED;
    store_call_begin(&q, "bot.list_all", 2);
    encode_int(&q, 0);
    encode_int(&q, LIST_LIMIT);
    int err = print_query(s, 0, &q, options_flag(o, OPT_JSON));
    store_close(s);
    return err == ERR_OK ? EXIT_OK : EXIT_FAILED;
}

/* Faults of the file are printed with its name before each line. */
static int refused(const char *path, struct buf *out)
{
    char *at = (char *)(uintptr_t)buf_cstr(out);
    for (char *line = strtok(at, "\n"); line != NULL; line = strtok(NULL, "\n"))
        fprintf(stderr, "%s: %s\n", path, line);
    fprintf(stderr, "azentiko: nothing was created\n");
    return ERR_INVALID;
}

/* text: of the file; out: what was made, a line each. */
static int make(const struct options *o, struct store *s, struct bundle *scripts, const struct buf *text,
                struct buf *out)
{
    struct buf writes;
    int64_t tenant = store_call_tenant(s, "tenant.by_public_id", o->argument[2], "account", "tenant list");
    if (tenant == 0) return ERR_NOT_FOUND;
    buf_init(&writes);
    int err = account_call(scripts, clock_real(), tenant, "new_bot", text->data ? text->data : "", text->len,
                           "{}", &writes, out);
    if (err != ERR_OK) return buf_deinit(&writes), refused(o->value[OPT_FROM], out);
    struct store_job *job = store_call(s, STORE_BATCH, tenant, &writes);
    err = job->status;
    if (err == ERR_CONFLICT)
        fprintf(stderr, "azentiko: not stored: another bot of this server has the same slug\n");
    else if (err != ERR_OK)
        fprintf(stderr, "azentiko: not stored: %s\n", job->error);
    store_job_free(job);
    return err;
}

static int create(const struct options *o)
{
    struct buf text, out, why;
    buf_init(&text);
    buf_init(&out);
    buf_init(&why);
    int err = file_read(o->value[OPT_FROM], FILE_MAX, &text, &why);
    if (err != ERR_OK) fprintf(stderr, "azentiko: %s\n", buf_cstr(&why));
    struct bundle *scripts = err == ERR_OK ? scripts_for(o) : NULL;
    struct store *s = scripts ? store_for(o) : NULL;
    err = s != NULL ? make(o, s, scripts, &text, &out) : ERR_IO;
    if (err == ERR_OK) print_account(&out, options_flag(o, OPT_JSON));
    if (s != NULL) store_close(s);
    bundle_release(scripts);
    buf_deinit(&text);
    buf_deinit(&out);
    buf_deinit(&why);
    return err == ERR_OK ? EXIT_OK : EXIT_FAILED;
}

static void make_request(const char *op, const char *author, struct buf *b)
{
    buf_fmt(b, "{\"op\":\"%s\",\"author\":", op);
    buf_json(b, author, strlen(author));
    buf_char(b, '}');
}

/* op: of prelude/lifecycle, and of the report that is printed. */
static int ask(const struct options *o, struct store *s, struct bundle *scripts, const char *bot,
               const char *op)
{
    char why[512];
    unsigned char secret[VM_SECRET_LEN];
    struct buf request, body;
    int status = 0;
    int64_t tenant = store_call_tenant(s, "bot.tenant", bot, "bot", "bot list");
    if (tenant == 0) return EXIT_FAILED;
    if (secret_load(o->value[OPT_DATA], secret, why, sizeof why) != ERR_OK)
        return fprintf(stderr, "azentiko: %s\n", why), EXIT_FAILED;
    struct desk_config desk = {.scripts = scripts, .store = s, .secret = secret};
    buf_init(&request);
    buf_init(&body);
    make_request(op, o->value[OPT_AUTHOR], &request);
    int err = desk_ask(&desk, tenant, "scripts", bot, request.data, request.len, &status, &body);
    bool ok = err == ERR_OK && status == 200;
    if (ok)
        script_print(op, buf_cstr(&body), body.len, options_flag(o, OPT_JSON));
    else
        fprintf(stderr, "azentiko: %s\n", err != ERR_OK ? "no answer in time" : buf_cstr(&body));
    buf_deinit(&request);
    buf_deinit(&body);
    return ok ? EXIT_OK : EXIT_FAILED;
}

static int identity(const struct options *o, const char *op)
{
    int status = EXIT_FAILED;
    struct bundle *scripts = scripts_for(o);
    struct store *s = scripts ? store_for(o) : NULL;
    if (s != NULL) {
        status = ask(o, s, scripts, o->argument[3], op);
        store_close(s);
    }
    bundle_release(scripts);
    return status;
}

int command_bot(const struct options *o)
{
    static const char *const verbs[][2] = {
        {"status", "identity_status"}, {"rotate", "identity_rotate"}, {"off", "identity_off"}};
    if (o->arguments == 2 && strcmp(o->argument[1], "list") == 0) return list(o);
    if (o->arguments == 3 && strcmp(o->argument[1], "create") == 0 && o->value[OPT_FROM] != NULL)
        return create(o);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (o->arguments == 4 && strcmp(o->argument[1], "identity") == 0 &&
            strcmp(o->argument[2], verbs[i][0]) == 0)
            return identity(o, verbs[i][1]);
    fprintf(stderr, "azentiko: usage: azentiko bot list | bot create ACCOUNT --from FILE | "
                    "bot identity status|rotate|off BOT\n");
    return EXIT_USAGE;
}
