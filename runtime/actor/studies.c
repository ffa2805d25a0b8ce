/* See studies.h. */
#include "actor/studies.h"

#include <pthread.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "vm/bundle.h"

struct studies {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    int64_t tenant[STUDIES_MAX]; /* that has one running; 0: a free place */
    int running;
    _Atomic bool stop;
    study_fn *study;
    struct store *store;
    studied_fn *told;
    void *ctx;
};

struct task {
    struct studies *studies;
    struct bundle *scripts;
    int64_t tenant, actor;
    uint32_t number;
    int place;
    size_t len;
    char request[];
};

struct studies *studies_new(study_fn *study, struct store *store, studied_fn *told, void *ctx)
{
    struct studies *s = mem_zalloc(sizeof *s);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->ended, NULL);
    s->study = study;
    s->store = store;
    s->told = told;
    s->ctx = ctx;
    return s;
}

/* A free place, taken; -1: all are taken, or the tenant has one. */
static int take_place(struct studies *s, int64_t tenant)
{
    int place = -1;
    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < STUDIES_MAX; i++)
        if (s->tenant[i] == 0 && place < 0) place = i;
    for (int i = 0; i < STUDIES_MAX; i++)
        if (s->tenant[i] == tenant) place = -1;
    if (atomic_load(&s->stop)) place = -1;
    if (place >= 0) s->tenant[place] = tenant, s->running++;
    pthread_mutex_unlock(&s->lock);
    return place;
}

static void give_place(struct studies *s, int place)
{
    pthread_mutex_lock(&s->lock);
    s->tenant[place] = 0;
    s->running--;
    pthread_cond_signal(&s->ended);
    pthread_mutex_unlock(&s->lock);
}

static void *run(void *arg)
{
    struct task *t = arg;
    struct studies *s = t->studies;
    struct buf out;
    buf_init(&out);
    int err = s->study(t->scripts, s->store, t->tenant, t->request, t->len, &s->stop, &out);
    s->told(s->ctx, t->tenant, t->actor, t->number, err, buf_cstr(&out), out.len);
    buf_deinit(&out);
    bundle_release(t->scripts);
    int place = t->place;
    mem_free(t);
    give_place(s, place);
    return NULL;
}

int studies_start(struct studies *s, struct bundle *scripts, int64_t tenant, int64_t actor, uint32_t number,
                  const char *request, size_t len)
{
    pthread_t thread;
    if (s->study == NULL) return ERR_UNAVAILABLE;
    int place = take_place(s, tenant);
    if (place < 0) return ERR_LIMIT;
    struct task *t = mem_zalloc(sizeof *t + len + 1);
    t->studies = s;
    t->scripts = bundle_retain(scripts);
    t->tenant = tenant;
    t->actor = actor;
    t->number = number;
    t->place = place;
    t->len = len;
    memcpy(t->request, request, len);
    if (pthread_create(&thread, NULL, run, t) == 0) return pthread_detach(thread), ERR_OK;
    bundle_release(t->scripts);
    mem_free(t);
    give_place(s, place);
    return ERR_LIMIT;
}

void studies_close(struct studies *s)
{
    if (s == NULL) return;
    atomic_store(&s->stop, true);
    pthread_mutex_lock(&s->lock);
    while (s->running > 0) pthread_cond_wait(&s->ended, &s->lock);
    pthread_mutex_unlock(&s->lock);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->ended);
    mem_free(s);
}
