/* Keeps each tenant's scripts to their share and starts a state that
 * misbehaves anew.
 *
 * Quota: a tenant whose turns used what its plan or `cpu_quota_ns` allows within a minute of the clock
 * gets no more turns for visitors' messages in that minute; each is answered
 * with a failure of code "limit", so the visitor is told to wait.
 *
 * Rebuilding: a state whose memory stays full, whose worker was stalled by one
 * instruction, or of which SUPERVISE_KILLS turns were stopped within a minute
 * is closed and made again. What is acknowledged is in the store; messages
 * under way are answered with "unavailable", dialogs are taken up from their
 * logs. At SUPERVISE_REBUILDS within a minute the tenant's own actor is told
 * ("misbehaved ..."), whose scripts turn the client's bundle off. */
#ifndef ACTOR_SUPERVISE_H
#define ACTOR_SUPERVISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/allowance.h"
#include "vm/limits.h"

struct actor;
struct engine;
struct tenant;

#define SUPERVISE_KILLS 5
#define SUPERVISE_REBUILDS 5
#define SUPERVISE_TOP 50 /* tenants of each worker that are told of */

/* Embedded by value in actor/tenant.h. */
struct tenant_account {
    uint64_t cpu_ns, minute_ns, last_minute_ns; /* all; of this minute; of the one before */
    uint64_t minute;                            /* which one: monotonic */
    uint64_t turns, errors, killed, refused, rebuilt, parked;
    uint64_t limits[VM_LIMITS]; /* of states that were closed */
    uint64_t kills_since_ns, rebuilds_since_ns;
    uint32_t kills, rebuilds; /* within a minute from there */
    bool quota_told;
};

/* One line of `tenant top`. */
struct tenant_load {
    int64_t tenant;
    char plan[VM_PLAN_MAX + 1]; /* "": not known */
    uint64_t cpu_ns, minute_ns, memory, memory_cap, actors, dialogs;
    uint64_t turns, errors, killed, refused, rebuilt, parked, limits[VM_LIMITS];
};

struct engine_stats;
void supervise_add(const struct tenant *t, struct engine_stats *out); /* what is counted by tenant */
void supervise_spent(struct engine *e, struct tenant *t, uint64_t cpu_ns);
bool supervise_refuses(struct engine *e, struct actor *a); /* its next message, for the quota */
/* After a turn of the actor was stopped or failed, and its failure dealt with: name is "kind key". */
void supervise_failed(struct engine *e, struct tenant *t, bool killed, const char *name);
/* The tenants that used most CPU lately, at most max of them, most first; returns their number. */
size_t supervise_top(const struct engine *e, struct tenant_load *out, size_t max);
int supervise_compare(const void *a, const void *b); /* of two tenant_loads: that order */

#endif
