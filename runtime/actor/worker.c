/* One iteration of a worker's loop: poll sockets, take the inbox, run ready
 * actors for a few milliseconds, arm the timer, poll again. While actors are
 * ready an idle handle keeps the poll from blocking. */
#include "actor/worker.h"

#include <assert.h>
#include <string.h>

#include "actor/busy.h"
#include "actor/edge.h"
#include "actor/node.h"
#include "actor/pulse.h"
#include "actor/stream.h"
#include "actor/watchdog.h"
#include "base/log.h"
#include "base/mem.h"
#include "helper/ask.h"
#include "vm/bundle.h"

#define RUN_BUDGET_NS 4000000 /* between two polls: bounds what a busy tenant adds to others' latency */
#define DRAIN_MS 1500         /* for turns under way when asked to stop */
#define STATS_NS 1000000000ull
#define CLAIM_NS 1000000000ull /* jobs of other nodes and lost leases are seen within a second */

enum worker_phase { WORKER_RUNNING, WORKER_DRAINING, WORKER_CLOSING };

struct worker {
    struct worker_config config;
    struct store_port port; /* first of what other threads touch */
    struct inbox inbox;
    uv_async_t wake;
    pthread_t thread;
    uv_loop_t loop;
    uv_check_t check;
    uv_idle_t idle;
    uv_timer_t timer;
    struct preempt preempt;
    struct pulse pulse;
    struct edge edge;
    enum worker_phase phase;
    uint64_t drain_until_ms;
    uint64_t stats_due_ns, claim_due_ns;
    pthread_mutex_t stats_lock;
    struct engine_stats engine_stats;
    struct tenant_load top[SUPERVISE_TOP];
    size_t top_count;
    struct net_stats net_stats;
    struct busy busy, busy_copy;
    int leaked;
};

/* ---- inbox ---- */

static void on_job(struct store_port *port, struct store_job *job) // any thread
{
    struct worker *w = container_of(port, struct worker, port);
    inbox_push_job(&w->inbox, job);
    uv_async_send(&w->wake);
}

bool worker_post(struct worker *w, struct envelope *v)
{
    bool taken = inbox_push(&w->inbox, v);
    if (!taken) log_write(LOG_ERROR, "a worker's inbox is full; a connection is dropped");
    uv_async_send(&w->wake);
    return taken;
}

static void begin_drain(struct worker *w)
{
    if (w->phase != WORKER_RUNNING) return;
    w->phase = WORKER_DRAINING;
    w->drain_until_ms = uv_now(&w->loop) + DRAIN_MS;
    net_server_drain(w->edge.net);
    edge_say_goodbye(&w->edge);
}

static void control(struct worker *w, const struct envelope *v)
{
    const char *why = NULL;
    if (v->kind == CONTROL_BUNDLE) {
        struct bundle *b = (struct bundle *)(intptr_t)v->session;
        engine_set_bundle(w->edge.engine, b);
        bundle_release(b);
    } else if (v->kind == CONTROL_TLS) {
        if (net_server_reload_tls(w->edge.net, &why) != ERR_OK)
            log_write(LOG_ERROR, "certificate not reloaded; the old one stays", LOG_STR("error", why));
    } else {
        begin_drain(w);
        if (v->kind == CONTROL_STOP) w->drain_until_ms = 0;
    }
}

static void take_inbox(struct worker *w)
{
    struct envelope *v;
    struct store_job *job;
    inbox_take(&w->inbox, &v, &job);
    while (job != NULL) {
        struct store_job *next = job->next;
        engine_job_done(w->edge.engine, job);
        job = next;
    }
    while (v != NULL) {
        struct envelope *next = v->next;
        if (v->kind >= CONTROL_BUNDLE)
            control(w, v);
        else
            edge_receive(&w->edge, v);
        envelope_free(v);
        v = next;
    }
}

/* ---- loop ---- */

static void on_wake(uv_async_t *h) { (void)h; /* on_check takes the inbox */ }
static void on_idle(uv_idle_t *h) { (void)h; /* only keeps the poll from blocking */ }
static void on_timer(uv_timer_t *h) { (void)h; /* on_check ticks the engine */ }

static void close_handle(void *handle)
{
    if (!uv_is_closing(handle)) uv_close(handle, NULL);
}

static void on_net_closed(void *ctx)
{
    struct worker *w = container_of((struct edge *)ctx, struct worker, edge);
    streams_close(w->edge.streams);
    http_client_close(w->edge.http);
    asks_close(w->edge.asks);
    close_handle(&w->check);
    close_handle(&w->idle);
    close_handle(&w->timer);
    close_handle(&w->wake);
}

static void maybe_close(struct worker *w)
{
    if (w->phase != WORKER_DRAINING) return;
    if (!engine_quiet(w->edge.engine) && uv_now(&w->loop) < w->drain_until_ms) return;
    w->phase = WORKER_CLOSING;
    net_server_close(w->edge.net, on_net_closed);
}

static void publish_stats(struct worker *w, uint64_t now)
{
    if (now < w->stats_due_ns) return;
    w->stats_due_ns = now + STATS_NS;
    struct engine_stats stats;
    engine_stats(w->edge.engine, &stats);
    pthread_mutex_lock(&w->stats_lock);
    w->engine_stats = stats;
    w->busy_copy = w->busy;
    w->top_count = supervise_top(w->edge.engine, w->top, SUPERVISE_TOP);
    if (w->phase != WORKER_CLOSING) w->net_stats = *net_server_stats(w->edge.net);
    pthread_mutex_unlock(&w->stats_lock);
}

