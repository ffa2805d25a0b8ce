/* See node.h. The main thread does what may block (reading scripts, waiting
 * for threads); workers never do. */
#include "actor/node.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "actor/control.h"
#include "actor/postman.h"
#include "actor/scripts.h"
#include "actor/secret.h"
#include "actor/studies.h"
#include "actor/watchdog.h"
#include "actor/worker.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "net/listener.h"
#include "vm/bundle.h"
#include "wall/wall.h"

#define WORKERS_MAX 64
#define REQUESTS_MAX 1024       /* outgoing ones at once, of all workers */
#define TENANT_REQUESTS_MAX 256 /* of one tenant */
#define UPLOAD_MAX (25u << 20)  /* bytes; bots may allow less */
#define UPLOADS_MAX 64u         /* under way at once on one worker, 128 KiB each */
#define UPLOAD_RATE 16384u      /* bytes a second at least: 26 minutes for the largest */
#define TRIM_MS 5000
#define TRIM_ACTORS 2000    /* about 1 MiB */
#define TRIM_TURNS 5000     /* in TRIM_MS: what stood in queues may have been 20 MiB */
#define WATCH_MS 500        /* development mode looks at the scripts so often */
#define DIALOGS_PARKED 4096 /* a state's collector pauses with its coroutines: 3.5 ms at 10,000 */
#define UNLOAD_NS 600000000000ull

struct node {
    struct node_config config;
    struct store *store;
    char files[4096]; /* folder of uploads */
    struct bundle *bundle;
    struct watchdog *watchdog;
    struct studies *studies;
    struct postman *postman;     /* NULL: mail is off */
    pthread_mutex_t bundle_lock; /* studies read `bundle` on workers' threads */
    struct worker *worker[WORKERS_MAX];
    int workers;
    unsigned char secret[VM_SECRET_LEN];
    _Atomic bool draining;
    uv_loop_t loop;
    uv_signal_t on_hup, on_term, on_int;
    uv_timer_t watch, trim;
    struct {
        uint64_t actors;            /* collected when memory was last given back */
        uint64_t turns, peak_turns; /* when last looked; the most between two looks since then */
    } trimmed;
    struct control *control;
    uint64_t stamp;
    int lock_fd;
};

/* ---- for workers ---- */

int node_workers(struct node *n) { return n->workers; }
struct worker *node_worker(struct node *n, int index) { return n->worker[index]; }
struct helper *node_helper(struct node *n) { return n->config.helper; }
struct postman *node_postman(struct node *n) { return n->postman; }
const char *node_files(struct node *n) { return n->files; }
struct store *node_store(struct node *n) { return n->store; }
bool node_draining(struct node *n) { return atomic_load(&n->draining); }
bool node_ready(struct node *n) { return !node_draining(n) && store_ready(n->store); }
uint16_t node_port(const struct node *n) { return worker_port(n->worker[0]); }

/* The hash need not be secret or stable over restarts: a tenant has no state
 * that outlives the process. Fibonacci hashing spreads consecutive ids. */
int node_worker_of(struct node *n, int64_t tenant)
{
    return (int)(((uint64_t)tenant * 0x9e3779b97f4a7c15u >> 32) % (uint64_t)n->workers);
}

/* ---- reload ---- */

static void tell_all(struct node *n, enum envelope_kind kind)
{
    for (int i = 0; i < n->workers; i++) {
        int64_t carried = kind == CONTROL_BUNDLE ? (int64_t)(intptr_t)bundle_retain(n->bundle) : 0;
        (void)worker_post(n->worker[i], envelope_new(kind, (struct peer){0}, carried, 0)); /* never refused */
    }
}

