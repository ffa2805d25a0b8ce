/* See stage.h. Called by play.c only. The line is named by its generation, so
 * what the engine sends to one that is gone finds nothing. */
#include "play/stage.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "actor/engine.h"
#include "base/log.h"
#include "base/mem.h"
#include "play/memory_store.h"
#include "play/play_clock.h"
#include "play/web.h"
#include "store/encode.h"
#include "store/store.h"
#include "vm/bundle.h"

#define MS 1000000ull
#define SECOND (1000 * MS)
#define RUN_NS (4 * MS)
#define PATIENCE_NS (20 * SECOND) /* for a turn that waits for a time-out */
#define STEPS_MAX 1000000
#define LOOKS_MAX 10000           /* for jobs, in one wait */
#define WAIT_MS_MAX 40000000000ll /* more than a year: jobs beyond are not waited for */

struct line {
    uint32_t generation;
    bool open;
    int64_t session;
    struct buf held; /* sent, not flushed: a JSON list without its brackets */
};

struct stage {
    struct play_clock clock;
    struct engine_config config;
    struct vm_setting settings[3]; /* the last ends the list */
    struct engine *engine;
    struct bundle *scripts;
    struct memory_store *store;
    struct web *web;
    bool store_down;
    struct store_job *first, **last; /* submitted, not carried out */
    struct line line;
    struct buf heard, errors, steps; /* as line.held */
};

static _Thread_local struct stage *on_air; /* whose log this thread writes */

static void add_item(struct buf *list, const char *json, size_t len)
{
    if (list->len > 0) buf_char(list, ',');
    buf_add(list, json, len);
}

static void add_list(struct buf *out, const struct buf *list)
{
    buf_char(out, '[');
    buf_add(out, list->data ? list->data : "", list->len);
    buf_char(out, ']');
}

static void on_log_line(const char *line, size_t len)
{
    if (on_air == NULL) return;
    if (memmem(line, len, "\"level\":\"error\"", 15) != NULL)
        add_item(&on_air->errors, line, len - 1);
    else if (memmem(line, len, "\"msg\":\"script step\"", 19) != NULL)
        add_item(&on_air->steps, line, len - 1);
}

/* ---- the line ---- */

static struct line *line_of(struct stage *s, struct peer to)
{
    return s->line.open && to.generation == s->line.generation ? &s->line : NULL;
}

static void flush(struct stage *s)
{
    if (s->line.held.len > 0) add_item(&s->heard, s->line.held.data, s->line.held.len);
    buf_reset(&s->line.held);
}

static void hear_end(struct stage *s, int code, const char *reason, size_t len)
{
    struct buf b;
    buf_init(&b);
    buf_fmt(&b, "{\"type\":\"closed\",\"code\":%d,\"reason\":", code);
    buf_json(&b, reason, len);
    buf_char(&b, '}');
    add_item(&s->heard, b.data, b.len);
    buf_deinit(&b);
    s->line.open = false; /* the engine hears of it in settle(): not inside its own call */
}

static void op_submit(void *ctx, struct store_job *job)
{
    struct stage *s = ctx;
    job->next = NULL;
    *s->last = job;
    s->last = &job->next;
}

static void op_send(void *ctx, struct peer to, const char *text, size_t len, int64_t event_id)
{
    struct stage *s = ctx;
    (void)event_id;
    if (line_of(s, to) != NULL) add_item(&s->line.held, text, len);
}

static void op_flush(void *ctx, struct peer to)
{
    if (line_of(ctx, to) != NULL) flush(ctx);
}

static void op_signal(void *ctx, struct peer to, const char *text, size_t len)
{
    struct stage *s = ctx;
    if (line_of(s, to) != NULL) add_item(&s->heard, text, len);
}

static void op_close(void *ctx, struct peer to, int code, const char *reason, size_t len)
{
    if (line_of(ctx, to) == NULL) return;
    flush(ctx);
    hear_end(ctx, code, reason, len);
}

static void op_respond(void *ctx, struct peer to, int status, const char *headers, size_t headers_len,
                       const char *body, size_t body_len)
{
    (void)headers;
    (void)headers_len;
    if (line_of(ctx, to) != NULL) hear_end(ctx, status, body, body_len);
}

static void op_problem(void *ctx, struct peer to, int status, const char *code, const char *detail)
{
    (void)detail;
    if (line_of(ctx, to) != NULL) hear_end(ctx, status, code, strlen(code));
}

