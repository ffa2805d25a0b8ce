/* The PostgreSQL store: one thread with a loop, some connections that write
 * groups of batches and one that reads.
 *
 *   store_submit -> queue -> uv_async -> dispatch -> idle writer: one transaction -> ports
 *                                                 -> reader: pipelined queries    -> ports
 *
 * A writer that comes free takes everything that waits (a fair share when
 * several are free and much waits), so groups grow by themselves under load.
 * While one writes, what is little waits for it: a commit costs PostgreSQL as
 * much as ten batches, and two at once wait for one log. A batch costs one
 * lock, at most one eventfd write, and what pg_writer.c says.
 *
 * A server that is away is waited for: jobs stay in their queues, and a job
 * older than STORE_TIMEOUT_MS is answered ERR_UNAVAILABLE. Migrations run at
 * open when the server is there, else on a pool thread until they succeeded;
 * connections start only then. */
#include <assert.h>
#include <pthread.h>
#include <string.h>
#include <uv.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/pg_reader.h"
#include "store/pg_writer.h"

#define WRITERS_MAX 16
#define GROUP_BYTES_MAX (8u << 20)
#define SHARE_LEAST 64     /* fewer batches than this are not worth a second transaction at once */
#define STUCK_NS 50000000u /* a writer that takes longer is not waited for */
#define TICK_MS 100
#define MIGRATE_AGAIN_MS 1000
#define CLOSE_NS 5000000000u /* how long a close waits for what was submitted */

enum pg_store_state { STORE_MIGRATING, STORE_SERVING, STORE_CLOSING, STORE_CLOSED };

struct pg_store {
    struct store base;
    enum pg_store_state state; /* loop thread, after start */
    char *url;
    size_t group_max;
    pthread_t thread;
    uv_loop_t loop;
    uv_async_t wake;
    uv_timer_t tick;
    uv_work_t migration;
    int migration_error;
    char why[256];
    bool migrating;         /* a pool thread is at it */
    uint64_t migrate_at_ns; /* next try */
    uint64_t closing_ns;
    struct job_queue writes, reads;
    struct pg_work write_work, read_work;
    int writers;
    struct pg_writer *writer[WRITERS_MAX];
    struct pg_reader *reader;
    _Atomic bool close_asked, up;
};

static uint64_t now(void) { return clock_mono_ns(clock_real()); }

static int idle_writers(const struct pg_store *s)
{
    int n = 0;
    for (int i = 0; i < s->writers; i++) n += pg_writer_idle(s->writer[i]);
    return n;
}

/* One that is stuck is not waited for: the next message, or the tick, finds another. */
static bool any_writes(const struct pg_store *s)
{
    uint64_t now_ns = now();
    for (int i = 0; i < s->writers; i++)
        if (!pg_writer_empty(s->writer[i]) && now_ns - pg_writer_since(s->writer[i]) < STUCK_NS) return true;
    return false;
}

static void update_up(struct pg_store *s)
{
    bool up = s->state == STORE_SERVING && pg_conn_ready(pg_reader_conn(s->reader));
    bool writer_up = false;
    for (int i = 0; i < s->writers; i++) writer_up |= pg_conn_ready(pg_writer_conn(s->writer[i]));
    atomic_store(&s->up, up && writer_up);
}

static void dispatch(struct pg_store *s)
{
    if (s->state == STORE_CLOSED) return;
    for (int i = 0; i < s->writers; i++) {
        if (!pg_writer_idle(s->writer[i])) continue;
        if (any_writes(s) && queue_length(&s->writes) < SHARE_LEAST) break;
        size_t share = queue_length(&s->writes) / (size_t)idle_writers(s) + 1;
        if (share < SHARE_LEAST) share = SHARE_LEAST;
        if (share > s->group_max) share = s->group_max;
        struct store_job *list = queue_poll(&s->writes, share, GROUP_BYTES_MAX);
        if (list == NULL) break;
        pg_writer_start(s->writer[i], list);
    }
    pg_reader_fill(s->reader);
    update_up(s);
}

