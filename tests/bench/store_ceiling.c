/* How much of the database's own speed does our store layer keep?
 *
 *   store_ceiling sqlite|postgres [--at DIR|URL] [--groups 10,100] [--seconds 1] [--rounds 3]
 *     [--conversations 4000] [--reply BYTES]
 *
 * DIR is where the files go (default: $TMPDIR or /tmp), URL the database
 * (default: $AZENTIKO_TEST_PG). A turn is what a visitor's message writes: two
 * rows of some 300 bytes. "raw" runs N turns as one transaction through sqlite3
 * or libpq's pipeline with the same statement texts, on one connection; "store"
 * runs the same turns through store_submit, one batch a turn, group_max N, and
 * always 2 N batches waiting. The rounds of the two take turns, on fresh tables
 * each, and a line gives the medians. One JSON object a line; commit_ms is raw
 * BEGIN to the end of COMMIT, and for the store submit to answer, which includes
 * waiting for the group before. The last line is raw with the last N. */
#include <assert.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/migrate.h"
#include "store/pg_value.h"
#include "store/statements.h"
#include "store/store.h"

#define ROWS_A_TURN 2
#define VISITOR_BYTES 31 /* [{"kind":"text","text":"menu"}] */
#define SAMPLES_MAX 2000000
#define ROUNDS_MAX 15

/* How many conversations take turns decides how many pages a commit touches:
 * compare with a server that has as many. More than can be in flight, since a
 * conversation has one batch at a time. */
static int conversations = 4000;
static char body[2][4097]; /* of the bot's and of the visitor's message */
static double *sample;
static size_t samples;
static int64_t tenant;
static int64_t turn_count; /* of this measure: turn t is for conversation t % conversations */

struct result {
    double turns_s, p50_ms, p99_ms, group, cpu_us;
};

struct target {
    bool postgres;
    const char *where; /* URL, or a folder in which each measure makes its own */
    char dir[256];
};

static double now_ms(void) { return (double)clock_mono_ns(clock_real()) / 1e6; }

