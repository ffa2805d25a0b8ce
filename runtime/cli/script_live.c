/* See script_live.h. The work is the tenant's own scripts' (prelude/lifecycle)
 * at a desk over the store; a server that runs is told when something went live. */
#include "cli/script_live.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actor/control.h"
#include "actor/desk.h"
#include "actor/secret.h"
#include "cli/command.h"
#include "cli/script_files.h"
#include "cli/scripts_arg.h"
#include "cli/store_call.h"
#include "play/study.h"
#include "store/encode.h"
#include "store/statements.h"
#include "store/store.h"
#include "vm/bundle.h"
#include "vm/state.h"
#include "vm/tool.h"

extern const struct embedded_file play_files[];

struct verb {
    const char *name, *second; /* "secret" "set"; second may be NULL */
    const char *op;            /* of prelude/lifecycle, and of the report */
    int min, max;              /* arguments after them */
    bool files;                /* the first is a folder of scripts */
    bool releases;             /* changes what is live */
};

static const struct verb verbs[] = {
    {"publish", NULL, "publish", 1, 1, true, true},
    {"rehearse", NULL, "rehearse", 0, 1, true, false},
    {"versions", NULL, "versions", 0, 0, false, false},
    {"compare", NULL, "compare", 2, 2, false, false},
    {"rollback", NULL, "rollback", 0, 0, false, true},
    {"secret", "set", "secret_set", 1, 1, false, false},
    {"secret", "list", "secret_list", 0, 0, false, false},
    {"secret", "remove", "secret_remove", 1, 1, false, false},
};

static int say(const char *what)
{
    fprintf(stderr, "azentiko: %s\n", what);
    return EXIT_FAILED;
}

/* ---- printing ---- */

static bool says_ok(const char *json) { return strstr(json, "\"ok\":false") == NULL; }

static int call_print(void *ctx, const char *text, size_t len, struct buf *out)
{
    (void)ctx, (void)out;
    fwrite(text, 1, len, stdout);
    return ERR_OK;
}

bool script_print(const char *op, const char *json, size_t len, bool as_json)
{
    static const struct vm_tool_function functions[] = {{"print", call_print}, {NULL, NULL}};
    char why[512];
    struct vm_state *tool = NULL;
    if (as_json) return printf("%.*s\n", (int)len, json), says_ok(json);
    struct buf input, out;
    buf_init(&input);
    buf_init(&out);
    buf_fmt(&input, "{\"op\":\"%s\",\"result\":", op);
    buf_add(&input, json, len);
    buf_char(&input, '}');
    int err = vm_tool_new(play_files, "runtime/play/report.lua", functions, NULL, &tool, why, sizeof why);
    if (err == ERR_OK) err = vm_state_call(tool, "print", input.data, input.len, &out);
    if (err != ERR_OK) printf("%.*s\n", (int)len, json); /* better than nothing */
    vm_state_free(tool);
    buf_deinit(&input);
    buf_deinit(&out);
    return says_ok(json);
}

/* ---- the request ---- */

static void add_text(struct buf *b, const char *name, const char *value)
{
    if (value == NULL) return;
    buf_fmt(b, ",\"%s\":", name);
    buf_json(b, value, strlen(value));
}

static void add_number(struct buf *b, const char *name, const char *value)
{
    if (value != NULL) buf_fmt(b, ",\"%s\":%ld", name, strtol(value, NULL, 10));
}

static int add_files(const char *path, struct buf *b)
{
    struct buf why;
    buf_init(&why);
    buf_str(b, ",\"files\":");
    int err = script_files_read(path, b, &why);
    if (err != ERR_OK) say(buf_cstr(&why));
    buf_deinit(&why);
    return err;
}

/* One line of the standard input: a value on the command line is seen by everybody. */
static int add_value(struct buf *b)
{
    char line[8192];
    if (fgets(line, sizeof line, stdin) == NULL) return say("the value is read from the standard input");
    line[strcspn(line, "\r\n")] = '\0';
    add_text(b, "value", line);
    OPENSSL_cleanse(line, sizeof line);
    return ERR_OK;
}

