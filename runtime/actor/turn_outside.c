/* See turn_outside.h. What a request is made of stands at enum turn_wait (vm/turn.h). */
#include "actor/turn_outside.h"

#include <string.h>

#include "actor/actor.h"
#include "actor/engine_state.h"
#include "actor/tenant.h"
#include "actor/turn.h"

void turn_wait_http(struct engine *e, struct actor *a)
{
    struct turn *t = a->live->turn;
    actor_set_state(e, a, ACTOR_WAITING);
    if (e->ops->fetch == NULL) return turn_answered(e, a, t->wait_number, NULL, NULL, ERR_UNAVAILABLE);
    e->ops->fetch(e->ctx, a->tenant->id, slot_name(&a->slot), t->wait_number, &t->vm.wait_args);
}

void turn_wait_stream(struct engine *e, struct actor *a)
{
    struct turn *t = a->live->turn;
    actor_set_state(e, a, ACTOR_WAITING);
    if (e->ops->stream == NULL) return turn_answered(e, a, t->wait_number, NULL, NULL, ERR_UNAVAILABLE);
    t->streaming = true;
    e->ops->stream(e->ctx, a->tenant->id, slot_name(&a->slot), t->wait_number, &t->vm.wait_args);
}

void turn_wait_study(struct engine *e, struct actor *a)
{
    struct turn *t = a->live->turn;
    actor_set_state(e, a, ACTOR_WAITING);
    if (e->ops->study == NULL) return turn_answered(e, a, t->wait_number, NULL, NULL, ERR_UNAVAILABLE);
    e->ops->study(e->ctx, a->tenant->id, slot_name(&a->slot), t->wait_number, t->vm.wait_args.data,
                  t->vm.wait_args.len);
}

void turn_wait_mail(struct engine *e, struct actor *a)
{
    struct turn *t = a->live->turn;
    const char *at = t->vm.wait_args.data;
    int64_t to_len;
    memcpy(&to_len, at, sizeof to_len);
    actor_set_state(e, a, ACTOR_WAITING);
    if (e->ops->mail == NULL) return turn_answered(e, a, t->wait_number, NULL, NULL, ERR_UNAVAILABLE);
    at += sizeof to_len;
    e->ops->mail(e->ctx, a->tenant->id, slot_name(&a->slot), t->wait_number, at, (size_t)to_len, at + to_len,
                 t->vm.wait_args.len - sizeof to_len - (size_t)to_len);
}

/* wait_args: the side as an integer, then the name. */
void turn_wait_look(struct engine *e, struct actor *a)
{
    struct turn *t = a->live->turn;
    int64_t side;
    memcpy(&side, t->vm.wait_args.data, sizeof side);
    actor_set_state(e, a, ACTOR_WAITING);
    if (e->ops->look == NULL) return turn_answered(e, a, t->wait_number, NULL, NULL, ERR_UNAVAILABLE);
    e->ops->look(e->ctx, slot_name(&a->slot), t->wait_number, buf_cstr(&t->vm.wait_args) + sizeof side,
                 (int)side);
}