int node_reload(struct node *n, struct buf *report)
{
    struct bundle *b = NULL;
    const struct node_config *c = &n->config;
    int err = scripts_load(c->scripts_dir, c->scripts, c->settings, &b, report);
    if (err != ERR_OK) {
        log_write(LOG_ERROR, "reload refused; nothing changed", LOG_STRN("error", report->data, report->len));
        return err;
    }
    if (strcmp(bundle_version(b), bundle_version(n->bundle)) == 0) {
        buf_str(report, "nothing changed\n");
        bundle_release(b);
        return ERR_OK;
    }
    scripts_compare(n->bundle, b, report);
    pthread_mutex_lock(&n->bundle_lock);
    bundle_release(n->bundle);
    n->bundle = b;
    pthread_mutex_unlock(&n->bundle_lock);
    tell_all(n, CONTROL_BUNDLE);
    log_write(LOG_INFO, "scripts reloaded", LOG_STR("version", bundle_version(b)));
    return ERR_OK;
}

/* ---- studies ---- */

int node_study(struct node *n, int64_t tenant, int64_t actor, uint32_t number, const char *text, size_t len)
{
    pthread_mutex_lock(&n->bundle_lock);
    struct bundle *b = bundle_retain(n->bundle);
    pthread_mutex_unlock(&n->bundle_lock);
    int err = studies_start(n->studies, b, tenant, actor, number, text, len);
    bundle_release(b);
    return err;
}

static void on_studied(void *ctx, int64_t tenant, int64_t actor, uint32_t number, int err, const char *text,
                       size_t len) // a study's thread
{
    struct node *n = ctx;
    struct peer code = {.index = (uint32_t)-err};
    const char *const texts[3] = {text, NULL, NULL};
    const size_t lens[3] = {len, 0, 0};
    struct worker *w = n->worker[node_worker_of(n, tenant)];
    (void)worker_post(w, envelope_with(IN_STUDIED, code, actor, number, texts, lens));
}

/* "scripts TENANT BOT", "plan TENANT": another process has published or set a
 * plan; the tenant's own actor (scripts/actors/tenant.lua) gets the same without its number. */
static int tell_tenant(struct node *n, const char *line, struct buf *answer)
{
    char *end;
    const char *space = strchr(line, ' ');
    int64_t tenant = strtoll(space, &end, 10);
    if (tenant <= 0 || (*end != ' ' && *end != '\0'))
        return buf_str(answer, "no tenant named\n"), ERR_INVALID;
    struct buf payload;
    buf_init(&payload);
    buf_add(&payload, line, (size_t)(space - line));
    buf_str(&payload, end);
    const char *const texts[3] = {"tenant", "tenant", payload.data};
    const size_t lens[3] = {6, 6, payload.len};
    struct envelope *v = envelope_with(IN_MAIL, (struct peer){0}, 0, tenant, texts, lens);
    (void)worker_post(n->worker[node_worker_of(n, tenant)], v);
    buf_deinit(&payload);
    return ERR_OK;
}

void node_reload_tls(struct node *n) { tell_all(n, CONTROL_TLS); }

static void reload_by_itself(struct node *n)
{
    struct buf report;
    buf_init(&report);
    int err = node_reload(n, &report); /* logged there */
    (void)err;
    buf_deinit(&report);
}

/* Memory that many passivated actors left, or a rush of messages that is over:
 * worth giving back to the system. While a rush lasts it would be taken again. */
static bool worth_trimming(struct node *n, uint64_t actors, uint64_t turns)
{
    uint64_t now = turns - n->trimmed.turns;
    n->trimmed.turns = turns;
    if (now > n->trimmed.peak_turns) n->trimmed.peak_turns = now;
    bool calm = n->trimmed.peak_turns >= TRIM_TURNS && now < n->trimmed.peak_turns / 4;
    if (!calm && actors - n->trimmed.actors < TRIM_ACTORS) return false;
    n->trimmed.actors = actors;
    n->trimmed.peak_turns = 0;
    return true;
}

/* What is looked at every few seconds. Refused system calls get into the log.
 * Memory is given back on this thread; a worker that allocates meanwhile waits
 * for its arena. */
static void on_trim(uv_timer_t *t)
{
    struct node *n = t->data;
    uint64_t actors = 0, turns = 0;
    wall_report();
    for (int i = 0; i < n->workers; i++) {
        struct engine_stats e;
        struct net_stats net;
        worker_stats(n->worker[i], &e, &net);
        actors += e.actors_collected;
        turns += e.turns;
    }
    if (worth_trimming(n, actors, turns)) malloc_trim(0);
}

