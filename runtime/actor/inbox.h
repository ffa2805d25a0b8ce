/* What other threads tell a worker: envelopes from workers and the main
 * thread, finished jobs from the store. One lock a push, one a batch taken.
 * Bound: INBOX_MAX envelopes and INBOX_BYTES_MAX of their texts. Policy: past either seats, frames and
 * signals are refused, and for all but a signal the sender ends the connection. What ends something (gone,
 * close, an answer) is always taken, else sessions and exchanges would be left behind; there is one for each
 * connection. Jobs are bounded by the store's own queue and always taken. */
#ifndef ACTOR_INBOX_H
#define ACTOR_INBOX_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "actor/peer.h"

struct store_job;

#define INBOX_MAX 200000
#define INBOX_BYTES_MAX (256u << 20)

enum envelope_kind {
    /* to the worker of a tenant */
    IN_SEAT,    /* peer, number: tenant; text: kind, key, meta or payload */
    IN_FRAME,   /* session; text[0] */
    IN_GONE,    /* session */
    IN_MAIL,    /* number: tenant; text: kind, key, payload */
    IN_WAKE,    /* to the worker that claims jobs */
    IN_STUDIED, /* or mailed. session: an actor, number: its wait, peer.index: -err; text[0] */
    /* to the worker of a connection */
    OUT_SEATED,  /* peer, session (0: refused), number: worker of the session */
    OUT_SEND,    /* peer, number: event id or -1; text[0] */
    OUT_FLUSH,   /* peer */
    OUT_CLOSE,   /* peer, number: code; text[0]: reason */
    OUT_RESPOND, /* peer, number: status; text: headers, body */
    OUT_PROBLEM, /* peer, number: status; text: code, detail */
    /* from the main thread */
    CONTROL_BUNDLE, /* session holds a struct bundle *, a reference given */
    CONTROL_TLS,
    CONTROL_DRAIN,
    CONTROL_STOP,
};

struct envelope {
    struct envelope *next;
    enum envelope_kind kind;
    struct peer peer;
    int64_t session, number;
    uint32_t len[3];
    char text[]; /* the three one after another */
};

struct inbox {
    pthread_mutex_t lock;
    struct envelope *head, *tail;
    struct store_job *jobs, *last_job;
    uint32_t count;
    size_t bytes;
};

struct envelope *envelope_new(enum envelope_kind kind, struct peer peer, int64_t session, int64_t number);
/* The same with up to three texts; NULL counts as empty. Copies them. */
struct envelope *envelope_with(enum envelope_kind kind, struct peer peer, int64_t session, int64_t number,
                               const char *const text[3], const size_t len[3]);
const char *envelope_text(const struct envelope *v, int i); /* borrowed, len[i] bytes */
void envelope_free(struct envelope *v);

void inbox_init(struct inbox *b);
void inbox_deinit(struct inbox *b);                   /* frees what is left */
bool inbox_push(struct inbox *b, struct envelope *v); /* takes v; false: refused */
void inbox_push_job(struct inbox *b, struct store_job *job);
/* Takes everything that waits, oldest first. */
void inbox_take(struct inbox *b, struct envelope **envelopes, struct store_job **jobs);

#endif
