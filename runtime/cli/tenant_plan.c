/* azentiko tenant plan ACCOUNT NAME: which limits hold for it. Whether there
 * is such a plan, the scripts know (scripts/plans.lua). */
#include <stdio.h>
#include <string.h>

#include "actor/account.h"
#include "actor/control.h"
#include "base/clock.h"
#include "cli/account_output.h"
#include "cli/command.h"
#include "cli/scripts_arg.h"
#include "cli/store_call.h"
#include "vm/bundle.h"

/* A server on the same data folder follows at once. */
static void tell_server(const struct options *o, int64_t tenant)
{
    char line[64];
    struct buf answer;
    buf_init(&answer);
    snprintf(line, sizeof line, "plan %lld", (long long)tenant);
    int err = control_ask(o->value[OPT_DATA], line, &answer);
    if (err != ERR_OK && err != ERR_UNAVAILABLE)
        fprintf(stderr, "azentiko: the running server did not take it up: %s\n", buf_cstr(&answer));
    buf_deinit(&answer);
}

static int set(const struct options *o, struct store *s, struct bundle *scripts, int64_t tenant)
{
    struct buf writes, out;
    const char *name = o->argument[3];
    buf_init(&writes);
    buf_init(&out);
    int err =
        account_call(scripts, clock_real(), tenant, "set_plan", name, strlen(name), "{}", &writes, &out);
    if (err != ERR_OK) {
        fprintf(stderr, "azentiko: %s", buf_cstr(&out));
    } else {
        struct store_job *job = store_call(s, STORE_BATCH, tenant, &writes);
        err = job->status;
        if (err != ERR_OK) fprintf(stderr, "azentiko: not stored: %s\n", job->error);
        store_job_free(job);
    }
    if (err == ERR_OK) print_account(&out, options_flag(o, OPT_JSON));
    if (err == ERR_OK) tell_server(o, tenant);
    buf_deinit(&writes);
    buf_deinit(&out);
    return err;
}

int command_tenant_plan(const struct options *o)
{
    int err = ERR_INVALID;
    if (o->arguments != 4) {
        fprintf(stderr, "azentiko: usage: azentiko tenant plan ACCOUNT NAME\n");
        return EXIT_USAGE;
    }
    struct bundle *scripts = scripts_for(o);
    struct store *s = scripts ? store_for(o) : NULL;
    if (s != NULL) {
        int64_t tenant =
            store_call_tenant(s, "tenant.by_public_id", o->argument[2], "account", "tenant list");
        if (tenant != 0) err = set(o, s, scripts, tenant);
        store_close(s);
    }
    bundle_release(scripts);
    return err == ERR_OK ? EXIT_OK : EXIT_FAILED;
}
