/* Waits of a turn for what is outside the engine: each asks the engine's owner
 * (engine_ops.h) and leaves the actor WAITING, or answers at once where the
 * owner has no such thing. */
#ifndef ACTOR_TURN_OUTSIDE_H
#define ACTOR_TURN_OUTSIDE_H

struct actor;
struct engine;

void turn_wait_http(struct engine *e, struct actor *a);
void turn_wait_stream(struct engine *e, struct actor *a);
void turn_wait_study(struct engine *e, struct actor *a);
void turn_wait_mail(struct engine *e, struct actor *a);
void turn_wait_look(struct engine *e, struct actor *a);

#endif