static void on_watch(uv_timer_t *t)
{
    struct node *n = t->data;
    uint64_t stamp = scripts_stamp(n->config.scripts_dir);
    if (stamp == n->stamp) return;
    n->stamp = stamp;
    reload_by_itself(n);
}

static int on_control(void *ctx, const char *line, struct buf *answer)
{
    struct node *n = ctx;
    if (strcmp(line, "reload") == 0) return node_reload_tls(n), node_reload(n, answer);
    if (strcmp(line, "metrics") == 0) return node_metrics(n, answer), ERR_OK;
    if (strcmp(line, "tenant top") == 0) return node_top(n, false, answer), ERR_OK;
    if (strcmp(line, "tenant top json") == 0) return node_top(n, true, answer), ERR_OK;
    if (strncmp(line, "scripts ", 8) == 0 || strncmp(line, "plan ", 5) == 0)
        return tell_tenant(n, line, answer);
    buf_fmt(answer, "unknown request '%s'\n", line);
    return ERR_INVALID;
}

/* ---- signals ---- */

static void close_all(struct node *n)
{
    if (uv_is_closing((uv_handle_t *)&n->on_hup)) return;
    uv_close((uv_handle_t *)&n->on_hup, NULL);
    uv_close((uv_handle_t *)&n->on_term, NULL);
    uv_close((uv_handle_t *)&n->on_int, NULL);
    uv_close((uv_handle_t *)&n->watch, NULL);
    uv_close((uv_handle_t *)&n->trim, NULL);
    if (n->control != NULL) control_close(n->control);
    n->control = NULL;
}

static void *wait_for_workers(void *arg)
{
    struct node *n = arg;
    for (int i = 0; i < n->workers; i++) worker_wait(n->worker[i]);
    return NULL;
}

static void on_workers_done(uv_work_t *work, int status)
{
    (void)status;
    close_all(work->data);
    mem_free(work);
}

static void do_wait(uv_work_t *work) { wait_for_workers(work->data); }

void node_stop(struct node *n)
{
    if (atomic_exchange(&n->draining, true)) {
        log_write(LOG_WARN, "asked twice: stopping now");
        return tell_all(n, CONTROL_STOP);
    }
    log_write(LOG_INFO, "draining");
    tell_all(n, CONTROL_DRAIN);
    uv_work_t *work = mem_zalloc(sizeof *work);
    work->data = n;
    uv_queue_work(&n->loop, work, do_wait, on_workers_done);
}

static void on_signal(uv_signal_t *s, int signo)
{
    struct node *n = s->data;
    if (signo == SIGHUP) {
        node_reload_tls(n);
        reload_by_itself(n);
    } else {
        node_stop(n);
    }
}

static void listen_signal(struct node *n, uv_signal_t *s, int signo)
{
    uv_signal_init(&n->loop, s);
    s->data = n;
    uv_signal_start(s, on_signal, signo);
}

/* ---- opening ---- */

