/* An actor as the engine keeps it: its mailbox, its state and, while one is
 * under way, its turn. Only the files of actor/ look inside. */
#ifndef ACTOR_ACTOR_H
#define ACTOR_ACTOR_H

#include "actor/mail.h"
#include "actor/slots.h"
#include "base/list.h"

struct engine;
struct tenant;
struct timer;
struct turn;

#define ACTOR_KEY_MAX 40 /* bytes of a key, with NUL */
#define NO_SELF (-2)     /* LUA_NOREF */

enum actor_state {
    ACTOR_IDLE,       /* no mail, no turn (perhaps a parked dialog) */
    ACTOR_READY,      /* in a list of its tenant: mail to take, or a turn to go on with */
    ACTOR_WAITING,    /* its turn waits for rows, an answer or a commit half-way */
    ACTOR_COMMITTING, /* its turn is done and being written */
    ACTOR_PARKED,     /* failed too often: mail is refused until since_ns */
};

/* What an actor needs only while it has mail, a turn or its Lua table. */
struct live {
    struct list link; /* READY: in tenant->fresh or ->ready; IDLE: in engine->idle, oldest first */
    struct actor *actor;
    struct mailbox mailbox;
    struct turn *turn;
    struct timer *timers;
    uint64_t since_ns; /* idle since; parked: until */
    int self;          /* its Lua table, NO_SELF when there is none */
    bool stopping;
};

/* 80 bytes, for each visitor who is connected and says nothing has one. */
struct actor {
    struct slot slot;
    struct tenant *tenant;
    struct live *live;      /* NULL: passivated, and IDLE */
    uint32_t first_session; /* index + 1 */
    uint32_t fail_start_s;
    uint8_t state, fails, name_len;
    char name[ACTOR_KEY_MAX + 1]; /* kind as one byte, then the key, NUL */
};

struct actor *actor_need(struct engine *e, struct tenant *t, const char *kind, size_t kind_len,
                         const char *key, size_t key_len); /* NULL: name too long or too many kinds */
const char *actor_kind(struct engine *e, const struct actor *a);
const char *actor_key(const struct actor *a);
void actor_set_state(struct engine *e, struct actor *a, enum actor_state state);
bool actor_post(struct engine *e, struct actor *a, struct mail *m); /* takes m; false: refused */
void actor_forget_self(struct engine *e,
                       struct actor *a);                 /* Lua side gone; loaded again at the next message */
void actor_passivate(struct engine *e, struct actor *a); /* only when IDLE */
void actor_rest(struct engine *e,
                struct actor *a); /* IDLE: gives back what it no longer needs, itself, too */
void actor_fail(struct engine *e, struct actor *a); /* counts towards parking */
void actor_timer(struct engine *e, struct actor *a, const char *name, size_t len, int64_t ms);
void actor_drop_timers(struct engine *e, struct actor *a);
void actor_drop_time_out(struct engine *e, struct actor *a,
                         uint32_t wait_number); /* of an ask, if it has one */

#endif