static void claim_jobs(struct worker *w, uint64_t now)
{
    if (w->config.index != NODE_CLAIMER || w->phase != WORKER_RUNNING || now < w->claim_due_ns) return;
    w->claim_due_ns = now + CLAIM_NS;
    engine_wake(w->edge.engine);
}

static void arm_timer(struct worker *w)
{
    uint64_t now = uv_hrtime(), due = engine_next_due(w->edge.engine);
    uint64_t ms = due <= now ? 1 : (due - now) / 1000000 + 1;
    if (w->phase == WORKER_DRAINING && ms > 20) ms = 20;
    uv_timer_start(&w->timer, on_timer, ms, 0);
}

static void on_check(uv_check_t *h)
{
    struct worker *w = h->data;
    atomic_fetch_add_explicit(&w->pulse.beat, 1, memory_order_relaxed);
    if (w->phase == WORKER_CLOSING) return take_inbox(w);
    take_inbox(w);
    claim_jobs(w, uv_hrtime());
    engine_tick(w->edge.engine);
    watchdog_wake(w->edge.watchdog);
    bool more = engine_run(w->edge.engine, RUN_BUDGET_NS);
    publish_stats(w, uv_hrtime());
    if (more)
        uv_idle_start(&w->idle, on_idle);
    else
        uv_idle_stop(&w->idle);
    arm_timer(w);
    maybe_close(w);
    busy_note(&w->busy, &w->loop);
}

static void on_leak(uv_handle_t *h, void *arg)
{
    int *leaked = arg;
    (*leaked)++;
    log_write(LOG_ERROR, "leaked handle", LOG_STR("type", uv_handle_type_name(h->type)));
}

static void *run(void *arg)
{
    struct worker *w = arg;
    preempt_attach(&w->preempt);
    preempt_tick(&w->preempt);
    busy_begin(&w->busy, &w->loop);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    preempt_detach(&w->preempt);
    atomic_store(&w->pulse.over, true);
    return NULL;
}

/* ---- life ---- */

static void on_nudge(struct pulse *p) // the watchdog's thread, which ends before the handle does
{
    struct worker *w = container_of(p, struct worker, pulse);
    uv_async_send(&w->wake);
}

int worker_new(const struct worker_config *config, struct bundle *bundle, struct worker **out,
               const char **why)
{
    struct worker *w = mem_zalloc(sizeof *w);
    w->config = *config;
    w->port.deliver = on_job;
    w->config.engine.port = &w->port;
    w->config.engine.vm.preempt = &w->preempt;
    w->pulse.nudge = on_nudge;
    inbox_init(&w->inbox);
    pthread_mutex_init(&w->stats_lock, NULL);
    uv_loop_init(&w->loop);
    w->edge.node = config->node;
    w->edge.worker = config->index;
    buf_init(&w->edge.scratch);
    w->edge.engine = engine_new(&w->config.engine, &edge_ops, &w->edge);
    engine_set_bundle(w->edge.engine, bundle);
    w->config.net.routes = edge_routes(config->test_mode, &w->config.net.route_count);
    int err = net_server_open(&w->loop, &w->config.net, &edge_events, &w->edge, &w->edge.net, why);
    if (err != ERR_OK) {
        engine_free(w->edge.engine);
        uv_loop_close(&w->loop);
        inbox_deinit(&w->inbox);
        mem_free(w);
        return err;
    }
    w->edge.http = http_client_new(&w->loop, &config->out);
    w->edge.streams = streams_new(&w->loop, w->edge.http, w->edge.engine);
    w->edge.asks = asks_new(&w->loop, node_helper(config->node));
    uv_async_init(&w->loop, &w->wake, on_wake);
    uv_check_init(&w->loop, &w->check);
    uv_idle_init(&w->loop, &w->idle);
    uv_timer_init(&w->loop, &w->timer);
    w->check.data = w;
    uv_check_start(&w->check, on_check);
    *out = w;
    return ERR_OK;
}

void worker_start(struct worker *w, struct watchdog *watchdog)
{
    w->edge.watchdog = watchdog;
    arm_timer(w);
    int err = pthread_create(&w->thread, NULL, run, w);
    assert(err == 0);
    (void)err;
}

void worker_wait(struct worker *w) { pthread_join(w->thread, NULL); }

int worker_free(struct worker *w)
{
    engine_free(w->edge.engine);
    streams_free(w->edge.streams);
    if (uv_loop_close(&w->loop) == UV_EBUSY) uv_walk(&w->loop, on_leak, &w->leaked);
    inbox_deinit(&w->inbox);
    buf_deinit(&w->edge.scratch);
    pthread_mutex_destroy(&w->stats_lock);
    int leaked = w->leaked;
    mem_free(w);
    return leaked;
}

uint16_t worker_port(const struct worker *w) { return net_server_port(w->edge.net); }
struct preempt *worker_preempt(struct worker *w) { return &w->preempt; }
struct pulse *worker_pulse(struct worker *w) { return &w->pulse; }

void worker_stats(struct worker *w, struct engine_stats *engine, struct net_stats *net)
{
    pthread_mutex_lock(&w->stats_lock);
    *engine = w->engine_stats;
    *net = w->net_stats;
    pthread_mutex_unlock(&w->stats_lock);
}

size_t worker_top(struct worker *w, struct tenant_load *out, size_t max)
{
    pthread_mutex_lock(&w->stats_lock);
    size_t n = w->top_count < max ? w->top_count : max;
    memcpy(out, w->top, n * sizeof *out);
    pthread_mutex_unlock(&w->stats_lock);
    return n;
}

void worker_busy(struct worker *w, struct busy *out)
{
    pthread_mutex_lock(&w->stats_lock);
    *out = w->busy_copy;
    pthread_mutex_unlock(&w->stats_lock);
}