static void on_write_idle(struct pg_work *work) { dispatch(container_of(work, struct pg_store, write_work)); }
static void on_read_idle(struct pg_work *work) { dispatch(container_of(work, struct pg_store, read_work)); }

/* --- migrations at a time when the server is there --- */

static void serve(struct pg_store *s)
{
    s->state = STORE_SERVING;
    for (int i = 0; i < s->writers; i++) pg_conn_start(pg_writer_conn(s->writer[i]));
    pg_conn_start(pg_reader_conn(s->reader));
}

static void run_migration(uv_work_t *work)
{
    struct pg_store *s = container_of(work, struct pg_store, migration);
    struct store_config config = {.url = s->url};
    s->migration_error = postgres_migrate(&config, MIGRATE_APPLY, NULL, s->why, sizeof s->why);
}

static void on_migrated(uv_work_t *work, int status)
{
    struct pg_store *s = container_of(work, struct pg_store, migration);
    (void)status;
    s->migrating = false;
    s->migrate_at_ns = now() + MIGRATE_AGAIN_MS * 1000000ull;
    if (s->state != STORE_MIGRATING) return;
    if (s->migration_error == 0)
        serve(s);
    else if (s->migration_error != ERR_UNAVAILABLE)
        log_write(LOG_ERROR, "store: migration failed", LOG_STR("reason", s->why));
}

static void migrate_now(struct pg_store *s)
{
    s->migrating = true;
    int rc = uv_queue_work(&s->loop, &s->migration, run_migration, on_migrated);
    assert(rc == 0);
    (void)rc;
}

/* --- time and end --- */

static void expire(struct pg_store *s, uint64_t now_ns)
{
    uint64_t age = STORE_TIMEOUT_MS * 1000000ull;
    if (now_ns < age) return;
    static const char why[] = "PostgreSQL could not take it within 10 s";
    jobs_refuse(&s->base, queue_expire(&s->writes, now_ns - age), ERR_UNAVAILABLE, why);
    jobs_refuse(&s->base, queue_expire(&s->reads, now_ns - age), ERR_UNAVAILABLE, why);
}

static bool all_done(struct pg_store *s)
{
    for (int i = 0; i < s->writers; i++)
        if (!pg_writer_empty(s->writer[i])) return false;
    return pg_reader_empty(s->reader) && queue_length(&s->writes) + queue_length(&s->reads) == 0;
}

static void close_everything(struct pg_store *s)
{
    static const char why[] = "the store is closing";
    s->state = STORE_CLOSED;
    for (int i = 0; i < s->writers; i++) pg_writer_close(s->writer[i]);
    pg_reader_close(s->reader);
    s->writers = 0;
    uv_close((uv_handle_t *)&s->wake, NULL);
    uv_close((uv_handle_t *)&s->tick, NULL);
    jobs_refuse(&s->base, queue_poll(&s->writes, SIZE_MAX, SIZE_MAX), ERR_UNAVAILABLE, why);
    jobs_refuse(&s->base, queue_poll(&s->reads, SIZE_MAX, SIZE_MAX), ERR_UNAVAILABLE, why);
}

static void on_tick(uv_timer_t *timer)
{
    struct pg_store *s = container_of(timer, struct pg_store, tick);
    uint64_t now_ns = now();
    for (int i = 0; i < s->writers; i++) pg_conn_tick(pg_writer_conn(s->writer[i]), now_ns);
    pg_conn_tick(pg_reader_conn(s->reader), now_ns);
    expire(s, now_ns);
    dispatch(s);
    if (s->state == STORE_MIGRATING && !s->migrating && now_ns >= s->migrate_at_ns) migrate_now(s);
    if (s->state == STORE_CLOSING && (all_done(s) || now_ns - s->closing_ns > CLOSE_NS)) close_everything(s);
}

