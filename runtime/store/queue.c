/* Bounded job queue; see queue.h. */
#include "store/queue.h"

#include <assert.h>

void queue_init(struct job_queue *q)
{
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->filled, NULL);
    q->head = NULL;
    q->tail = &q->head;
    q->count = 0;
    q->sleepers = 0;
    q->closed = false;
}

void queue_deinit(struct job_queue *q)
{
    assert(q->count == 0);
    pthread_cond_destroy(&q->filled);
    pthread_mutex_destroy(&q->lock);
}

int queue_push(struct job_queue *q, struct store_job *job)
{
    pthread_mutex_lock(&q->lock);
    int err = q->closed ? ERR_CLOSED : q->count >= STORE_QUEUE_MAX ? ERR_LIMIT : 0;
    if (err == 0) {
        job->next = NULL;
        *q->tail = job;
        q->tail = &job->next;
        q->count++;
    }
    bool wake = err == 0 && q->sleepers != 0;
    pthread_mutex_unlock(&q->lock);
    if (wake) pthread_cond_signal(&q->filled);
    return err;
}

/* Called with the lock held. */
static struct store_job *cut(struct job_queue *q, size_t max, size_t max_bytes)
{
    struct store_job *first = q->head;
    if (first == NULL) return NULL;
    struct store_job **end = &q->head;
    size_t taken = 0, size = 0;
    while (*end != NULL && taken < max && (*end)->kind == first->kind) {
        size += (*end)->statements.len;
        if (taken != 0 && size > max_bytes) break;
        taken++;
        end = &(*end)->next;
    }
    q->head = *end;
    *end = NULL;
    if (q->head == NULL) q->tail = &q->head;
    q->count -= taken;
    return first;
}

struct store_job *queue_take(struct job_queue *q, size_t max, size_t max_bytes)
{
    pthread_mutex_lock(&q->lock);
    while (q->head == NULL && !q->closed) {
        q->sleepers++;
        pthread_cond_wait(&q->filled, &q->lock);
        q->sleepers--;
    }
    struct store_job *list = cut(q, max, max_bytes);
    pthread_mutex_unlock(&q->lock);
    return list;
}

struct store_job *queue_poll(struct job_queue *q, size_t max, size_t max_bytes)
{
    pthread_mutex_lock(&q->lock);
    struct store_job *list = cut(q, max, max_bytes);
    pthread_mutex_unlock(&q->lock);
    return list;
}

void queue_return(struct job_queue *q, struct store_job *list)
{
    if (list == NULL) return;
    struct store_job *last = list;
    size_t n = 1;
    for (; last->next != NULL; last = last->next) n++;
    pthread_mutex_lock(&q->lock);
    last->next = q->head;
    if (q->head == NULL) q->tail = &last->next;
    q->head = list;
    q->count += n;
    pthread_mutex_unlock(&q->lock);
}

struct store_job *queue_expire(struct job_queue *q, uint64_t before_ns)
{
    pthread_mutex_lock(&q->lock);
    struct store_job *first = q->head, **end = &q->head;
    for (; *end != NULL && (*end)->since_ns < before_ns; end = &(*end)->next) q->count--;
    bool none = end == &q->head;
    if (!none) {
        q->head = *end;
        *end = NULL;
        if (q->head == NULL) q->tail = &q->head;
    }
    pthread_mutex_unlock(&q->lock);
    return none ? NULL : first;
}

void queue_close(struct job_queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_mutex_unlock(&q->lock);
    pthread_cond_broadcast(&q->filled);
}

size_t queue_length(struct job_queue *q)
{
    pthread_mutex_lock(&q->lock);
    size_t n = q->count;
    pthread_mutex_unlock(&q->lock);
    return n;
}
