/* What the sandbox costs: ordinary turns, and the loading of a bundle, in one
 * state without an engine, sockets or threads, so that a count of instructions
 * is the same in each run. tests/bench/sandbox.py starts it under callgrind.
 *
 *   azk_sandbox turns SCRIPTS DATASET ROUNDS    a few visitors' talks, so often
 *   azk_sandbox load SCRIPTS REQUEST TIMES      entry "bench" with the request
 *   azk_sandbox slices SCRIPTS DATASET COMMANDS the longest slice of each, in CPU time
 *
 * azk_sandbox_stock is the same with Lua's own libraries (stock_base.c) and
 * without preemption. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "actor/account.h"
#include "base/file.h"
#include "base/mem.h"
#include "play/memory_store.h"
#include "play/play_clock.h"
#include "store/store.h"
#include "vm/bundle.h"
#include "vm/deliver.h"
#include "vm/preempt.h"
#include "vm/state.h"

#define TENANT 1

extern const bool sandbox_preempts; /* stock_base.c: false */

static struct play_clock now;
static struct preempt preempt;
static struct vm_config config;
static struct memory_store *store;
static struct vm_state *vm;
static char meta[300];
static bool preempting; /* slices */

static void die(const char *what, const char *why)
{
    fprintf(stderr, "azk_sandbox: %s: %s\n", what, why);
    exit(1);
}

static void *read_all(const char *path, struct buf *out)
{
    struct buf why;
    buf_init(&why);
    buf_init(out);
    if (file_read(path, 1u << 20, out, &why) != ERR_OK) die(path, buf_cstr(&why));
    return out->data;
}

static void open_state(const char *scripts)
{
    char why[512];
    struct bundle *b;
    config = (struct vm_config){.memory_cap = 64u << 20, .turn_budget_ns = 200000000u, .clock = &now.clock};
    if (sandbox_preempts) {
        config.preempt = &preempt;
        preempt_attach(&preempt);
    }
    if (bundle_read(scripts, &b, why, sizeof why) != ERR_OK) die(scripts, why);
    vm = vm_state_new(&config, TENANT);
    if (vm_state_boot(vm, b, why, sizeof why) != ERR_OK) die("the scripts do not start", why);
    bundle_release(b);
}

/* ---- turns ---- */

static struct store_job *run_job(enum store_kind kind, struct buf *statements)
{
    struct store_job *job = store_job_new(NULL, kind, TENANT);
    buf_deinit(&job->statements);
    job->statements = *statements;
    buf_init(statements);
    memory_store_run(store, job);
    if (job->status != ERR_OK && !preempting) die("the store", job->error); /* an attack may break a rule */
    return job;
}

static void make_business(const char *path)
{
    char why[256], *bot;
    struct buf text, writes, out;
    read_all(path, &text);
    buf_init(&writes);
    buf_init(&out);
    if (memory_store_new(&store, why, sizeof why) != ERR_OK) die("the store", why);
    if (account_write(vm_state_bundle(vm), &now.clock, TENANT, text.data, text.len, "{}", &writes, &out) !=
        ERR_OK)
        die(path, buf_cstr(&out));
    store_job_free(run_job(STORE_BATCH, &writes));
    if ((bot = strstr(buf_cstr(&out), "bot_")) == NULL) die(path, "no bot");
    bot[strcspn(bot, "\n")] = '\0';
    snprintf(meta, sizeof meta, "{\"v\":\"vis_01m88000000000000000000000\",\"b\":\"%s\",\"l\":\"en\"}", bot);
    buf_deinit(&text);
    buf_deinit(&out);
}

static const char *meta_of(void *ctx, int64_t session, size_t *len)
{
    (void)ctx, (void)session;
    *len = strlen(meta);
    return meta;
}

static double longest_ms; /* CPU time of a slice */

static enum vm_outcome slice(struct vm_fiber *f, struct vm_turn *t, int self, const struct vm_value *v, int n)
{
    uint64_t before = clock_thread_cpu_ns();
    enum vm_outcome outcome = self != 0 ? vm_start(vm, f, t, self, v, n) : vm_resume(vm, f, t, v, n);
    double ms = (double)(clock_thread_cpu_ns() - before) / 1e6;
    if (ms > longest_ms) longest_ms = ms;
    return outcome;
}

/* What a turn waits for is there; nobody answers its calls to others. */
static enum vm_outcome go_on(struct vm_fiber *f, struct vm_turn *t, enum vm_outcome outcome)
{
    struct store_job *job = NULL;
    struct vm_value v = {.type = VM_NIL};
    if (outcome == VM_PREEMPTED) return slice(f, t, 0, NULL, 0);
    if (t->wait == WAIT_QUERY) {
        job = run_job(STORE_QUERY, &t->wait_args);
        if (job->status == ERR_OK) v = (struct vm_value){.type = VM_ROWS, .rows = &job->rows};
    } else if (t->wait == WAIT_COMMIT) {
        if (t->writes.len > 0) store_job_free(run_job(STORE_BATCH, &t->writes));
        v.type = VM_TRUE;
    }
    outcome = slice(f, t, 0, &v, 1);
    store_job_free(job);
    return outcome;
}

/* One message to the actor, with everything that it waits for; the fiber of a
 * dialog that waits is kept in *fiber. What went wrong, or NULL. */
