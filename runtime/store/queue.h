/* Bounded queue of jobs, many threads in, one or more out. Bound:
 * STORE_QUEUE_MAX jobs; a push past it is refused and the job stays the
 * caller's. One lock a push and one a take; a waiting taker is signalled only
 * if it sleeps. */
#ifndef STORE_QUEUE_H
#define STORE_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "store/store.h"

/* Public because backends embed it by value. */
struct job_queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct store_job *head, **tail;
    size_t count;
    unsigned sleepers;
    bool closed;
};

void queue_init(struct job_queue *q);
void queue_deinit(struct job_queue *q); /* must be empty */
/* Takes job when it returns 0; else ERR_LIMIT or ERR_CLOSED. */
int queue_push(struct job_queue *q, struct store_job *job) MUST_CHECK;
/* A list of 1 to max jobs of one kind, at most max_bytes together (but always
 * one); waits for the first. NULL once the queue is closed and empty. */
struct store_job *queue_take(struct job_queue *q, size_t max, size_t max_bytes);
/* The same without waiting: NULL when nothing is there. */
struct store_job *queue_poll(struct job_queue *q, size_t max, size_t max_bytes);
/* Takes list back in front of all others, past the bound if need be: its jobs
 * were counted when they came first. */
void queue_return(struct job_queue *q, struct store_job *list);
/* Removes jobs submitted before the time from the front; NULL when there are none. */
struct store_job *queue_expire(struct job_queue *q, uint64_t before_ns);
void queue_close(struct job_queue *q); /* no more pushes; takers get the rest */
size_t queue_length(struct job_queue *q);

#endif