/* One server for a data folder: the lock lives as long as the process. */
static int lock_data(struct node *n, char *why, size_t why_len)
{
    char path[4096], pid[24];
    const char *dir = n->config.data_dir;
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return snprintf(why, why_len, "%s: %s", dir, strerror(errno)), ERR_IO;
    snprintf(path, sizeof path, "%s/azentiko.pid", dir);
    n->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (n->lock_fd < 0) return snprintf(why, why_len, "%s: %s", path, strerror(errno)), ERR_IO;
    if (flock(n->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return snprintf(why, why_len, "%s: another server is using this data folder", dir), ERR_CONFLICT;
    int len = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(n->lock_fd, 0) != 0 || write(n->lock_fd, pid, (size_t)len) != len)
        return snprintf(why, why_len, "%s: %s", path, strerror(errno)), ERR_IO;
    return ERR_OK;
}

/* Bytes from which a block is mapped by itself and given back at once. Left
 * alone, malloc raises this to 32 MiB as soon as one script has freed a large
 * text, and keeps what is below. */
#define LARGE_BLOCK (256 << 10)

/* A connection needs a descriptor: take as many as the system gives. */
static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static int open_workers(struct node *n, char *why, size_t why_len)
{
    const struct node_config *c = &n->config;
    const char *reason = "";
    struct worker_config w = {.node = n, .test_mode = c->test_mode};
    net_config_init(&w.net);
    w.net.host = c->host;
    w.net.port = c->port;
    w.net.cert_file = c->cert_file;
    w.net.proxies = c->proxies;
    w.net.key_file = c->key_file;
    w.net.intake = (struct intake_config){.path = "/v1/chat/files",
                                          .dir = n->files,
                                          .body_max = UPLOAD_MAX,
                                          .at_once = UPLOADS_MAX,
                                          .bytes_per_second = UPLOAD_RATE};
    w.net.files = c->files;
    w.net.file_count = c->file_count;
    w.net.exempt_loopback = c->test_mode;
    w.engine.vm = (struct vm_config){.memory_cap = (size_t)c->tenant_memory_mb << 20,
                                     .turn_budget_ns = (uint64_t)c->turn_ms * 1000000u,
                                     .plans = true,
                                     .clock = clock_real(),
                                     .guard = c->guard,
                                     .settings = c->settings};
    memcpy(w.engine.vm.secret, n->secret, sizeof n->secret);
    w.engine.passivate_ns = (uint64_t)c->idle_seconds * 1000000000u;
    w.engine.cpu_quota_ns = (uint64_t)c->tenant_cpu_s * 1000000000u;
    w.engine.unload_ns = UNLOAD_NS;
    w.engine.parked_max = DIALOGS_PARKED;
    w.out = (struct http_client_config){.guard = c->guard,
                                        .ca_file = c->outbound_ca,
                                        .test_names = c->outbound_names,
                                        .tenant_max = TENANT_REQUESTS_MAX,
                                        .all_max = REQUESTS_MAX / (uint32_t)c->workers + TENANT_REQUESTS_MAX};
    int err = listener_probe(c->host, c->port, &reason);
    if (err != ERR_OK) return snprintf(why, why_len, "%s:%d: %s", c->host, c->port, reason), err;
    for (int i = 0; i < c->workers; i++) {
        w.index = i;
        err = worker_new(&w, n->bundle, &n->worker[i], &reason);
        if (err != ERR_OK) return snprintf(why, why_len, "%s:%d: %s", c->host, c->port, reason), err;
        n->workers = i + 1;
        w.net.port = worker_port(n->worker[0]); /* the others share what the first got */
    }
    return ERR_OK;
}

static void start_workers(struct node *n)
{
    struct preempt *watched[WORKERS_MAX];
    struct pulse *loops[WORKERS_MAX];
    for (int i = 0; i < n->workers; i++) {
        watched[i] = worker_preempt(n->worker[i]);
        loops[i] = worker_pulse(n->worker[i]);
    }
    n->watchdog = watchdog_new(watched, loops, n->workers);
    for (int i = 0; i < n->workers; i++) worker_start(n->worker[i], n->watchdog);
}

/* 256 folders, so that none holds too many files. */
static int make_files(struct node *n, char *why, size_t why_len)
{
    int err = 0;
    snprintf(n->files, sizeof n->files, "%.3000s/files", n->config.data_dir);
    for (int i = -1; i < 256 && err == 0; i++) {
        char path[4200];
        snprintf(path, sizeof path, i < 0 ? "%s" : "%s/%02x", n->files, (unsigned)i);
        if (mkdir(path, 0700) != 0 && errno != EEXIST) err = errno;
    }
    if (err != 0) return snprintf(why, why_len, "%.200s: %s", n->files, strerror(err)), ERR_IO;
    return ERR_OK;
}

static int open_store(struct node *n, char *why, size_t why_len)
{
    struct store_config config = {.url = n->config.database_url, .data_dir = n->config.data_dir};
    return store_open(&config, &n->store, why, why_len);
}

static int open_scripts(struct node *n, char *why, size_t why_len)
{
    struct buf report;
    buf_init(&report);
    int err = scripts_load(n->config.scripts_dir, n->config.scripts, n->config.settings, &n->bundle, &report);
    if (report.len > 0 && report.data[report.len - 1] == '\n') report.len--;
    if (err != ERR_OK)
        snprintf(why, why_len, "scripts: %.*s", (int)report.len, report.data ? report.data : "");
    buf_deinit(&report);
    return err;
}

static void open_loop(struct node *n)
{
    uv_loop_init(&n->loop);
    listen_signal(n, &n->on_hup, SIGHUP);
    listen_signal(n, &n->on_term, SIGTERM);
    listen_signal(n, &n->on_int, SIGINT);
    uv_timer_init(&n->loop, &n->watch);
    n->watch.data = n;
    uv_timer_init(&n->loop, &n->trim);
    n->trim.data = n;
    uv_timer_start(&n->trim, on_trim, TRIM_MS, TRIM_MS);
    if (n->config.watch_scripts && n->config.scripts_dir != NULL) {
        n->stamp = scripts_stamp(n->config.scripts_dir);
        uv_timer_start(&n->watch, on_watch, WATCH_MS, WATCH_MS);
    }
}

static void give_up(struct node *n)
{
    wall_report(); /* perhaps the reason */
    /* Workers that were opened have not started: the process ends with them. */
    bundle_release(n->bundle);
    if (n->store != NULL) store_close(n->store);
    if (n->lock_fd >= 0) close(n->lock_fd);
    mem_free(n);
}

int node_open(const struct node_config *config, struct node **out, char *why, size_t why_len)
{
    struct node *n = mem_zalloc(sizeof *n);
    uint64_t keys[2];
    n->config = *config;
    n->lock_fd = -1;
    pthread_mutex_init(&n->bundle_lock, NULL);
    if (n->config.workers <= 0) n->config.workers = (int)uv_available_parallelism();
    if (n->config.workers > WORKERS_MAX) n->config.workers = WORKERS_MAX;
    raise_descriptors();
    mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
    clock_random(clock_real(), keys, sizeof keys);
    map_seed(keys[0], keys[1]);
    int err = lock_data(n, why, why_len);
    if (err == ERR_OK) err = secret_load(config->data_dir, n->secret, why, why_len);
    if (err == ERR_OK) err = make_files(n, why, why_len);
    if (err == ERR_OK) err = open_scripts(n, why, why_len);
    if (err == ERR_OK) err = open_store(n, why, why_len);
    if (err == ERR_OK) err = open_workers(n, why, why_len);
    if (err != ERR_OK) return give_up(n), err;
    open_loop(n);
    err = control_open(&n->loop, config->data_dir, on_control, n, &n->control, why, why_len);
    if (err != ERR_OK) return err; /* the process ends */
    n->studies = studies_new(config->study, n->store, on_studied, n);
    if (config->smtp != NULL) n->postman = postman_new(config->smtp, n);
    start_workers(n);
    wall_seal();
    *out = n;
    return ERR_OK;
}

bool node_await_ready(struct node *n, uint32_t ms)
{
    uint64_t end = uv_hrtime() + (uint64_t)ms * 1000000u;
    while (!node_ready(n) && uv_hrtime() < end) uv_sleep(5); /* the main thread; workers serve already */
    return node_ready(n);
}

int node_run(struct node *n)
{
    int leaked = 0;
    uv_run(&n->loop, UV_RUN_DEFAULT);
    uv_loop_close(&n->loop);
    watchdog_free(n->watchdog);
    studies_close(n->studies);
    postman_close(n->postman);
    store_close(n->store);
    for (int i = 0; i < n->workers; i++) leaked += worker_free(n->worker[i]);
    bundle_release(n->bundle);
    close(n->lock_fd);
    mem_free(n);
    wall_report();
    log_write(LOG_INFO, "stopped", LOG_INT("leaked_handles", leaked));
    return leaked == 0 ? 0 : 1;
}
