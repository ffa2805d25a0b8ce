/* Which actor runs next. The rest of it is engine_run: see engine.h. */
#ifndef ACTOR_SCHEDULER_H
#define ACTOR_SCHEDULER_H

struct actor;
struct engine;

void scheduler_ready(struct engine *e, struct actor *a); /* a READY actor in no list yet */

#endif