static void op_seat(void *ctx, struct peer from, enum peer_mode mode, int64_t tenant, const char *kind,
                    size_t kind_len, const char *key, size_t key_len, const char *text, size_t len)
{
    struct stage *s = ctx;
    if (line_of(s, from) == NULL) return;
    from.mode = (uint8_t)mode;
    s->line.session = engine_seat(s->engine, from, tenant, kind, kind_len, key, key_len, text, len);
    if (s->line.session == 0) hear_end(s, 503, "overloaded", 10);
}

static void op_fetch(void *ctx, int64_t tenant, int64_t actor, uint32_t number, const struct buf *requests)
{
    struct stage *s = ctx;
    struct buf rows;
    (void)tenant;
    buf_init(&rows);
    web_answer(s->web, requests, &rows);
    engine_fetched(s->engine, actor, number, &rows);
}

static const struct engine_ops ops = {.submit = op_submit,
                                      .send = op_send,
                                      .flush = op_flush,
                                      .signal = op_signal,
                                      .close = op_close,
                                      .respond = op_respond,
                                      .problem = op_problem,
                                      .seat = op_seat,
                                      .fetch = op_fetch};

/* ---- time ---- */

static void carry_out(struct stage *s)
{
    struct store_job *job = s->first;
    s->first = job->next;
    if (s->first == NULL) s->last = &s->first;
    if (s->store_down) {
        job->status = ERR_UNAVAILABLE;
        snprintf(job->error, sizeof job->error, "the play's store fails");
    } else
        memory_store_run(s->store, job);
    engine_job_done(s->engine, job);
}

static void tell_gone(struct stage *s)
{
    int64_t session = s->line.session;
    s->line.session = 0;
    engine_gone(s->engine, session);
}

/* Until nothing more can happen at this moment. */
static void run(struct stage *s)
{
    for (int steps = 0;; steps++) {
        assert(steps < STEPS_MAX); /* a timer that is always due: a fault of the engine */
        if (s->clock.now_ns >= engine_next_due(s->engine)) engine_tick(s->engine);
        bool more = engine_run(s->engine, RUN_NS);
        if (!s->line.open && s->line.session != 0)
            tell_gone(s);
        else if (s->first != NULL)
            carry_out(s);
        else if (!more && s->clock.now_ns < engine_next_due(s->engine))
            return;
    }
}

static void go_on(struct stage *s, uint64_t until_ns)
{
    while (engine_next_due(s->engine) <= until_ns) {
        s->clock.now_ns = engine_next_due(s->engine);
        run(s);
    }
    s->clock.now_ns = until_ns;
}

/* A turn may wait for an answer that never comes: then time has to pass. */
static void settle(struct stage *s)
{
    run(s);
    uint64_t end = s->clock.now_ns + PATIENCE_NS;
    while (!engine_quiet(s->engine) && engine_next_due(s->engine) <= end) {
        s->clock.now_ns = engine_next_due(s->engine);
        run(s);
    }
}

void stage_set_clock(struct stage *s, int64_t wall_ms) { play_clock_set(&s->clock, wall_ms); }
int64_t stage_now(struct stage *s) { return clock_wall_ms(&s->clock.clock); }

int64_t stage_next_job(struct stage *s)
{
    struct rows_reader r;
    struct param value[ROWS_COLUMNS_MAX];
    int64_t due = -1;
    struct store_job *job = memory_store_ask(s->store, 0, "outbox.next_due", "");
    if (job->status == ERR_OK && rows_open(&r, &job->rows) == ERR_OK && rows_next(&r, value) &&
        value[0].type == PARAM_INT && value[0].integer < stage_now(s) + WAIT_MS_MAX)
        due = value[0].integer;
    store_job_free(job);
    return due;
}

/* UINT64_MAX: there is none. */
static uint64_t next_job_ns(struct stage *s)
{
    int64_t due = stage_next_job(s), left = due - stage_now(s);
    if (due < 0) return UINT64_MAX;
    return s->clock.now_ns + (left > 0 ? (uint64_t)left * MS : 0);
}

void stage_jobs(struct stage *s)
{
    engine_wake(s->engine);
    settle(s);
}