static double cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void note(double ms)
{
    if (samples < SAMPLES_MAX) sample[samples++] = ms;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct result summary(int64_t turns, double ms, double cpu)
{
    qsort(sample, samples, sizeof *sample, by_value);
    struct result r = {.turns_s = (double)turns / ms * 1000, .cpu_us = cpu / (double)turns};
    if (samples != 0) {
        r.p50_ms = sample[samples / 2];
        r.p99_ms = sample[samples * 99 / 100];
    }
    samples = 0;
    return r;
}

static const struct statement *named(const char *name)
{
    return statement_get(statement_find(name, strlen(name)));
}

/* A turn's values, the same for raw and store. */
struct turn {
    char conversation[40], cid[40];
    int64_t seq, at;
};

static struct turn next_turn(void)
{
    struct turn t;
    int64_t n = turn_count++;
    snprintf(t.conversation, sizeof t.conversation, "conv_01h455vb4pex5vsknk%09d", (int)(n % conversations));
    snprintf(t.cid, sizeof t.cid, "c-%lld", (long long)n);
    t.seq = 2 * (n / conversations) + 1;
    t.at = 1700000000000 + n;
    return t;
}

/* --- through the store --- */

struct port {
    struct store_port port;
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct store_job *head;
};

static void deliver(struct store_port *p, struct store_job *job)
{
    struct port *port = container_of(p, struct port, port);
    pthread_mutex_lock(&port->lock);
    bool wake = port->head == NULL;
    job->next = port->head;
    port->head = job;
    pthread_mutex_unlock(&port->lock);
    if (wake) pthread_cond_signal(&port->filled);
}

static struct store_job *collect(struct port *port)
{
    pthread_mutex_lock(&port->lock);
    while (port->head == NULL) pthread_cond_wait(&port->filled, &port->lock);
    struct store_job *list = port->head;
    port->head = NULL;
    pthread_mutex_unlock(&port->lock);
    return list;
}

static void message(struct buf *b, uint16_t id, const struct turn *t, bool visitor)
{
    encode_statement(b, id, 7);
    encode_text(b, t->conversation, strlen(t->conversation));
    encode_int(b, t->seq + !visitor);
    encode_text(b, visitor ? "visitor" : "bot", visitor ? 7 : 3);
    if (visitor)
        encode_text(b, t->cid, strlen(t->cid));
    else
        encode_null(b);
    if (visitor)
        encode_null(b);
    else
        encode_int(b, t->seq);
    encode_text(b, body[visitor], strlen(body[visitor]));
    encode_int(b, t->at);
}

static void encode_turn(struct buf *b, uint16_t insert)
{
    struct turn t = next_turn();
    buf_reset(b);
    message(b, insert, &t, true);
    message(b, insert, &t, false);
}

static void must(struct store_job *job)
{
    if (job->status == 0) return;
    fprintf(stderr, "store_ceiling: %s\n", job->error);
    exit(1);
}

static struct store *open_store(const struct target *to, int group, int connections)
{
    struct store_config config = {.url = to->postgres ? to->where : NULL,
                                  .data_dir = to->dir,
                                  .group_max = group,
                                  .connections = connections};
    struct store *s;
    char why[256];
    if (store_open(&config, &s, why, sizeof why) != 0) {
        fprintf(stderr, "store_ceiling: %s\n", why);
        exit(1);
    }
    return s;
}

static struct result through_store(const struct target *to, struct port *port, int group, int connections,
                                   double seconds)
{
    uint16_t insert = statement_find("message.insert", 14);
    struct store *s = open_store(to, group, connections);
    double start = now_ms(), cpu = cpu_us(), end = start + seconds * 1000;
    int window = group * (connections + 1), out = 0;
    int64_t turns = 0;
    for (; out < window; out++) {
        struct store_job *job = store_job_new(&port->port, STORE_BATCH, tenant);
        encode_turn(&job->statements, insert);
        store_submit(s, job);
    }
    while (out > 0) {
        struct store_job *job = collect(port), *next;
        double t = now_ms();
        for (; job != NULL; job = next) {
            next = job->next;
            must(job);
            note(t - (double)job->since_ns / 1e6);
            turns++;
            if (t > end) {
                store_job_free(job);
                out--;
                continue;
            }
            encode_turn(&job->statements, insert);
            store_submit(s, job);
        }
    }
    struct result r = summary(turns, now_ms() - start, cpu_us() - cpu);
    struct store_stats stats;
    store_stats(s, &stats);
    r.group = (double)stats.batches / (double)stats.groups;
    store_close(s);
    return r;
}

/* --- raw SQLite --- */

static void lite(sqlite3 *db, int rc, int want)
{
    if (rc == want) return;
    fprintf(stderr, "store_ceiling: sqlite: %s\n", sqlite3_errmsg(db));
    exit(1);
}

struct lite_raw {
    sqlite3 *db;
    sqlite3_stmt *insert, *begin, *commit;
};

static sqlite3_stmt *lite_prepare(sqlite3 *db, const char *name)
{
    sqlite3_stmt *stmt;
    lite(db, sqlite3_prepare_v2(db, named(name)->sqlite, -1, &stmt, NULL), SQLITE_OK);
    return stmt;
}

static void lite_step(struct lite_raw *r, sqlite3_stmt *stmt)
{
    lite(r->db, sqlite3_step(stmt), SQLITE_DONE);
    sqlite3_reset(stmt);
}

/* $1, $2, ... appear in order in these texts, so SQLite's numbers are ours. */
static void lite_message(struct lite_raw *r, const struct turn *t, bool visitor)
{
    sqlite3_bind_int64(r->insert, 1, tenant);
    sqlite3_bind_text(r->insert, 2, t->conversation, -1, SQLITE_STATIC);
    sqlite3_bind_int64(r->insert, 3, t->seq + !visitor);
    sqlite3_bind_text(r->insert, 4, visitor ? "visitor" : "bot", -1, SQLITE_STATIC);
    if (visitor) {
        sqlite3_bind_text(r->insert, 5, t->cid, -1, SQLITE_STATIC);
        sqlite3_bind_null(r->insert, 6);
    } else {
        sqlite3_bind_null(r->insert, 5);
        sqlite3_bind_int64(r->insert, 6, t->seq);
    }
    sqlite3_bind_text(r->insert, 7, body[visitor], -1, SQLITE_STATIC);
    sqlite3_bind_int64(r->insert, 8, t->at);
    lite_step(r, r->insert);
}

static void lite_turn(struct lite_raw *r)
{
    struct turn t = next_turn();
    lite_message(r, &t, true);
    lite_message(r, &t, false);
}

static struct result raw_sqlite(const struct target *to, int group, double seconds)
{
    struct lite_raw r;
    char path[300];
    snprintf(path, sizeof path, "%s/azentiko.db", to->dir);
    lite(NULL, sqlite3_open_v2(path, &r.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL), SQLITE_OK);
    lite(r.db, sqlite3_exec(r.db, named("store.open")->sqlite, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_wal_autocheckpoint(r.db, 1000); /* SQLite's default, in the committing thread */
    r.insert = lite_prepare(r.db, "message.insert");
    r.begin = lite_prepare(r.db, "store.begin");
    r.commit = lite_prepare(r.db, "store.commit");
    double start = now_ms(), cpu = cpu_us(), at = start;
    while (at - start < seconds * 1000) {
        lite_step(&r, r.begin);
        for (int i = 0; i < group; i++) lite_turn(&r);
        lite_step(&r, r.commit);
        double t = now_ms();
        note(t - at);
        at = t;
    }
    struct result result = summary(turn_count, at - start, cpu_us() - cpu);
    sqlite3_finalize(r.insert);
    sqlite3_finalize(r.begin);
    sqlite3_finalize(r.commit);
    sqlite3_close(r.db);
    result.group = group;
    return result;
}

/* --- raw PostgreSQL --- */

static void pq_must(PGconn *pg, bool ok)
{
    if (ok) return;
    fprintf(stderr, "store_ceiling: postgres: %s\n", PQerrorMessage(pg));
    exit(1);
}

static void pq_prepare(PGconn *pg, const char *name)
{
    PGresult *r = PQprepare(pg, name, named(name)->postgres, 0, NULL);
    pq_must(pg, PQresultStatus(r) == PGRES_COMMAND_OK);
    PQclear(r);
}

static void pq_send(PGconn *pg, const char *name, const struct pg_values *v)
{
    pq_must(pg, PQsendQueryPrepared(pg, name, v->count, v->value, v->length, v->format, 1));
}

static void pq_message(PGconn *pg, const struct turn *t, bool visitor)
{
    static struct pg_values v;
    pg_values_init(&v);
    pg_values_int(&v, tenant);
    pg_values_text(&v, t->conversation, strlen(t->conversation));
    pg_values_int(&v, t->seq + !visitor);
    pg_values_text(&v, visitor ? "visitor" : "bot", visitor ? 7 : 3);
    if (visitor)
        pg_values_text(&v, t->cid, strlen(t->cid));
    else
        pg_values_null(&v);
    if (visitor)
        pg_values_null(&v);
    else
        pg_values_int(&v, t->seq);
    pg_values_text(&v, body[visitor], strlen(body[visitor]));
    pg_values_int(&v, t->at);
    pq_send(pg, "message.insert", &v);
}

static void pq_turn(PGconn *pg)
{
    struct turn t = next_turn();
    pq_message(pg, &t, true);
    pq_message(pg, &t, false);
}

static void pq_drain(PGconn *pg)
{
    for (;;) {
        PGresult *r = PQgetResult(pg);
        if (r == NULL) continue;
        ExecStatusType status = PQresultStatus(r);
        PQclear(r);
        if (status == PGRES_PIPELINE_SYNC) return;
        pq_must(pg, status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK);
    }
}

static struct result raw_postgres(const struct target *to, int group, double seconds)
{
    static const char *const names[] = {"store.begin", "store.act_as", "message.insert", "store.commit"};
    static struct pg_values none, act_as;
    PGconn *pg = PQconnectdb(to->where);
    pq_must(pg, PQstatus(pg) == CONNECTION_OK);
    for (int i = 0; i < 4; i++) pq_prepare(pg, names[i]);
    pq_must(pg, PQenterPipelineMode(pg));
    pg_values_init(&act_as);
    pg_values_int(&act_as, tenant);
    pg_values_text(&act_as, "off", 3);
    double start = now_ms(), cpu = cpu_us(), at = start;
    while (at - start < seconds * 1000) {
        pq_send(pg, "store.begin", &none);
        pq_send(pg, "store.act_as", &act_as);
        for (int i = 0; i < group; i++) pq_turn(pg);
        pq_send(pg, "store.commit", &none);
        pq_must(pg, PQpipelineSync(pg));
        pq_drain(pg);
        double t = now_ms();
        note(t - at);
        at = t;
    }
    struct result result = summary(turn_count, at - start, cpu_us() - cpu);
    PQfinish(pg);
    result.group = group;
    return result;
}

/* --- rounds --- */

static double median(struct result *list, int n, size_t offset)
{
    double v[ROUNDS_MAX];
    for (int i = 0; i < n; i++) memcpy(&v[i], (char *)&list[i] + offset, sizeof v[i]);
    qsort(v, (size_t)n, sizeof v[0], by_value);
    return v[n / 2];
}

static void print(const char *backend, const char *path, int connections, int group, struct result *list,
                  int n, double raw)
{
    double turns = median(list, n, offsetof(struct result, turns_s));
    printf("{\"bench\":\"store_ceiling\",\"backend\":\"%s\",\"path\":\"%s\",\"connections\":%d,"
           "\"turns_a_commit\":%d,\"turns_per_s\":%.0f,\"rows_per_s\":%.0f,\"commit_ms_p50\":%.3f,"
           "\"commit_ms_p99\":%.3f,\"cpu_us_per_turn\":%.1f,\"group\":%.1f,\"of_raw\":%.2f}\n",
           backend, path, connections, group, turns, turns * ROWS_A_TURN,
           median(list, n, offsetof(struct result, p50_ms)), median(list, n, offsetof(struct result, p99_ms)),
           median(list, n, offsetof(struct result, cpu_us)), median(list, n, offsetof(struct result, group)),
           raw > 0 ? turns / raw : 1.0);
    fflush(stdout);
}

/* A database that has the tables and none of this measure's rows. */
static void fresh(struct target *to)
{
    tenant = clock_wall_ms(clock_real());
    turn_count = 0;
    if (!to->postgres) {
        snprintf(to->dir, sizeof to->dir, "%s/ceiling-XXXXXX", to->where);
        if (mkdtemp(to->dir) == NULL) {
            perror(to->dir);
            exit(1);
        }
    }
    store_close(open_store(to, 0, 1)); /* migrates */
}

static void discard(const struct target *to)
{
    static const char *const files[] = {"azentiko.db", "azentiko.db-wal", "azentiko.db-shm", ""};
    char path[300];
    for (int i = 0; !to->postgres && i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", to->dir, files[i]);
        if (remove(path) != 0 && i == 3) perror(path);
    }
}

static struct result one_round(struct target *to, struct port *port, int group, int connections,
                               double seconds)
{
    struct result r;
    fresh(to);
    if (connections > 0)
        r = through_store(to, port, group, connections, seconds);
    else
        r = to->postgres ? raw_postgres(to, group, seconds) : raw_sqlite(to, group, seconds);
    discard(to);
    return r;
}

static void measure(struct target *to, struct port *port, int group, double seconds, int rounds)
{
    struct result raw[ROUNDS_MAX], one[ROUNDS_MAX], two[ROUNDS_MAX];
    const char *backend = to->postgres ? "postgres" : "sqlite";
    for (int i = 0; i < rounds; i++) {
        raw[i] = one_round(to, port, group, 0, seconds);
        one[i] = one_round(to, port, group, 1, seconds);
        if (to->postgres) two[i] = one_round(to, port, group, 2, seconds);
    }
    double ceiling = median(raw, rounds, offsetof(struct result, turns_s));
    if (to->postgres) print(backend, "store", 2, group, two, rounds, ceiling);
    print(backend, "store", 1, group, one, rounds, ceiling);
    print(backend, "raw", 1, group, raw, rounds, 0);
}

static int usage(void)
{
    fprintf(
        stderr,
        "usage: store_ceiling sqlite|postgres [--at DIR|URL] [--groups 10,100] [--seconds 1] [--rounds 3]\n"
        "       [--conversations 4000] [--reply 279]\n");
    return 2;
}

static const char *default_place(bool postgres)
{
    const char *place = getenv(postgres ? "AZENTIKO_TEST_PG" : "TMPDIR");
    return place != NULL ? place : postgres ? "" : "/tmp";
}

int main(int argc, char **argv)
{
    if (argc % 2 != 0 || (strcmp(argv[1], "sqlite") != 0 && strcmp(argv[1], "postgres") != 0)) return usage();
    struct target to = {.postgres = strcmp(argv[1], "postgres") == 0};
    to.where = default_place(to.postgres);
    const char *groups = "10,100";
    double seconds = 1;
    int rounds = 3, reply = 279;
    for (int i = 2; i < argc; i += 2) {
        if (strcmp(argv[i], "--at") == 0)
            to.where = argv[i + 1];
        else if (strcmp(argv[i], "--groups") == 0)
            groups = argv[i + 1];
        else if (strcmp(argv[i], "--seconds") == 0)
            seconds = atof(argv[i + 1]);
        else if (strcmp(argv[i], "--rounds") == 0)
            rounds = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--conversations") == 0)
            conversations = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--reply") == 0)
            reply = atoi(argv[i + 1]);
        else
            return usage();
    }
    if (rounds < 1 || rounds > ROUNDS_MAX || conversations < 1 || reply < 1 || reply > 4096) return usage();
    struct port port = {.port = {deliver}};
    pthread_mutex_init(&port.lock, NULL);
    pthread_cond_init(&port.filled, NULL);
    sample = mem_alloc(SAMPLES_MAX * sizeof *sample);
    memset(body[false], 'b', (size_t)reply);
    memset(body[true], 'v', VISITOR_BYTES);
    for (const char *at = groups; at != NULL; at = strchr(at, ',')) {
        if (*at == ',') at++;
        int group = atoi(at);
        if (group < 1 || group > 1000) return usage();
        measure(&to, &port, group, seconds, rounds);
    }
    mem_free(sample);
    return 0;
}