static const char *deliver(int self, struct vm_fiber **fiber, const char *kind, const char *text)
{
    struct vm_turn t;
    struct vm_value v[3] = {
        {.type = VM_TEXT, .text = kind, .len = strlen(kind)},
        {.type = VM_INT, .integer = 1},
        {.type = strcmp(kind, "frame") == 0 ? VM_JSON : VM_TEXT, .text = text, .len = strlen(text)}};
    struct vm_fiber *f = *fiber;
    vm_turn_init(&t);
    t.meta = meta_of;
    t.self = self;
    t.session_count = 1;
    enum vm_outcome outcome =
        f != NULL ? slice(f, &t, 0, v, 3) : slice(f = vm_fiber_take(vm), &t, self, v, 3);
    while (outcome == VM_PREEMPTED || (outcome == VM_WAIT && t.wait != WAIT_PARK)) {
        if (outcome == VM_WAIT && t.wait == WAIT_ABANDON) { /* the same message, on a new coroutine */
            vm_fiber_drop(vm, f);
            vm_turn_reset(&t);
            outcome = slice(f = vm_fiber_take(vm), &t, self, v, 3);
        } else {
            outcome = go_on(f, &t, outcome);
        }
    }
    *fiber = outcome == VM_WAIT ? f : NULL;
    bool well = outcome == VM_DONE || outcome == VM_WAIT;
    if (well && t.writes.len > 0) store_job_free(run_job(STORE_BATCH, &t.writes));
    vm_turn_deinit(&t);
    now.now_ns += 2000000000u;
    return well ? NULL : vm_error(vm);
}

static int new_actor(void)
{
    static int number;
    char key[64];
    int self;
    snprintf(key, sizeof key, "conv_01m88%021d", number++);
    if (vm_activate(vm, "conversation", key, &self) != ERR_OK) die("activate", vm_error(vm));
    return self;
}

/* A menu, a command, a question, something that is not understood, a dialog. */
static const char *const talk[] = {"menu",          "/hours",         "Do you have vegan dishes?",
                                   "where are you", "qwertz",         "/callback",
                                   "Anna Berg",     "+49 30 1234567", "cancel",
                                   "thanks"};

static void converse(void)
{
    char frame[200];
    int self = new_actor();
    struct vm_fiber *fiber = NULL;
    const char *why = deliver(self, &fiber, "open", meta);
    for (size_t i = 0; why == NULL && i < sizeof talk / sizeof *talk; i++) {
        snprintf(frame, sizeof frame, "{\"type\":\"message\",\"cid\":\"c%zu\",\"text\":\"%s\"}", i, talk[i]);
        why = deliver(self, &fiber, "frame", frame);
    }
    if (why != NULL) die("a turn", why);
    vm_fiber_drop(vm, fiber);
    vm_deactivate(vm, self);
}

/* ---- slices ---- */

static void *tick(void *arg)
{
    const struct timespec ms = {.tv_nsec = 1000000};
    (void)arg;
    for (;;) {
        nanosleep(&ms, NULL);
        uint32_t beat = atomic_load(&preempt.beat);
        nanosleep(&ms, NULL);
        if (beat % 2 == 1) preempt_request(&preempt, beat);
    }
    return NULL;
}

/* A state for each command: what one leaves behind is not the next one's. */
static void time_slices(const char *scripts, const char *commands)
{
    pthread_t ticker;
    char frame[200], *list = mem_strdup(commands);
    preempting = true;
    pthread_create(&ticker, NULL, tick, NULL);
    preempt_tick(&preempt);
    for (char *name = strtok(list, ","); name != NULL; name = strtok(NULL, ",")) {
        struct vm_fiber *fiber = NULL;
        vm_state_free(vm);
        open_state(scripts);
        longest_ms = 0;
        for (int turn = 0; turn < 3; turn++) { /* some prepare in one what they do in the next */
            int self = new_actor();
            snprintf(frame, sizeof frame, "{\"type\":\"command\",\"cid\":\"c\",\"name\":\"%s\",\"args\":{}}",
                     name);
            deliver(self, &fiber, "frame", frame);
            vm_fiber_drop(vm, fiber);
            fiber = NULL;
            vm_deactivate(vm, self);
        }
        printf("{\"command\":\"%s\",\"longest_ms\":%.2f}\n", name, longest_ms);
        fflush(stdout);
    }
    mem_free(list);
}

/* ---- loading ---- */

static void load(const char *path, int times)
{
    struct buf request, out;
    size_t before = vm_state_memory(vm);
    read_all(path, &request);
    buf_init(&out);
    uint64_t cpu = clock_thread_cpu_ns();
    for (int i = 0; i < times; i++) {
        buf_reset(&out);
        if (vm_state_call(vm, "bench", request.data, request.len, &out) != ERR_OK)
            die("bench", buf_cstr(&out));
        if (i == 0) vm_state_collect(vm), before = vm_state_memory(vm), cpu = clock_thread_cpu_ns();
    }
    cpu = clock_thread_cpu_ns() - cpu;
    vm_state_collect(vm);
    printf("{\"us\":%.1f,\"kept\":%zd}\n", (double)cpu / 1000 / (times > 1 ? times - 1 : 1),
           (ssize_t)(vm_state_memory(vm) - before));
    buf_deinit(&request);
    buf_deinit(&out);
}

int main(int argc, char **argv)
{
    if (argc != 5) die("usage", "azk_sandbox turns|load|slices SCRIPTS FILE TIMES|COMMANDS");
    play_clock_init(&now);
    open_state(argv[2]);
    int times = atoi(argv[4]);
    if (strcmp(argv[1], "load") == 0) {
        load(argv[3], times);
    } else {
        make_business(argv[3]);
        if (strcmp(argv[1], "slices") == 0) time_slices(argv[2], argv[4]);
        for (int i = 0; i < times; i++) converse();
        if (times > 0) printf("{\"turns\":%zu}\n", (size_t)times * (sizeof talk / sizeof *talk + 1));
        memory_store_free(store);
    }
    vm_state_free(vm);
    return 0;
}
