/* azentiko tenant key create|list|revoke: API keys of one account. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "actor/account.h"
#include "base/clock.h"
#include "cli/account_output.h"
#include "cli/command.h"
#include "cli/scripts_arg.h"
#include "cli/store_call.h"
#include "store/encode.h"
#include "store/statements.h"
#include "vm/bundle.h"

#define LIST_LIMIT 1000

static int64_t find_tenant(struct store *s, const char *public_id)
{
    return store_call_tenant(s, "tenant.by_public_id", public_id, "account", "tenant list");
}

static int commit(struct store *s, int64_t tenant, struct buf *writes, const char *refused)
{
    struct store_job *job = store_call(s, STORE_BATCH, tenant, writes);
    int err = job->status;
    if (err == ERR_CONFLICT)
        fprintf(stderr, "azentiko: %s\n", refused);
    else if (err != ERR_OK)
        fprintf(stderr, "azentiko: not stored: %s\n", job->error);
    store_job_free(job);
    return err;
}

static void add_option(struct buf *b, const char *name, const char *value)
{
    if (value == NULL) return;
    buf_fmt(b, "%c\"%s\":", b->len ? ',' : '{', name);
    buf_json(b, value, strlen(value));
}

static int create(const struct options *o, struct store *s, int64_t tenant)
{
    struct buf options, writes, out;
    const char *scopes = o->value[OPT_SCOPES];
    struct bundle *b = scripts_for(o);
    if (b == NULL) return ERR_INVALID;
    buf_init(&options);
    buf_init(&writes);
    buf_init(&out);
    add_option(&options, "name", o->value[OPT_NAME]);
    add_option(&options, "expires", o->value[OPT_EXPIRES]);
    buf_str(&options, options.len ? "}" : "{}");
    int err = account_call(b, clock_real(), tenant, "new_key", scopes ? scopes : "",
                           scopes ? strlen(scopes) : 0, buf_cstr(&options), &writes, &out);
    if (err != ERR_OK)
        fprintf(stderr, "azentiko: %s", buf_cstr(&out));
    else
        err = commit(s, tenant, &writes, "try again");
    if (err == ERR_OK) print_account(&out, options_flag(o, OPT_JSON));
    buf_deinit(&options);
    buf_deinit(&writes);
    buf_deinit(&out);
    bundle_release(b);
    return err;
}

static int list(const struct options *o, struct store *s, int64_t tenant)
{
    struct buf q;
    store_call_begin(&q, "api_key.list", 2);
    encode_text(&q, "", 0);
    encode_int(&q, LIST_LIMIT);
    return print_query(s, tenant, &q, options_flag(o, OPT_JSON));
}

static int revoke(const struct options *o, struct store *s, int64_t tenant)
{
    struct buf writes;
    const char *id = o->argument[4];
    store_call_begin(&writes, "api_key.revoke", 2);
    encode_text(&writes, id, strlen(id));
    encode_int(&writes, clock_wall_ms(clock_real()));
    return commit(s, tenant, &writes, "there is no such key, or it is revoked already");
}

int command_tenant_key(const struct options *o)
{
    static const struct {
        const char *name;
        int arguments; /* "tenant", "key" and the verb included */
        int (*run)(const struct options *o, struct store *s, int64_t tenant);
    } verbs[] = {{"create", 4, create}, {"list", 4, list}, {"revoke", 5, revoke}};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (o->arguments != verbs[i].arguments || strcmp(o->argument[2], verbs[i].name) != 0) continue;
        struct store *s = store_for(o);
        if (s == NULL) return EXIT_FAILED;
        int64_t tenant = find_tenant(s, o->argument[3]);
        int err = tenant != 0 ? verbs[i].run(o, s, tenant) : ERR_NOT_FOUND;
        store_close(s);
        return err == ERR_OK ? EXIT_OK : EXIT_FAILED;
    }
    fprintf(stderr, "azentiko: usage: azentiko tenant key create ACCOUNT --scopes \"SCOPE...\" [--name NAME] "
                    "[--expires DATE] | key list ACCOUNT | key revoke ACCOUNT KEY\n");
    return EXIT_USAGE;
}
