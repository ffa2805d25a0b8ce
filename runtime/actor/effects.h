/* What a committed turn asked for, carried out: see effects.c. */
#ifndef ACTOR_EFFECTS_H
#define ACTOR_EFFECTS_H

#include "vm/turn.h"

struct actor;
struct engine;
struct tenant;

void effects_apply(struct engine *e, struct actor *a, struct vm_turn *t);
bool effects_send(struct engine *e, struct tenant *t, const struct effect *mail, int64_t token);

#endif
