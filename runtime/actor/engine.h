/* The actor engine of one worker: tenants' Lua states, actors, sessions,
 * mailboxes, timers and the scheduler. It owns no thread, no socket and no
 * clock: a worker (actor/worker.c) drives it from a uv loop, the simulation
 * (tests/sim/) from a seed. One thread at a time.
 *
 * Hot path of a message that stays on its worker: one allocation for the mail
 * (its text is copied once), one lua_resume, one store job whose buffer is
 * the turn's own, one write(2) per connection. No lock but the store's queue. */
#ifndef ACTOR_ENGINE_H
#define ACTOR_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "actor/engine_ops.h"
#include "actor/peer.h"
#include "vm/state.h"

struct engine;
struct bundle;
struct store_job;
struct store_port;
struct engine_config {
    struct vm_config vm;
    uint64_t passivate_ns; /* an actor idle for so long leaves memory */
    uint64_t unload_ns;    /* a tenant without actors for so long leaves memory */
    uint64_t cpu_quota_ns; /* CPU of one tenant's turns within a minute; 0: no quota */
    uint32_t parked_max;   /* waiting dialogs kept as coroutines in one state; more live in the store only */
    struct store_port *port; /* of the jobs it submits */
};

struct engine *engine_new(const struct engine_config *config, const struct engine_ops *ops,
                          void *ctx); /* config copied */
void engine_free(struct engine *e);

/* The scripts from the next turn on; retains b. The system's library actor is told to keep them. */
void engine_set_bundle(struct engine *e, struct bundle *b);

/* Session names are positive; 0 when it was refused (the peer is told). */
int64_t engine_seat(struct engine *e, struct peer from, int64_t tenant, const char *kind, size_t kind_len,
                    const char *key, size_t key_len, const char *text, size_t len);
int64_t engine_request(struct engine *e, struct peer from, const char *json,
                       size_t len); /* to the system state */
void engine_mail(struct engine *e, int64_t tenant, const char *kind, size_t kind_len, const char *key,
                 size_t key_len, const char *text, size_t len); /* a full mailbox: logged and forgotten */
/* The answers to what an actor's turn asked for outside; takes the rows. */
/* err 0: text is the result; else what went wrong. */
void engine_studied(struct engine *e, int64_t actor, uint32_t number, int err, const char *text, size_t len);
void engine_fetched(struct engine *e, int64_t actor, uint32_t number, struct buf *rows);
void engine_wake(struct engine *e); /* the claimer (scripts/jobs/claimer.lua) looks for due jobs */
void engine_frame(struct engine *e, int64_t session, const char *text,
                  size_t len);                                 /* a stale session: nothing */
void engine_gone(struct engine *e, int64_t session);           /* its connection is closed */
void engine_job_done(struct engine *e, struct store_job *job); /* takes job */

/* Runs ready actors for about budget_ns; true when some are still ready. */
bool engine_run(struct engine *e, uint64_t budget_ns);
/* Fires due timers, passivates; call at engine_next_due at the latest. */
void engine_tick(struct engine *e);
uint64_t engine_next_due(const struct engine *e); /* monotonic ns */
bool engine_quiet(const struct engine *e);        /* no turn runs, waits or commits */

struct engine_stats {
    uint64_t turns, slices, preempted, killed, rebuilt, errors, failed_commits, overflows, parked_actors,
        reloads;
    uint64_t actors_live, actors_known, sessions, tenants_loaded, state_bytes;
    uint64_t lua_ns, longest_slice_ns;
    uint64_t limits[VM_LIMITS]; /* that scripts met */
    uint64_t actors_collected;  /* passivated and their memory back at the allocator */
};
void engine_stats(const struct engine *e, struct engine_stats *out);

#endif
