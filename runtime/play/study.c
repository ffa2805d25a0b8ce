/* See study.h. The Lua of a study is a tool's (vm/tool.h): trusted, from the
 * binary. It reaches the client's scripts only through a stage or a scratch
 * state, both bounded in memory and time as a server's are. */
#include "play/study.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actor/account.h"
#include "actor/scripts.h"
#include "base/mem.h"
#include "play/memory_store.h"
#include "play/play_clock.h"
#include "play/stage.h"
#include "play/stage_calls.h"
#include "store/encode.h"
#include "store/statements.h"
#include "store/store_wait.h"
#include "vm/state.h"
#include "vm/tool.h"

#define CHECK_MEMORY (64u << 20)
#define CHECK_NS 2000000000ull
#define CHECK_SLICE 100000
#define CALLS_MAX 32

extern const struct embedded_file play_files[];

struct run {
    struct stage *stage; /* first, for stage_calls; NULL until opened */
    const struct study *study;
    struct memory_store *template; /* NULL until something is played: a check needs none */
    uint64_t end_ns;
};

/* ---- statements that the tool writes: name NUL, then a parameter each ----
 *   'i' decimal NUL | 's' length NUL bytes | 'n' */

static bool read_parameter(const char **at, const char *end, struct buf *out)
{
    char kind = *(*at)++;
    if (kind == 'n') return encode_null(out), true;
    char *stop;
    long long n = strtoll(*at, &stop, 10);
    *at = stop + 1;
    if (kind == 'i') return encode_int(out, n), true;
    if (kind != 's' || n < 0 || n > end - *at) return false;
    encode_text(out, *at, (size_t)n);
    *at += n;
    return true;
}

/* The text is the tool's own and ends with a NUL, as Lua's do. */
static int read_statement(const char *text, size_t len, struct buf *out)
{
    const char *at = text + strlen(text) + 1, *end = text + len;
    uint16_t id = statement_find(text, strlen(text));
    if (id == STATEMENT_NONE) return ERR_NOT_FOUND;
    uint8_t params = 0;
    struct buf values;
    buf_init(&values);
    bool ok = true;
    for (; ok && at < end; params++) ok = read_parameter(&at, end, &values);
    encode_statement(out, id, params);
    buf_add(out, values.data, values.len);
    buf_deinit(&values);
    return ok ? ERR_OK : ERR_INVALID;
}

static int take_result(struct store_job *job, struct buf *out)
{
    int err = job->status;
    if (err == ERR_OK)
        stage_add_rows(&job->rows, out);
    else
        buf_str(out, job->error);
    store_job_free(job);
    return err;
}

/* ---- the tool's functions ---- */

static int call_query(void *ctx, const char *text, size_t len, struct buf *out) // of the real store
{
    struct run *r = ctx;
    struct buf q;
    if (r->study->store == NULL) return buf_str(out, "there is no store to ask"), ERR_UNAVAILABLE;
    buf_init(&q);
    int err = read_statement(text, len, &q);
    if (err == ERR_OK)
        err = take_result(store_wait(r->study->store, STORE_QUERY, r->study->tenant, &q), out);
    else
        buf_fmt(out, "bad statement '%s'", text);
    buf_deinit(&q);
    return err;
}

static int need_template(struct run *r, struct buf *out)
{
    char why[256];
    if (r->template != NULL) return ERR_OK;
    int err = memory_store_new(&r->template, why, sizeof why);
    if (err != ERR_OK) buf_str(out, why);
    return err;
}

static int on_template(struct run *r, enum store_kind kind, const char *text, size_t len, struct buf *out)
{
    int made = need_template(r, out);
    if (made != ERR_OK) return made;
    struct store_job *job = store_job_new(NULL, kind, r->study->tenant);
    int err = read_statement(text, len, &job->statements);
    if (err != ERR_OK) return store_job_free(job), buf_fmt(out, "bad statement '%s'", text), err;
    memory_store_run(r->template, job);
    return take_result(job, out);
}

static int call_ask(void *ctx, const char *text, size_t len, struct buf *out)
{
    return on_template(ctx, STORE_QUERY, text, len, out);
}

static int call_put(void *ctx, const char *text, size_t len, struct buf *out)
{
    return on_template(ctx, STORE_BATCH, text, len, out);
}

