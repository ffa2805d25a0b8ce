/* azentiko tenant suspend|resume|delete. An account is suspended before it is
 * deleted, so that nobody writes while it goes. */
#include <stdio.h>
#include <string.h>

#include "actor/control.h"
#include "base/clock.h"
#include "cli/account_rows.h"
#include "cli/command.h"
#include "cli/store_call.h"
#include "store/encode.h"
#include "store/statements.h"

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

static int commit(struct store *s, int64_t tenant, struct buf *writes)
{
    struct store_job *job = store_call(s, STORE_BATCH, tenant, writes);
    int err = job->status;
    if (err != ERR_OK) fprintf(stderr, "azentiko: not stored: %s\n", job->error);
    store_job_free(job);
    return err;
}

static int set_status(const struct options *o, struct store *s, int64_t tenant, const char *status)
{
    struct buf writes;
    store_call_begin(&writes, "tenant.set_status", 1);
    encode_text(&writes, status, strlen(status));
    int err = commit(s, tenant, &writes);
    if (err != ERR_OK) return err;
    tell_server(o, tenant);
    if (options_flag(o, OPT_JSON))
        printf("{\"account\":\"%s\",\"status\":\"%s\"}\n", o->argument[2], status);
    else
        printf("%s is %s\n", o->argument[2], status);
    return ERR_OK;
}

static int suspend(const struct options *o, struct store *s, int64_t tenant)
{
    return set_status(o, s, tenant, "suspended");
}

static int resume(const struct options *o, struct store *s, int64_t tenant)
{
    return set_status(o, s, tenant, "active");
}

static bool is_suspended(struct store *s, int64_t tenant)
{
    struct buf q;
    struct rows_reader r;
    struct param value[ROWS_COLUMNS_MAX];
    store_call_begin(&q, "tenant.get", 0);
    struct store_job *job = store_call(s, STORE_QUERY, tenant, &q);
    bool yes = false;
    if (job->status == ERR_OK && rows_open(&r, &job->rows) == ERR_OK && rows_next(&r, value))
        for (int c = 0; c < r.columns; c++)
            if (r.name_len[c] == 6 && memcmp(r.name[c], "status", 6) == 0)
                yes = value[c].len == 9 && memcmp(value[c].text, "suspended", 9) == 0;
    store_job_free(job);
    return yes;
}

static void add_erasures(struct buf *writes)
{
    for (uint16_t id = 0; id < statement_count(); id++)
        if (strncmp(statement_get(id)->name, "tenant.erase_", 13) == 0) encode_statement(writes, id, 0);
}

/* What was written by a turn that was under way goes in a second pass. */
static int erase(struct store *s, int64_t tenant)
{
    struct buf writes;
    buf_init(&writes);
    add_erasures(&writes);
    encode_statement(&writes, statement_find("tenant.delete", strlen("tenant.delete")), 0);
    int err = commit(s, tenant, &writes);
    if (err != ERR_OK) return err;
    buf_init(&writes);
    add_erasures(&writes);
    return commit(s, tenant, &writes);
}

/* "TABLE N" lines as the receipt, for people or as JSON. */
static void print_receipt(const struct options *o, bool done, struct buf *counts, int64_t total, int64_t left)
{
    bool json = options_flag(o, OPT_JSON), first = true;
    char at[CLOCK_RFC3339_LEN];
    clock_rfc3339(clock_wall_ms(clock_real()), at);
    if (json)
        printf("{\"account\":\"%s\",\"erased\":%s,\"at\":\"%s\",\"rows\":{", o->argument[2],
               done ? "true" : "false", at);
    char *text = (char *)(uintptr_t)buf_cstr(counts);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"), first = false) {
        char *n = strchr(line, ' ');
        if (json)
            printf("%s\"%.*s\":%s", first ? "" : ",", (int)(n - line), line, n + 1);
        else
            printf("%10s  %.*s\n", n + 1, (int)(n - line), line);
    }
    if (json)
        printf("},\"total\":%lld,\"left\":%lld}\n", (long long)total, (long long)left);
    else if (done)
        printf("%s was erased at %s: %lld rows, %lld left\n", o->argument[2], at, (long long)total,
               (long long)left);
    else
        printf("%lld rows would be erased; do it with --yes\n", (long long)total);
}

static int delete (const struct options *o, struct store *s, int64_t tenant)
{
    struct buf counts, none;
    int64_t total = 0, left = 0;
    bool yes = options_flag(o, OPT_YES);
    if (yes && !is_suspended(s, tenant)) {
        fprintf(stderr, "azentiko: suspend it first: azentiko tenant suspend %s\n", o->argument[2]);
        return ERR_INVALID;
    }
    buf_init(&counts);
    buf_init(&none);
    int err = account_count(s, tenant, &counts, &total);
    if (err == ERR_OK && yes) err = erase(s, tenant);
    if (err == ERR_OK) err = account_count(s, tenant, &none, &left);
    if (err == ERR_OK) print_receipt(o, yes, &counts, total, left);
    if (err == ERR_OK && yes) tell_server(o, tenant);
    buf_deinit(&counts);
    buf_deinit(&none);
    return err == ERR_OK && yes && left > 0 ? ERR_INTERNAL : err;
}

int command_tenant_life(const struct options *o)
{
    static const struct {
        const char *name;
        int (*run)(const struct options *o, struct store *s, int64_t tenant);
    } verbs[] = {{"suspend", suspend}, {"resume", resume}, {"delete", delete}};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (o->arguments != 3 || strcmp(o->argument[1], verbs[i].name) != 0) continue;
        struct store *s = store_for(o);
        if (s == NULL) return EXIT_FAILED;
        int64_t tenant =
            store_call_tenant(s, "tenant.by_public_id", o->argument[2], "account", "tenant list");
        int err = tenant != 0 ? verbs[i].run(o, s, tenant) : ERR_NOT_FOUND;
        store_close(s);
        return err == ERR_OK ? EXIT_OK : EXIT_FAILED;
    }
    fprintf(stderr,
            "azentiko: usage: azentiko tenant suspend|resume ACCOUNT | tenant delete ACCOUNT [--yes]\n");
    return EXIT_USAGE;
}
