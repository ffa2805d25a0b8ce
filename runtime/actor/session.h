/* A connection's seat at an actor. */
#ifndef ACTOR_SESSION_H
#define ACTOR_SESSION_H

#include <stdbool.h>

#include "actor/peer.h"
#include "actor/slots.h"

struct actor;
struct engine;

/* 48 bytes: an idle visitor costs one. Its actor is there as long as it is. */
struct session {
    struct slot slot;
    struct peer peer;
    uint32_t actor;      /* slot index */
    uint32_t next, prev; /* of the same actor: index + 1 */
    bool refused;        /* its mail did not fit: it is being closed, nothing more is taken from it */
    bool waits;          /* its actor has not seen its MAIL_OPEN: what is emitted to all is not for it yet */
    char *meta;          /* what it was seated with, until its actor has written something; may be NULL */
};

struct session *session_new(struct engine *e, struct actor *a, struct peer peer);
void session_free(struct engine *e, struct session *s);
void session_move(struct engine *e, struct session *s, struct actor *to);
void session_refuse(struct engine *e, struct session *s, const char *why); /* frees that of an exchange */
struct actor *session_actor(struct engine *e, const struct session *s);
void session_set_meta(struct session *s, const char *text, size_t len);
struct session *session_first(struct engine *e, const struct actor *a);
struct session *session_after(struct engine *e, const struct session *s);

#endif
