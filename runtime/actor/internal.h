/* What the files of the engine share; nobody outside actor/ includes it. */
#ifndef ACTOR_INTERNAL_H
#define ACTOR_INTERNAL_H

#include "actor/engine.h"
#include "actor/mail.h"
#include "actor/slots.h"
#include "actor/timer.h"
#include "base/list.h"
#include "base/map.h"
#include "vm/deliver.h"

#define ACTOR_KEY_MAX 40 /* bytes of a key, with NUL */
#define KINDS_MAX 16
#define NO_SELF (-2) /* LUA_NOREF */

enum actor_state {
    ACTOR_IDLE,       /* no mail, no turn (perhaps a parked dialog) */
    ACTOR_READY,      /* in its tenant's ready list: mail to take, or a turn to go on with */
    ACTOR_WAITING,    /* its turn waits for rows, an answer or a commit half-way */
    ACTOR_COMMITTING, /* its turn is done and being written */
    ACTOR_PARKED,     /* failed too often: mail is refused until unpark_ns */
};

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
    bool started;  /* the fiber has run in this turn */
    bool parked;   /* between two turns of a dialog */
    bool half_way; /* the commit under way is not the turn's end */
};

struct actor {
    struct slot slot;
    struct list link; /* READY: in tenant->ready; IDLE and live: in engine->idle, oldest first */
    struct tenant *tenant;
    struct mailbox mailbox;
    struct turn *turn;
    struct timer *timers;
    uint64_t since_ns;      /* idle since; parked: until */
    uint32_t first_session; /* index + 1 */
    uint32_t fail_start_s;
    int self; /* its Lua table, NO_SELF when passivated */
    uint8_t state, fails;
    bool stopping;
    uint8_t name_len;
    char name[ACTOR_KEY_MAX + 1]; /* kind as one byte, then the key, NUL */
};

struct session {
    struct slot slot;
    struct peer peer;
    uint32_t actor, actor_generation;
    uint32_t next, prev; /* of the same actor: index + 1 */
    char *meta;          /* what it was seated with, until its actor has written something; may be NULL */
    bool refused;        /* its mail did not fit: it is being closed, nothing more is taken from it */
    bool waits;          /* its actor has not seen its MAIL_OPEN: what is emitted to all is not for it yet */
};

/* An ask under way: what its token names. */
struct ask {
    struct slot slot;
    int64_t actor; /* slot name of the asking actor */
    uint32_t wait_number;
};

struct tenant {
    int64_t id;
    struct vm_state *vm;
    struct map actors; /* by name */
    struct list ready; /* its actors */
    struct list link;  /* in engine->ready while it has some */
    int64_t deficit_ns;
    uint64_t empty_since_ns, swept_ns;
    uint32_t parked;
    uint32_t left; /* actors that left memory since the last whole collection */
};

struct engine {
    struct engine_config config;
    const struct engine_ops *ops;
    void *ctx;
    struct bundle *bundle;
    struct map tenants;
    struct slots actors, sessions, asks;
    struct timers timers;
    struct list ready, idle;
    struct turn *turn_pool; /* finished turns with warm buffers, by `next` */
    uint32_t turn_pool_count;
    uint32_t busy; /* turns that run, wait or commit */
    uint64_t requests, next_sweep_ns;
    bool collecting;
    uint64_t next_relief_ns;
    char *kinds[KINDS_MAX];
    struct engine_stats stats;
};

static inline uint64_t now_ns(struct engine *e) { return clock_mono_ns(e->config.vm.clock); }

/* tenant.c */
struct tenant *tenant_need(struct engine *e, int64_t id); /* loads it; NULL when its scripts do not start */
struct tenant *tenant_find(struct engine *e, int64_t id);
void tenant_follow_bundle(struct engine *e, struct tenant *t);
void tenant_unload(struct engine *e, struct tenant *t);

/* actor.c */
struct actor *actor_need(struct engine *e, struct tenant *t, const char *kind, size_t kind_len,
                         const char *key, size_t key_len); /* NULL: name too long or too many kinds */
const char *actor_kind(struct engine *e, const struct actor *a);
const char *actor_key(const struct actor *a);
void actor_set_state(struct engine *e, struct actor *a, enum actor_state state);
bool actor_post(struct engine *e, struct actor *a, struct mail *m); /* takes m; false: refused */
void actor_forget_self(struct engine *e,
                       struct actor *a);                 /* Lua side gone; loaded again at the next message */
void actor_passivate(struct engine *e, struct actor *a); /* only when IDLE */
void actor_fail(struct engine *e, struct actor *a);      /* counts towards parking */
void actor_timer(struct engine *e, struct actor *a, const char *name, size_t len, int64_t ms);
void actor_drop_timers(struct engine *e, struct actor *a);

/* session.c */
struct session *session_new(struct engine *e, struct actor *a, struct peer peer);
void session_free(struct engine *e, struct session *s);
void session_move(struct engine *e, struct session *s, struct actor *to);
struct actor *session_actor(struct engine *e, const struct session *s);
void session_set_meta(struct session *s, const char *text, size_t len);
struct session *session_first(struct engine *e, const struct actor *a);
struct session *session_after(struct engine *e, const struct session *s);

/* turn.c */
void turn_slice(struct engine *e,
                struct actor *a); /* runs a READY actor until it waits, ends or is preempted */
void turn_commit_done(struct engine *e, struct actor *a, struct store_job *job); /* takes job */
void turn_answered(struct engine *e, struct actor *a, uint32_t number, struct store_job *job,
                   struct mail *letter, int code); /* takes job and letter; a late number is ignored */
void turn_free(struct engine *e, struct actor *a); /* drops fiber and message; the rest goes to the pool */
void turn_pool_clear(struct engine *e);

/* effects.c */
void effects_apply(struct engine *e, struct actor *a, struct vm_turn *t);
bool effects_send(struct engine *e, struct tenant *t, const struct effect *mail, int64_t token);

#endif
