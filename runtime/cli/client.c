/* azentiko webhook and hook: what a client's API key could do, for the operator at the
 * command line. client.lua makes requests of the HTTP API; here is how they
 * reach the account: at a desk over the store, whether a server runs or not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actor/desk.h"
#include "actor/secret.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/outbound.h"
#include "cli/scripts_arg.h"
#include "cli/store_call.h"
#include "out/guard.h"
#include "store/store.h"
#include "vm/bundle.h"
#include "vm/state.h"
#include "vm/tool.h"

extern const struct embedded_file client_files[];

#define FILE_MAX 65536

/* Opened with the first request: a wrong usage needs no store. */
struct client {
    const struct options *o;
    struct store *store;
    struct bundle *scripts;
    struct guard guard;
    unsigned char secret[VM_SECRET_LEN];
    int64_t tenant;
};

static int open_account(struct client *c, struct buf *out)
{
    char why[512];
    if (c->tenant != 0) return ERR_OK;
    buf_str(out, "nothing was done"); /* why is said on stderr by then, but for the key's file */
    if (outbound_read(c->o, true, &c->guard) != EXIT_OK) return ERR_INVALID;
    c->scripts = scripts_for(c->o);
    if (c->scripts == NULL) return ERR_INVALID;
    c->store = store_for(c->o);
    if (c->store == NULL) return ERR_UNAVAILABLE;
    if (secret_load(c->o->value[OPT_DATA], c->secret, why, sizeof why) != ERR_OK)
        return buf_reset(out), buf_str(out, why), ERR_IO;
    c->tenant =
        store_call_tenant(c->store, "tenant.by_public_id", c->o->argument[2], "account", "tenant list");
    if (c->tenant == 0) return ERR_NOT_FOUND;
    buf_reset(out);
    return ERR_OK;
}

static int call_account(void *ctx, const char *text, size_t len, struct buf *out)
{
    struct client *c = ctx;
    struct buf body;
    int status = 0, err = open_account(c, out);
    if (err != ERR_OK) return err;
    struct desk_config desk = {
        .scripts = c->scripts, .store = c->store, .secret = c->secret, .guard = &c->guard};
    buf_init(&body);
    err = desk_ask(&desk, c->tenant, "api", "req_cli", text, len, &status, &body);
    if (err == ERR_OK) {
        buf_fmt(out, "%d\n", status);
        if (body.len > 0) buf_add(out, body.data, body.len);
    } else {
        buf_str(out, "no answer in time");
    }
    buf_deinit(&body);
    return err;
}

static int call_read(void *ctx, const char *text, size_t len, struct buf *out)
{
    char block[4096], path[4096];
    (void)ctx;
    snprintf(path, sizeof path, "%.*s", (int)len, text);
    if (strcmp(path, "-") != 0) {
        struct buf why;
        buf_init(&why);
        int err = file_read(path, FILE_MAX, out, &why);
        if (err != ERR_OK) buf_reset(out), buf_str(out, buf_cstr(&why));
        buf_deinit(&why);
        return err;
    }
    for (size_t n; (n = fread(block, 1, sizeof block, stdin)) > 0 && out->len < FILE_MAX;)
        buf_add(out, block, n);
    return ERR_OK;
}

static int call_print(void *ctx, const char *text, size_t len, struct buf *out)
{
    (void)ctx, (void)out;
    fwrite(text, 1, len, stdout);
    return ERR_OK;
}

static int call_complain(void *ctx, const char *text, size_t len, struct buf *out)
{
    (void)ctx, (void)out;
    fprintf(stderr, "azentiko: %.*s\n", (int)len, text);
    return ERR_OK;
}

static void add_text(struct buf *b, const char *name, const char *value)
{
    if (value == NULL) return;
    if (b->data[b->len - 1] != '{') buf_char(b, ',');
    buf_json(b, name, strlen(name));
    buf_char(b, ':');
    buf_json(b, value, strlen(value));
}

static void make_request(const struct options *o, struct buf *b)
{
    static const struct {
        enum option_id id;
        const char *name;
    } passed[] = {{OPT_URL, "url"},          {OPT_EVENTS, "events"},   {OPT_DESCRIPTION, "description"},
                  {OPT_HEADERS, "headers"},  {OPT_SINCE, "since"},     {OPT_UNTIL, "until"},
                  {OPT_LAST, "last"},        {OPT_ALL, "all"},         {OPT_BOT, "bot"},
                  {OPT_NAME, "name"},        {OPT_DELIVER, "deliver"}, {OPT_EMAIL, "email"},
                  {OPT_AT_ONCE, "at_once"},  {OPT_DAILY, "daily"},     {OPT_HOUR, "hour"},
                  {OPT_LANGUAGE, "language"}};
    buf_str(b, "{\"noun\":");
    buf_json(b, o->argument[0], strlen(o->argument[0]));
    buf_fmt(b, ",\"json\":%s,\"arguments\":[", options_flag(o, OPT_JSON) ? "true" : "false");
    for (int i = 1; i < o->arguments; i++) {
        if (i > 1) buf_char(b, ',');
        buf_json(b, o->argument[i], strlen(o->argument[i]));
    }
    buf_str(b, "],\"options\":{");
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++)
        add_text(b, passed[i].name, o->value[passed[i].id]);
    buf_str(b, "}}");
}

int command_client(const struct options *o)
{
    static const struct vm_tool_function functions[] = {{"call", call_account},
                                                        {"read", call_read},
                                                        {"print", call_print},
                                                        {"complain", call_complain},
                                                        {NULL, NULL}};
    struct client c = {.o = o};
    struct vm_state *tool = NULL;
    struct buf input, out;
    char why[512];
    int status = EXIT_FAILED;
    buf_init(&input);
    buf_init(&out);
    make_request(o, &input);
    int err = vm_tool_new(client_files, "runtime/cli/client.lua", functions, &c, &tool, why, sizeof why);
    if (err == ERR_OK) err = vm_state_call(tool, "run", input.data, input.len, &out);
    if (err == ERR_OK)
        status = atoi(buf_cstr(&out));
    else
        fprintf(stderr, "azentiko: %s\n", tool != NULL ? buf_cstr(&out) : why);
    vm_state_free(tool);
    if (c.store != NULL) store_close(c.store);
    bundle_release(c.scripts);
    buf_deinit(&input);
    buf_deinit(&out);
    return status;
}
