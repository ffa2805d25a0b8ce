/* See store_wait.h. */
#include "store/store_wait.h"

#include <pthread.h>

#include "base/mem.h"

struct waiter {
    struct store_port port;
    pthread_mutex_t lock;
    pthread_cond_t done;
    struct store_job *job;
};

static void on_job(struct store_port *port, struct store_job *job)
{
    struct waiter *w = container_of(port, struct waiter, port);
    pthread_mutex_lock(&w->lock);
    w->job = job;
    pthread_cond_signal(&w->done);
    pthread_mutex_unlock(&w->lock);
}

struct store_job *store_wait(struct store *s, enum store_kind kind, int64_t tenant, struct buf *statements)
{
    struct waiter w = {.port = {on_job}};
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.done, NULL);
    struct store_job *job = store_job_new(&w.port, kind, tenant);
    buf_deinit(&job->statements);
    job->statements = *statements;
    buf_init(statements);
    store_submit(s, job);
    pthread_mutex_lock(&w.lock);
    while (w.job == NULL) pthread_cond_wait(&w.done, &w.lock); /* the store answers every job */
    pthread_mutex_unlock(&w.lock);
    pthread_mutex_destroy(&w.lock);
    pthread_cond_destroy(&w.done);
    return w.job;
}
