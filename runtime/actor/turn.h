/* One message's way through an actor: see turn.c. */
#ifndef ACTOR_TURN_H
#define ACTOR_TURN_H

#include "vm/turn.h"

struct actor;
struct engine;
struct mail;
struct store_job;
struct vm_fiber;

struct turn {
    struct turn *next; /* in the engine's pool */
    struct vm_turn vm;
    struct vm_fiber *fiber;   /* NULL until started and after it ended */
    struct mail *mail;        /* the message this turn answers; owned */
    struct store_job *answer; /* rows or commit result to go on with; owned */
    struct mail *letter;      /* answer of an ask; owned */
    uint32_t wait_number;     /* names the present wait: late answers carry an older one */
    int16_t wait_code;        /* an ask that failed: enum err */
    uint8_t abandons;
    bool started;   /* the fiber has run in this turn */
    bool parked;    /* between two turns of a dialog */
    bool half_way;  /* the commit under way is not the turn's end */
    bool streaming; /* it has opened a stream (actor/stream.h) */
};

void turn_slice(struct engine *e,
                struct actor *a); /* runs a READY actor until it waits, ends or is preempted */
void turn_commit_done(struct engine *e, struct actor *a, struct store_job *job); /* takes job */
void turn_answered(struct engine *e, struct actor *a, uint32_t number, struct store_job *job,
                   struct mail *letter, int code); /* takes job and letter; a late number is ignored */
void turn_free(struct engine *e, struct actor *a); /* drops fiber and message; the rest goes to the pool */
/* Its state is being closed: a parked dialog lives on in the store, a commit
 * under way ends the turn, any other turn fails with "unavailable". The actor may be freed by none of it. */
void turn_interrupt(struct engine *e, struct actor *a);
void turn_pool_clear(struct engine *e);

#endif
