/* See store_kit.h. */
#include "store_kit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/statements.h"

static void deliver(struct store_port *port, struct store_job *job)
{
    struct kit *k = container_of(port, struct kit, port);
    pthread_mutex_lock(&k->lock);
    job->next = NULL;
    *k->tail = job;
    k->tail = &job->next;
    k->answered++;
    pthread_cond_broadcast(&k->changed);
    pthread_mutex_unlock(&k->lock);
}

void kit_init(struct kit *k)
{
    memset(k, 0, sizeof *k);
    k->port.deliver = deliver;
    pthread_mutex_init(&k->lock, NULL);
    pthread_cond_init(&k->changed, NULL);
    k->tail = &k->head;
}

void kit_deinit(struct kit *k)
{
    while (k->head != NULL) store_job_free(kit_take(k));
    pthread_cond_destroy(&k->changed);
    pthread_mutex_destroy(&k->lock);
}

struct store_job *kit_batch(struct kit *k, int64_t tenant)
{
    return store_job_new(&k->port, STORE_BATCH, tenant);
}
struct store_job *kit_query(struct kit *k, int64_t tenant)
{
    return store_job_new(&k->port, STORE_QUERY, tenant);
}

void kit_add(struct store_job *job, const char *name, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    encode_statement(&job->statements, statement_find(name, strlen(name)), (uint8_t)strlen(types));
    for (const char *t = types; *t != '\0'; t++) {
        const char *text;
        switch (*t) {
        case 's':
            text = va_arg(args, const char *);
            encode_text(&job->statements, text, strlen(text));
            break;
        case 'i': encode_int(&job->statements, va_arg(args, int)); break;
        case 'r': encode_real(&job->statements, va_arg(args, double)); break;
        default: encode_null(&job->statements);
        }
    }
    va_end(args);
}

void kit_wait(struct kit *k, size_t answered)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 30;
    pthread_mutex_lock(&k->lock);
    while (k->answered < answered)
        if (pthread_cond_timedwait(&k->changed, &k->lock, &until) != 0) {
            fprintf(stderr, "only %zu of %zu answers\n", k->answered, answered);
            abort();
        }
    pthread_mutex_unlock(&k->lock);
}

struct store_job *kit_take(struct kit *k)
{
    pthread_mutex_lock(&k->lock);
    struct store_job *job = k->head;
    if (job != NULL) {
        k->head = job->next;
        if (k->head == NULL) k->tail = &k->head;
    }
    pthread_mutex_unlock(&k->lock);
    return job;
}

struct store_job *kit_run(struct kit *k, struct store *s, struct store_job *job)
{
    size_t before = k->answered;
    store_submit(s, job);
    kit_wait(k, before + 1);
    return kit_take(k);
}

int kit_status(struct kit *k, struct store *s, struct store_job *job)
{
    job = kit_run(k, s, job);
    int status = job->status;
    store_job_free(job);
    return status;
}

static int print_value(char *out, size_t room, const struct param *p)
{
    switch (p->type) {
    case PARAM_NULL: return snprintf(out, room, "null");
    case PARAM_INT: return snprintf(out, room, "%lld", (long long)p->integer);
    case PARAM_REAL: return snprintf(out, room, "%.17g", p->real);
    default: return snprintf(out, room, "%.*s", (int)p->len, p->text);
    }
}

const char *kit_text(const struct store_job *job)
{
    static char out[65536];
    struct rows_reader r;
    struct param row[ROWS_COLUMNS_MAX];
    size_t n = 0;
    out[0] = '\0';
    if (rows_open(&r, &job->rows) != 0) return "no result";
    while (rows_next(&r, row)) {
        if (n != 0) out[n++] = ';';
        for (unsigned i = 0; i < r.columns && n < sizeof out - 300; i++) {
            n += (size_t)snprintf(out + n, sizeof out - n, "%s%.*s=", i ? "," : "", r.name_len[i], r.name[i]);
            n += (size_t)print_value(out + n, sizeof out - n, &row[i]);
        }
    }
    return out;
}

char *kit_dir(void)
{
    char name[] = "/tmp/azentiko-test-XXXXXX";
    if (mkdtemp(name) == NULL) abort();
    return mem_strdup(name);
}

void kit_dir_remove(char *dir)
{
    static const char *const files[] = {"azentiko.db", "azentiko.db-wal", "azentiko.db-shm"};
    char path[256];
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        unlink(path);
    }
    rmdir(dir);
    mem_free(dir);
}

struct store *kit_open_sqlite(const char *dir)
{
    struct store_config config = {.data_dir = dir};
    struct store *s = NULL;
    char why[256] = "";
    if (store_open(&config, &s, why, sizeof why) != 0) {
        fprintf(stderr, "%s\n", why);
        abort();
    }
    return s;
}

static void must(struct kit *k, struct store *s, struct store_job *job)
{
    job = kit_run(k, s, job);
    if (job->status != 0) {
        fprintf(stderr, "%s\n", job->error);
        abort();
    }
    store_job_free(job);
}

void kit_fill(struct kit *k, struct store *s, int64_t tenant, const char *conv)
{
    char name[64], key[64];
    snprintf(name, sizeof name, "tnt_%lld", (long long)tenant);
    snprintf(key, sizeof key, "pk_%lld", (long long)tenant);
    struct store_job *job = kit_batch(k, tenant);
    kit_add(job, "tenant.create", "ssssi", name, "Name", "active", "{}", 1);
    kit_add(job, "bot.create", "ssnsssi", "bot_1", key, "Bot", "{}", "[]", 2);
    kit_add(job, "conversation.create", "ssssisi", conv, "bot_1", "vis_1", "bot", 0, "{}", 3);
    must(k, s, job);
}

struct store_job *kit_message(struct kit *k, int64_t tenant, const char *conv, int seq, const char *cid)
{
    struct store_job *job = kit_batch(k, tenant);
    if (cid != NULL)
        kit_add(job, "message.insert", "sissnsi", conv, seq, "visitor", cid, "[]", 4);
    else
        kit_add(job, "message.insert", "sisnnsi", conv, seq, "bot", "[]", 4);
    return job;
}