static int make_request(const struct verb *v, const struct options *o, struct buf *b)
{
    int first = v->second ? 3 : 2, given = o->arguments - first;
    if (v->second != NULL && given > 0) {
        buf_fmt(b, "{\"op\":\"%s\"", v->op);
        add_text(b, "author", o->value[OPT_AUTHOR]);
        add_text(b, "name", o->argument[first]);
        int err = strcmp(v->second, "set") == 0 ? add_value(b) : ERR_OK;
        buf_char(b, '}');
        return err;
    }
    buf_fmt(b, "{\"op\":\"%s\"", v->op);
    add_text(b, "author", o->value[OPT_AUTHOR]);
    add_text(b, "note", o->value[OPT_NOTE]);
    add_number(b, "share", o->value[OPT_SHARE]);
    add_number(b, "last", o->value[OPT_LAST]);
    add_number(b, "to", o->value[OPT_TO]);
    if (strcmp(v->op, "compare") == 0) {
        add_number(b, "from", o->argument[2]);
        add_number(b, "to", o->argument[3]);
    }
    if (strcmp(v->op, "rehearse") == 0 && given == 0) buf_str(b, ",\"own\":true");
    int err = v->files && given > 0 ? add_files(o->argument[2], b) : ERR_OK;
    buf_char(b, '}');
    return err;
}

/* ---- the store ---- */

/* The tenant of a bot; 0 after it has said why not. */
static int64_t find_tenant(struct store *s, const char *bot)
{
    struct buf q;
    struct rows_reader r;
    struct param value[ROWS_COLUMNS_MAX];
    int64_t tenant = 0;
    buf_init(&q);
    encode_statement(&q, statement_find("bot.tenant", 10), 1);
    encode_text(&q, bot, strlen(bot));
    struct store_job *job = store_call(s, STORE_QUERY, 0, &q);
    if (job->status != ERR_OK)
        fprintf(stderr, "azentiko: the store does not answer: %s\n", job->error);
    else if (rows_open(&r, &job->rows) == ERR_OK && rows_next(&r, value))
        tenant = value[0].integer;
    else
        fprintf(stderr, "azentiko: there is no bot '%s' (see azentiko bot list)\n", bot);
    store_job_free(job);
    return tenant;
}

/* Whether one runs there or not: what is live is in the store. */
static void tell_server(const struct options *o, int64_t tenant, const char *bot)
{
    char line[CONTROL_LINE_MAX];
    struct buf answer;
    buf_init(&answer);
    snprintf(line, sizeof line, "scripts %lld %s", (long long)tenant, bot);
    int err = control_ask(o->value[OPT_DATA], line, &answer);
    if (err != ERR_OK && err != ERR_UNAVAILABLE)
        fprintf(stderr, "azentiko: the running server did not take it up: %s\n", buf_cstr(&answer));
    buf_deinit(&answer);
}

static int ask(const struct verb *v, const struct options *o, struct store *s, struct bundle *scripts,
               const struct buf *request)
{
    char why[512];
    unsigned char secret[VM_SECRET_LEN];
    const char *bot = o->value[OPT_BOT];
    int status = 0;
    struct buf body;
    int64_t tenant = find_tenant(s, bot);
    if (tenant == 0) return EXIT_FAILED;
    if (secret_load(o->value[OPT_DATA], secret, why, sizeof why) != ERR_OK) return say(why);
    struct desk_config desk = {.scripts = scripts, .store = s, .secret = secret, .study = study_of_tenant};
    buf_init(&body);
    int err = desk_ask(&desk, tenant, "scripts", bot, request->data, request->len, &status, &body);
    bool ok = err == ERR_OK && status == 200;
    if (!ok)
        fprintf(stderr, "azentiko: %s\n", err != ERR_OK ? "no answer in time" : buf_cstr(&body));
    else
        ok = script_print(v->op, buf_cstr(&body), body.len, options_flag(o, OPT_JSON));
    if (ok && v->releases) tell_server(o, tenant, bot);
    buf_deinit(&body);
    return ok ? EXIT_OK : EXIT_FAILED;
}

static int run(const struct verb *v, const struct options *o)
{
    int status = EXIT_FAILED;
    struct buf request;
    if (o->value[OPT_BOT] == NULL) return fprintf(stderr, "azentiko: --bot ID is missing\n"), EXIT_USAGE;
    buf_init(&request);
    if (make_request(v, o, &request) == ERR_OK) {
        struct bundle *scripts = scripts_for(o);
        struct store *s = scripts ? store_for(o) : NULL;
        if (s != NULL) {
            status = ask(v, o, s, scripts, &request);
            store_close(s);
        }
        bundle_release(scripts);
    }
    buf_deinit(&request);
    return status;
}

int script_live(const struct options *o)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        const struct verb *v = &verbs[i];
        int given = o->arguments - (v->second ? 3 : 2);
        if (strcmp(o->argument[1], v->name) != 0 || given < v->min || given > v->max) continue;
        if (v->second == NULL || strcmp(o->argument[2], v->second) == 0) return run(v, o);
    }
    return SCRIPT_LIVE_UNKNOWN;
}