static void on_wake(uv_async_t *async)
{
    struct pg_store *s = container_of(async, struct pg_store, wake);
    if (atomic_load(&s->close_asked) && s->state < STORE_CLOSING) {
        s->closing_ns = now();
        /* A server that was never there will not come in time. */
        if (s->state == STORE_MIGRATING) s->closing_ns -= CLOSE_NS;
        s->state = STORE_CLOSING;
        queue_close(&s->writes);
        queue_close(&s->reads);
        uv_timer_start(&s->tick, on_tick, 0, 5);
    }
    dispatch(s);
}

static void *store_main(void *arg)
{
    struct pg_store *s = arg;
    uv_timer_start(&s->tick, on_tick, TICK_MS, TICK_MS);
    if (s->state == STORE_SERVING) serve(s);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    return NULL;
}

/* --- store.h, through backend.h --- */

static struct pg_store *of(struct store *store) { return container_of(store, struct pg_store, base); }

static void submit(struct store *store, struct store_job *job)
{
    struct pg_store *s = of(store);
    int err = queue_push(job->kind == STORE_BATCH ? &s->writes : &s->reads, job);
    if (err == 0)
        uv_async_send(&s->wake);
    else
        jobs_refuse(store, job, err, NULL);
}

static bool ready(struct store *store) { return atomic_load(&of(store)->up); }

static uint64_t waiting(struct store *store)
{
    return queue_length(&of(store)->writes) + queue_length(&of(store)->reads);
}

static void stop(struct store *store)
{
    struct pg_store *s = of(store);
    atomic_store(&s->close_asked, true);
    uv_async_send(&s->wake);
    pthread_join(s->thread, NULL);
    int rc = uv_loop_close(&s->loop);
    assert(rc == 0 && "a handle was left open");
    (void)rc;
    queue_deinit(&s->writes);
    queue_deinit(&s->reads);
    mem_free(s->url);
    mem_free(s);
}

static void init_loop(struct pg_store *s, int writers)
{
    int rc = uv_loop_init(&s->loop);
    if (rc == 0) rc = uv_async_init(&s->loop, &s->wake, on_wake);
    if (rc == 0) rc = uv_timer_init(&s->loop, &s->tick);
    assert(rc == 0 && "a loop at start");
    (void)rc;
    queue_init(&s->writes);
    queue_init(&s->reads);
    s->write_work = (struct pg_work){&s->base, &s->writes, on_write_idle};
    s->read_work = (struct pg_work){&s->base, &s->reads, on_read_idle};
    s->writers = writers < WRITERS_MAX ? writers : WRITERS_MAX;
    for (int i = 0; i < s->writers; i++) s->writer[i] = pg_writer_new(&s->loop, s->url, &s->write_work);
    s->reader = pg_reader_new(&s->loop, s->url, &s->read_work);
}

int postgres_open(const struct store_config *config, struct store **out, char *why, size_t why_len)
{
    static const struct store_ops ops = {submit, ready, waiting, stop};
    int err = postgres_migrate(config, MIGRATE_APPLY, NULL, why, why_len);
    if (err != 0 && err != ERR_UNAVAILABLE) return err;
    if (err != 0) log_write(LOG_WARN, "store: PostgreSQL is not there yet", LOG_STR("reason", why));
    struct pg_store *s = mem_zalloc(sizeof *s);
    s->base.ops = &ops;
    s->url = mem_strdup(config->url);
    s->group_max = config->group_max > 0 ? (size_t)config->group_max : 1000;
    s->state = err == 0 ? STORE_SERVING : STORE_MIGRATING;
    init_loop(s, config->connections > 0 ? config->connections : 2);
    int rc = pthread_create(&s->thread, NULL, store_main, s);
    assert(rc == 0 && "a thread at start");
    (void)rc;
    *out = &s->base;
    return 0;
}