/* A server looks for due jobs once a second; here it looks when there are some. */
void stage_wait(struct stage *s, int64_t ms)
{
    uint64_t end = s->clock.now_ns + (uint64_t)ms * MS;
    for (int looks = 0; looks < LOOKS_MAX && !s->store_down; looks++) {
        uint64_t due = next_job_ns(s);
        if (due > end) break;
        go_on(s, due);
        engine_wake(s->engine);
        settle(s);
        if (s->clock.now_ns > end) end = s->clock.now_ns;
    }
    go_on(s, end);
    settle(s);
}

bool stage_web(struct stage *s, const char *line, size_t len) { return web_put(s->web, line, len); }
void stage_requests(struct stage *s, struct buf *out) { add_list(out, web_requests(s->web)); }

/* ---- the visitor ---- */

static void hang_up(struct stage *s)
{
    s->line.open = false;
    buf_reset(&s->line.held);
    settle(s);
}

void stage_connect(struct stage *s, const char *public_key)
{
    char json[400];
    if (s->line.open) hang_up(s);
    s->line.generation++;
    s->line.open = true;
    int n =
        snprintf(json, sizeof json,
                 "{\"method\":\"GET\",\"path\":\"/v1/chat\",\"query\":\"bot=%s\",\"ip\":\"192.0.2.1\","
                 "\"upgrade\":true,\"headers\":{\"upgrade\":\"websocket\",\"origin\":\"http://localhost\"}}",
                 public_key);
    struct peer from = {0, s->line.generation, 0, PEER_HTTP};
    s->line.session = engine_request(s->engine, from, json, (size_t)n);
    settle(s);
}

void stage_seat(struct stage *s, int64_t tenant, const char *key, const char *meta)
{
    if (s->line.open) hang_up(s);
    s->line.generation++;
    s->line.open = true;
    struct peer from = {0, s->line.generation, 0, PEER_WEBSOCKET};
    s->line.session =
        engine_seat(s->engine, from, tenant, "conversation", 12, key, strlen(key), meta, strlen(meta));
    settle(s);
}

void stage_say(struct stage *s, const char *frame, size_t len)
{
    if (!s->line.open) return;
    engine_frame(s->engine, s->line.session, frame, len);
    settle(s);
}

void stage_hear(struct stage *s, struct buf *out)
{
    add_list(out, &s->heard);
    buf_reset(&s->heard);
}

void stage_errors(struct stage *s, struct buf *out) { add_list(out, &s->errors); }

void stage_steps(struct stage *s, struct buf *out)
{
    add_list(out, &s->steps);
    buf_reset(&s->steps);
}

/* ---- the server ---- */

static void start(struct stage *s)
{
    s->engine = engine_new(&s->config, &ops, s);
    engine_set_bundle(s->engine, s->scripts);
    settle(s);
}

void stage_restart(struct stage *s)
{
    engine_free(s->engine);
    s->line.open = false;
    s->line.session = 0;
    buf_reset(&s->line.held);
    start(s);
}

void stage_store_works(struct stage *s, bool works) { s->store_down = !works; }
struct memory_store *stage_store(struct stage *s) { return s->store; }

struct stage *stage_new(struct bundle *scripts, struct memory_store *store, const char *mode)
{
    struct stage *s = mem_zalloc(sizeof *s);
    play_clock_init(&s->clock);
    s->scripts = bundle_retain(scripts);
    s->store = store;
    s->web = web_new();
    s->last = &s->first;
    s->settings[0] = (struct vm_setting){"stage", "1"};
    if (mode != NULL) s->settings[1] = (struct vm_setting){mode, "1"};
    /* As a server's defaults, but for the CPU time: a play on a busy machine must not fail by it. */
    s->config = (struct engine_config){.vm = {.memory_cap = 64u << 20,
                                              .turn_budget_ns = 5 * SECOND,
                                              .slice_instructions = 100000,
                                              .clock = &s->clock.clock,
                                              .settings = s->settings},
                                       .passivate_ns = 60 * SECOND,
                                       .unload_ns = 300 * SECOND,
                                       .parked_max = 100};
    memset(s->config.vm.secret, 0x5a, sizeof s->config.vm.secret);
    on_air = s;
    log_capture(on_log_line);
    start(s);
    return s;
}

void stage_free(struct stage *s)
{
    engine_free(s->engine);
    log_capture(NULL);
    on_air = NULL;
    bundle_release(s->scripts);
    memory_store_free(s->store);
    web_free(s->web);
    buf_deinit(&s->line.held);
    buf_deinit(&s->heard);
    buf_deinit(&s->errors);
    buf_deinit(&s->steps);
    mem_free(s);
}