static int call_account(void *ctx, const char *text, size_t len, struct buf *out) // of the given dataset
{
    struct run *r = ctx;
    struct play_clock clock;
    (void)text, (void)len;
    if (r->study->dataset == NULL) return buf_str(out, "there is no business to play with"), ERR_INVALID;
    int made = need_template(r, out);
    if (made != ERR_OK) return made;
    struct store_job *job = store_job_new(NULL, STORE_BATCH, r->study->tenant);
    play_clock_init(&clock);
    int err = account_write(r->study->scripts, &clock.clock, r->study->tenant, r->study->dataset,
                            r->study->dataset_len, "{\"public_key\":\"" STAGE_PUBLIC_KEY "\"}",
                            &job->statements, out);
    if (err != ERR_OK) return store_job_free(job), err;
    buf_reset(out);
    memory_store_run(r->template, job);
    return take_result(job, out);
}

static void close_stage(struct run *r)
{
    if (r->stage != NULL) stage_free(r->stage);
    r->stage = NULL;
}

/* A server as it starts, on the rows of the template. text: the stage's mode, "rehearsal" or "". */
static int call_open(void *ctx, const char *text, size_t len, struct buf *out)
{
    struct run *r = ctx;
    (void)len;
    int made = need_template(r, out);
    if (made != ERR_OK) return made;
    close_stage(r);
    r->stage = stage_new(r->study->scripts, memory_store_copy(r->template), *text ? "rehearsal" : NULL);
    return ERR_OK;
}

static int call_seat(void *ctx, const char *text, size_t len, struct buf *out) // "conv_... {meta}"
{
    struct run *r = ctx;
    char key[64];
    const char *blank = memchr(text, ' ', len);
    (void)out;
    if (blank == NULL || (size_t)(blank - text) >= sizeof key) return ERR_INVALID;
    memcpy(key, text, (size_t)(blank - text));
    key[blank - text] = '\0';
    stage_seat(r->stage, r->study->tenant, key, blank + 1);
    return ERR_OK;
}

static int call_check(void *ctx, const char *text, size_t len, struct buf *out)
{
    struct run *r = ctx;
    char why[512];
    struct vm_config config = {.memory_cap = CHECK_MEMORY,
                               .turn_budget_ns = CHECK_NS,
                               .slice_instructions = CHECK_SLICE,
                               .clock = clock_real()};
    struct vm_state *s = vm_state_new(&config, r->study->tenant);
    int err = vm_state_boot(s, r->study->scripts, why, sizeof why);
    if (err != ERR_OK)
        buf_str(out, why);
    else
        err = vm_state_call(s, "check_files", text, len, out);
    vm_state_free(s);
    return err;
}

static int call_expired(void *ctx, const char *text, size_t len, struct buf *out)
{
    struct run *r = ctx;
    (void)text, (void)len;
    bool stop = r->study->stop != NULL && atomic_load(r->study->stop);
    buf_str(out, stop || clock_mono_ns(clock_real()) > r->end_ns ? "yes" : "no");
    return ERR_OK;
}

static const struct vm_tool_function own[] = {
    {"query", call_query},     {"ask", call_ask},         {"put", call_put},
    {"account", call_account}, {"open", call_open},       {"seat", call_seat},
    {"check", call_check},     {"expired", call_expired}, {NULL, NULL}};

static void add_calls(struct vm_tool_function *to, size_t *n, const struct vm_tool_function *from)
{
    for (; from->name != NULL && *n < CALLS_MAX - 1; from++) to[(*n)++] = *from;
}

int study_run(const struct study *study, const char *request, size_t len, struct buf *out)
{
    char why[512];
    size_t n = 0;
    struct vm_tool_function calls[CALLS_MAX] = {{0}};
    struct vm_state *tool = NULL;
    struct run r = {.study = study};
    r.end_ns = clock_mono_ns(clock_real()) + STUDY_MS_MAX * 1000000ull;
    add_calls(calls, &n, stage_calls);
    add_calls(calls, &n, own);
    int err = vm_tool_new(play_files, "runtime/play/study.lua", calls, &r, &tool, why, sizeof why);
    if (err == ERR_OK)
        err = vm_state_call(tool, "run", request, len, out);
    else
        buf_str(out, why);
    close_stage(&r);
    vm_state_free(tool);
    memory_store_free(r.template); /* NULL: nothing */
    return err;
}

int study_of_tenant(struct bundle *scripts, struct store *store, int64_t tenant, const char *request,
                    size_t len, _Atomic bool *stop, struct buf *out)
{
    struct study study = {.scripts = scripts, .store = store, .tenant = tenant, .stop = stop};
    return study_run(&study, request, len, out);
}
