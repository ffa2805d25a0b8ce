/* Carries out what a committed turn asked for, in the order in which it asked. */
#include "actor/effects.h"

#include <string.h>

#include "actor/actor.h"
#include "actor/engine_state.h"
#include "actor/session.h"
#include "actor/tenant.h"
#include "actor/turn.h"
#include "base/log.h"

static void emit(struct engine *e, struct actor *a, const struct effect *f)
{
    for (struct session *s = session_first(e, a); s != NULL; s = session_after(e, s))
        if (s->peer.mode != PEER_HTTP && !s->waits)
            e->ops->send(e->ctx, s->peer, f->text[0].data, f->text[0].len, f->number);
}

/* A session of this actor; scripts cannot name another's. */
static struct session *own(struct engine *e, struct actor *a, int64_t name)
{
    struct session *s = slots_named(&e->sessions, name);
    return s != NULL && session_actor(e, s) == a ? s : NULL;
}

static void emit_to(struct engine *e, struct actor *a, const struct effect *f)
{
    struct session *s = own(e, a, f->session);
    if (s != NULL && s->peer.mode != PEER_HTTP)
        e->ops->send(e->ctx, s->peer, f->text[0].data, f->text[0].len, f->number);
}

static void signal_all(struct engine *e, struct actor *a, const struct effect *f)
{
    for (struct session *s = session_first(e, a); s != NULL; s = session_after(e, s))
        if (s->peer.mode != PEER_HTTP && !s->waits && slot_name(&s->slot) != f->session)
            e->ops->signal(e->ctx, s->peer, f->text[0].data, f->text[0].len);
}

static void bind(struct engine *e, struct actor *a, const struct effect *f)
{
    struct session *s = own(e, a, f->session);
    if (s == NULL) return;
    struct actor *to =
        actor_need(e, a->tenant, f->text[0].data, f->text[0].len, f->text[1].data, f->text[1].len);
    if (to == NULL) return session_refuse(e, s, "too many messages are waiting");
    session_move(e, s, to);
    s->waits = true;
    session_set_meta(s, f->text[2].data, f->text[2].len);
    if (!actor_post(e, to, mail_new(MAIL_OPEN, f->session, f->text[2].data, f->text[2].len)))
        return session_refuse(e, s, "too many messages are waiting");
    mailbox_move_frames(&a->live->mailbox, &to->live->mailbox,
                        f->session); /* what came in before the move took effect */
}

static void close_session(struct engine *e, struct actor *a, const struct effect *f)
{
    struct session *s = own(e, a, f->session);
    if (s != NULL) e->ops->close(e->ctx, s->peer, (int)f->number, f->text[0].data, f->text[0].len);
}

static void respond(struct engine *e, struct actor *a, const struct effect *f)
{
    struct session *s = own(e, a, f->session);
    if (s == NULL || s->peer.mode != PEER_HTTP) return;
    e->ops->respond(e->ctx, s->peer, (int)f->number, f->text[0].data, f->text[0].len, f->text[1].data,
                    f->text[1].len);
    session_free(e, s);
}

static void seat(struct engine *e, struct actor *a, const struct effect *f, enum peer_mode mode)
{
    struct session *s = own(e, a, f->session);
    if (s == NULL || s->peer.mode != PEER_HTTP) return;
    struct peer from = s->peer;
    session_free(e, s);
    e->ops->seat(e->ctx, from, mode, f->number, f->text[0].data, f->text[0].len, f->text[1].data,
                 f->text[1].len, f->text[2].data, f->text[2].len);
}

static void answer(struct engine *e, const struct effect *f)
{
    struct ask *ask = slots_named(&e->asks, f->session);
    if (ask == NULL) return; /* too late: the asker has its time-out */
    struct actor *asker = slots_named(&e->actors, ask->actor);
    uint32_t number = ask->wait_number;
    slots_give(&e->asks, ask);
    if (asker != NULL)
        turn_answered(e, asker, number, NULL, mail_new(MAIL_LETTER, 0, f->text[0].data, f->text[0].len), 0);
}

bool effects_send(struct engine *e, struct tenant *t, const struct effect *f, int64_t token)
{
    struct actor *to = actor_need(e, t, f->text[0].data, f->text[0].len, f->text[1].data, f->text[1].len);
    return to != NULL && actor_post(e, to, mail_new(MAIL_LETTER, token, f->text[2].data, f->text[2].len));
}

/* A node has several engines and knows where a tenant lives; alone, it is here. */
static void post(struct engine *e, const struct effect *f)
{
    void (*far)(void *, int64_t, const char *, size_t, const char *, size_t, const char *, size_t) =
        e->ops->post;
    if (far != NULL)
        far(e->ctx, f->number, f->text[0].data, f->text[0].len, f->text[1].data, f->text[1].len,
            f->text[2].data, f->text[2].len);
    else
        engine_mail(e, f->number, f->text[0].data, f->text[0].len, f->text[1].data, f->text[1].len,
                    f->text[2].data, f->text[2].len);
}

static void drop_file(struct engine *e, const struct effect *f)
{
    char name[64];
    if (e->ops->drop_file == NULL || f->text[0].len >= sizeof name) return;
    memcpy(name, f->text[0].data, f->text[0].len);
    name[f->text[0].len] = '\0';
    e->ops->drop_file(e->ctx, name);
}

static void apply(struct engine *e, struct actor *a, const struct effect *f)
{
    switch (f->kind) {
    case EFFECT_EMIT: emit(e, a, f); return;
    case EFFECT_EMIT_TO: emit_to(e, a, f); return;
    case EFFECT_SIGNAL: signal_all(e, a, f); return;
    case EFFECT_BIND: bind(e, a, f); return;
    case EFFECT_CLOSE: close_session(e, a, f); return;
    case EFFECT_SEND:
        if (!effects_send(e, a->tenant, f, 0))
            log_write(LOG_WARN, "mail refused: its mailbox is full", LOG_INT("tenant", a->tenant->id),
                      LOG_STRN("to", f->text[1].data, f->text[1].len));
        return;
    case EFFECT_ANSWER: answer(e, f); return;
    case EFFECT_TIMER: actor_timer(e, a, f->text[0].data, f->text[0].len, f->number); return;
    case EFFECT_STOP: a->live->stopping = true; return;
    case EFFECT_RESPOND: respond(e, a, f); return;
    case EFFECT_UPGRADE: seat(e, a, f, PEER_WEBSOCKET); return;
    case EFFECT_STREAM: seat(e, a, f, PEER_STREAM); return;
    case EFFECT_FORWARD: seat(e, a, f, PEER_HTTP); return;
    case EFFECT_POST: post(e, f); return;
    case EFFECT_DROP_FILE: drop_file(e, f); return;
    case EFFECT_WAKE:
        if (e->ops->wake != NULL) e->ops->wake(e->ctx);
        return;
    }
}

/* Frames to one connection leave in one write: send only appends, flush at the end. */
void effects_apply(struct engine *e, struct actor *a, struct vm_turn *t)
{
    struct effect f;
    size_t at = 0;
    while (effect_next(&t->effects, &at, &f)) apply(e, a, &f);
    for (struct session *s = session_first(e, a); s != NULL; s = session_after(e, s))
        if (s->peer.mode != PEER_HTTP) e->ops->flush(e->ctx, s->peer);
}
