/* See desk.h. */
#include "actor/desk.h"

#include <pthread.h>
#include <string.h>

#include "actor/engine.h"
#include "base/mem.h"
#include "store/store.h"

#define ANSWER_NS 120000000000ull
#define LOOK_NS 2000000 /* between looks at the clock while the store is waited for */
#define TURN_NS 2000000000ull
#define SLICE 100000

struct desk {
    struct desk_config config;
    struct store_port port;
    struct engine *engine;
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    struct store_job *first, **last; /* answered by the store, not taken yet */
    int64_t tenant;
    int status; /* 0: no answer yet */
    struct buf *body;
};

static void on_job(struct store_port *port, struct store_job *job) // any thread
{
    struct desk *d = container_of(port, struct desk, port);
    pthread_mutex_lock(&d->lock);
    job->next = NULL;
    *d->last = job;
    d->last = &job->next;
    pthread_cond_signal(&d->arrived);
    pthread_mutex_unlock(&d->lock);
}

static void op_submit(void *ctx, struct store_job *job)
{
    store_submit(((struct desk *)ctx)->config.store, job);
}

static void op_respond(void *ctx, struct peer to, int status, const char *headers, size_t headers_len,
                       const char *body, size_t body_len)
{
    struct desk *d = ctx;
    (void)to, (void)headers, (void)headers_len;
    d->status = status;
    buf_add(d->body, body != NULL ? body : "", body_len);
}

static void op_problem(void *ctx, struct peer to, int status, const char *code, const char *detail)
{
    struct desk *d = ctx;
    (void)to, (void)detail;
    d->status = status;
    buf_fmt(d->body, "{\"status\":%d,\"code\":\"%s\",\"title\":\"%s\"}", status, code, code);
}

static void op_study(void *ctx, int64_t tenant, int64_t actor, uint32_t number, const char *text, size_t len)
{
    struct desk *d = ctx;
    struct buf out;
    buf_init(&out);
    int err = d->config.study != NULL
                  ? d->config.study(d->config.scripts, d->config.store, tenant, text, len, NULL, &out)
                  : ERR_UNAVAILABLE;
    engine_studied(d->engine, actor, number, err, buf_cstr(&out), out.len);
    buf_deinit(&out);
}

static void no_send(void *ctx, struct peer to, const char *text, size_t len, int64_t id)
{
    (void)ctx, (void)to, (void)text, (void)len, (void)id;
}
static void no_flush(void *ctx, struct peer to) { (void)ctx, (void)to; }
static void no_signal(void *ctx, struct peer to, const char *text, size_t len)
{
    (void)ctx, (void)to, (void)text, (void)len;
}
static void no_close(void *ctx, struct peer to, int code, const char *reason, size_t len)
{
    (void)ctx, (void)to, (void)code, (void)reason, (void)len;
}
static void no_seat(void *ctx, struct peer from, enum peer_mode mode, int64_t tenant, const char *kind,
                    size_t kind_len, const char *key, size_t key_len, const char *text, size_t len)
{
    (void)ctx, (void)from, (void)mode, (void)tenant, (void)kind, (void)kind_len;
    (void)key, (void)key_len, (void)text, (void)len;
}

static const struct engine_ops ops = {.submit = op_submit,
                                      .send = no_send,
                                      .flush = no_flush,
                                      .signal = no_signal,
                                      .close = no_close,
                                      .respond = op_respond,
                                      .problem = op_problem,
                                      .seat = no_seat,
                                      .study = op_study};

static struct store_job *take_jobs(struct desk *d)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += LOOK_NS;
    if (until.tv_nsec >= 1000000000) until.tv_nsec -= 1000000000, until.tv_sec++;
    pthread_mutex_lock(&d->lock);
    if (d->first == NULL) pthread_cond_timedwait(&d->arrived, &d->lock, &until);
    struct store_job *jobs = d->first;
    d->first = NULL;
    d->last = &d->first;
    pthread_mutex_unlock(&d->lock);
    return jobs;
}

/* Until the answer is there and what was written is committed. */
static void run(struct desk *d)
{
    uint64_t end = clock_mono_ns(clock_real()) + ANSWER_NS;
    while ((d->status == 0 || !engine_quiet(d->engine)) && clock_mono_ns(clock_real()) < end) {
        engine_tick(d->engine);
        while (engine_run(d->engine, LOOK_NS)) {
        }
        if (engine_quiet(d->engine)) continue;
        for (struct store_job *job = take_jobs(d), *next; job != NULL; job = next) {
            next = job->next;
            engine_job_done(d->engine, job);
        }
    }
}

/* Late answers of the store find the actor gone; none may come after the desk. */
static void drain(struct desk *d)
{
    for (int i = 0; i < 5000 && !engine_quiet(d->engine); i++)
        for (struct store_job *job = take_jobs(d), *next; job != NULL; job = next) {
            next = job->next;
            engine_job_done(d->engine, job);
        }
}

int desk_ask(const struct desk_config *config, int64_t tenant, const char *kind, const char *key,
             const char *payload, size_t len, int *status, struct buf *body)
{
    struct desk d = {.config = *config, .port = {on_job}, .tenant = tenant, .body = body};
    struct engine_config engine = {.vm = {.memory_cap = 256u << 20,
                                          .turn_budget_ns = TURN_NS,
                                          .slice_instructions = SLICE,
                                          .clock = clock_real(),
                                          .guard = config->guard},
                                   .passivate_ns = ANSWER_NS,
                                   .unload_ns = ANSWER_NS,
                                   .parked_max = 1,
                                   .port = &d.port};
    memcpy(engine.vm.secret, config->secret, sizeof engine.vm.secret);
    pthread_mutex_init(&d.lock, NULL);
    pthread_cond_init(&d.arrived, NULL);
    d.last = &d.first;
    d.engine = engine_new(&engine, &ops, &d);
    engine_set_bundle(d.engine, config->scripts);
    struct peer from = {.generation = 1, .mode = PEER_HTTP};
    if (engine_seat(d.engine, from, tenant, kind, strlen(kind), key, strlen(key), payload, len) != 0) run(&d);
    drain(&d);
    engine_free(d.engine);
    pthread_mutex_destroy(&d.lock);
    pthread_cond_destroy(&d.arrived);
    *status = d.status;
    return d.status != 0 ? ERR_OK : ERR_TIMEOUT;
}
