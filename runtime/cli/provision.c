/* See provision.h. */
#include "cli/provision.h"

#include <string.h>

#include "base/mem.h"
#include "cli/store_call.h"
#include "store/encode.h"
#include "store/statements.h"
#include "vm/bundle.h"
#include "vm/deliver.h"
#include "vm/state.h"

#define TRIES 5 /* two commands at once take the same number: one gets a conflict and tries again */

static void begin(struct buf *b, const char *name, int params)
{
    buf_init(b);
    encode_statement(b, statement_find(name, strlen(name)), (uint8_t)params);
}

static int next_tenant(struct store *s, int64_t *id)
{
    struct buf q;
    struct rows_reader r;
    struct param value[64];
    begin(&q, "tenant.next_id", 0);
    struct store_job *job = store_call(s, STORE_QUERY, 0, &q);
    int err = job->status;
    if (err == ERR_OK) err = rows_open(&r, &job->rows);
    if (err == ERR_OK && rows_next(&r, value)) *id = value[0].integer;
    store_job_free(job);
    return err;
}

int provision_exists(struct store *s, const char *public_key, bool *exists)
{
    struct buf q;
    struct rows_reader r;
    struct param value[64];
    begin(&q, "bot.by_key", 1);
    encode_text(&q, public_key, strlen(public_key));
    struct store_job *job = store_call(s, STORE_QUERY, 0, &q);
    int err = job->status;
    if (err == ERR_OK) *exists = rows_open(&r, &job->rows) == ERR_OK && rows_next(&r, value);
    store_job_free(job);
    return err;
}

/* What the turn emitted, a line each. */
static void take_text(const struct vm_turn *t, struct buf *out)
{
    struct effect f;
    for (size_t at = 0; effect_next(&t->effects, &at, &f);)
        if (f.kind == EFFECT_EMIT) {
            buf_add(out, f.text[0].data, f.text[0].len);
            buf_char(out, '\n');
        }
}

static int run(struct vm_state *vm, struct bundle *scripts, const char *text, size_t len, const char *options,
               struct vm_turn *t, struct buf *out)
{
    char why[512];
    int err = vm_state_boot(vm, scripts, why, sizeof why);
    if (err != ERR_OK) return buf_fmt(out, "%s\n", why), err;
    struct vm_value v[2] = {{.type = VM_TEXT, .text = text, .len = len},
                            {.type = VM_JSON, .text = options, .len = strlen(options)}};
    if (vm_call(vm, "provision", t, v, 2) != VM_DONE) return buf_fmt(out, "%s\n", vm_error(vm)), ERR_INTERNAL;
    take_text(t, out);
    return t->writes.len > 0 ? ERR_OK : ERR_INVALID;
}

static int try_once(struct store *s, struct bundle *scripts, const char *text, size_t len,
                    const char *options, struct buf *out)
{
    int64_t tenant = 0;
    int err = next_tenant(s, &tenant);
    if (err != ERR_OK) return buf_fmt(out, "the store does not answer: %s\n", err_name(err)), err;
    struct vm_config config = {.memory_cap = 256u << 20,
                               .turn_budget_ns = 10000000000ull,
                               .slice_instructions = 1 << 30,
                               .clock = clock_real()};
    struct vm_state *vm = vm_state_new(&config, tenant);
    struct vm_turn t;
    vm_turn_init(&t);
    err = run(vm, scripts, text, len, options, &t, out);
    if (err == ERR_OK) {
        struct store_job *job = store_call(s, STORE_BATCH, tenant, &t.writes);
        err = job->status;
        if (err != ERR_OK) buf_reset(out), buf_fmt(out, "not stored: %s\n", job->error);
        store_job_free(job);
    }
    vm_turn_deinit(&t);
    vm_state_free(vm);
    return err;
}

int provision(struct store *s, struct bundle *scripts, const char *text, size_t len, const char *options,
              struct buf *out)
{
    int err = ERR_CONFLICT;
    for (int i = 0; i < TRIES && err == ERR_CONFLICT; i++) {
        buf_reset(out);
        err = try_once(s, scripts, text, len, options, out);
    }
    return err;
}
