/* See inbox.h. */
#include "actor/inbox.h"

#include <string.h>

#include "base/mem.h"
#include "store/store.h"

struct envelope *envelope_new(enum envelope_kind kind, struct peer peer, int64_t session, int64_t number)
{
    const char *none[3] = {NULL, NULL, NULL};
    const size_t len[3] = {0, 0, 0};
    return envelope_with(kind, peer, session, number, none, len);
}

struct envelope *envelope_with(enum envelope_kind kind, struct peer peer, int64_t session, int64_t number,
                               const char *const text[3], const size_t len[3])
{
    struct envelope *v = mem_alloc(sizeof *v + len[0] + len[1] + len[2]);
    v->next = NULL;
    v->kind = kind;
    v->peer = peer;
    v->session = session;
    v->number = number;
    char *at = v->text;
    for (int i = 0; i < 3; i++) {
        v->len[i] = (uint32_t)len[i];
        if (len[i] > 0) memcpy(at, text[i], len[i]);
        at += len[i];
    }
    return v;
}

const char *envelope_text(const struct envelope *v, int i)
{
    const char *at = v->text;
    for (int k = 0; k < i; k++) at += v->len[k];
    return at;
}

void envelope_free(struct envelope *v) { mem_free(v); }

void inbox_init(struct inbox *b)
{
    memset(b, 0, sizeof *b);
    pthread_mutex_init(&b->lock, NULL);
}

void inbox_deinit(struct inbox *b)
{
    struct envelope *v;
    struct store_job *job;
    inbox_take(b, &v, &job);
    while (v != NULL) {
        struct envelope *next = v->next;
        envelope_free(v);
        v = next;
    }
    while (job != NULL) {
        struct store_job *next = job->next;
        store_job_free(job);
        job = next;
    }
    pthread_mutex_destroy(&b->lock);
}

static bool may_be_refused(enum envelope_kind kind)
{
    return kind == IN_SEAT || kind == IN_FRAME || kind == OUT_SEND || kind == OUT_FLUSH;
}

bool inbox_push(struct inbox *b, struct envelope *v)
{
    size_t bytes = sizeof *v + v->len[0] + v->len[1] + v->len[2];
    pthread_mutex_lock(&b->lock);
    bool room = (b->count < INBOX_MAX && b->bytes + bytes <= INBOX_BYTES_MAX) || !may_be_refused(v->kind);
    if (room) {
        b->bytes += bytes;
        if (b->tail != NULL)
            b->tail->next = v;
        else
            b->head = v;
        b->tail = v;
        b->count++;
    }
    pthread_mutex_unlock(&b->lock);
    if (!room) envelope_free(v);
    return room;
}

void inbox_push_job(struct inbox *b, struct store_job *job)
{
    job->next = NULL;
    pthread_mutex_lock(&b->lock);
    if (b->last_job != NULL)
        b->last_job->next = job;
    else
        b->jobs = job;
    b->last_job = job;
    pthread_mutex_unlock(&b->lock);
}

void inbox_take(struct inbox *b, struct envelope **envelopes, struct store_job **jobs)
{
    pthread_mutex_lock(&b->lock);
    *envelopes = b->head;
    *jobs = b->jobs;
    b->head = b->tail = NULL;
    b->jobs = b->last_job = NULL;
    b->count = 0;
    b->bytes = 0;
    pthread_mutex_unlock(&b->lock);
}
