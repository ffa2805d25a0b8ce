/* A session is a connection's seat at an actor. It outlives the actor's stay
 * in memory: while a visitor is connected and idle, this record, the actor's
 * name and the connection are all that is left. */
#include "actor/session.h"

#include <string.h>

#include "actor/actor.h"
#include "actor/engine_state.h"
#include "base/mem.h"

struct actor *session_actor(struct engine *e, const struct session *s)
{
    return slots_at(&e->actors, s->actor);
}

static struct session *at(struct engine *e, uint32_t index_plus_one)
{
    return index_plus_one == 0 ? NULL : slots_at(&e->sessions, index_plus_one - 1);
}

struct session *session_first(struct engine *e, const struct actor *a) { return at(e, a->first_session); }
struct session *session_after(struct engine *e, const struct session *s) { return at(e, s->next); }

static void attach(struct engine *e, struct session *s, struct actor *a)
{
    s->actor = a->slot.index;
    s->prev = 0;
    s->next = a->first_session;
    if (s->next != 0) at(e, s->next)->prev = s->slot.index + 1;
    a->first_session = s->slot.index + 1;
}

static void detach(struct engine *e, struct session *s)
{
    struct actor *a = session_actor(e, s);
    if (s->next != 0) at(e, s->next)->prev = s->prev;
    if (s->prev != 0)
        at(e, s->prev)->next = s->next;
    else
        a->first_session = s->next;
    s->next = s->prev = 0;
    if (a->state == ACTOR_IDLE && a->first_session == 0) actor_rest(e, a);
}

struct session *session_new(struct engine *e, struct actor *a, struct peer peer)
{
    struct session *s = slots_take(&e->sessions);
    s->peer = peer;
    attach(e, s, a);
    return s;
}

void session_set_meta(struct session *s, const char *text, size_t len)
{
    mem_free(s->meta);
    s->meta = len > 0 && memchr(text, '\0', len) == NULL ? mem_dup(text, len) : NULL;
}

void session_free(struct engine *e, struct session *s)
{
    session_set_meta(s, NULL, 0);
    detach(e, s);
    slots_give(&e->sessions, s);
}

/* An exchange gets its answer and is over; a socket's session ends with its close. */
void session_refuse(struct engine *e, struct session *s, const char *why)
{
    if (s->peer.mode != PEER_HTTP) {
        s->refused = true;
        return e->ops->close(e->ctx, s->peer, 1013, why, strlen(why));
    }
    e->ops->problem(e->ctx, s->peer, 503, "overloaded", NULL);
    session_free(e, s);
}

void session_move(struct engine *e, struct session *s, struct actor *to)
{
    detach(e, s);
    attach(e, s, to);
}
