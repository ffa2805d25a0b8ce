/* A tenant on this worker: its Lua state and its actors. */
#ifndef ACTOR_TENANT_H
#define ACTOR_TENANT_H

#include "actor/supervise.h"
#include "base/list.h"
#include "base/map.h"

struct engine;
struct vm_state;

struct tenant {
    int64_t id;
    struct vm_state *vm;
    struct map actors; /* by name */
    struct list fresh; /* its actors that begin a turn */
    struct list ready; /* those that go on with one */
    struct list link;  /* in engine->ready or ->holding while it has some */
    bool holding;      /* it is in the latter */
    bool began;        /* its last slice was of a fresh one */
    int64_t deficit_ns;
    uint64_t empty_since_ns;
    uint32_t parked;
    uint64_t last_turn_ns;
    size_t settled; /* memory after the last whole collection at rest */
    uint32_t left;  /* actors that left memory since the last whole collection */
    uint32_t seen;  /* of those, when the last cycle began */
    struct tenant_account account;
};

struct tenant *tenant_need(struct engine *e, int64_t id); /* loads it; NULL when its scripts do not start */
struct tenant *tenant_find(struct engine *e, int64_t id);
struct vm_state *tenant_boot(struct engine *e,
                             int64_t id); /* a state with the scripts; NULL: they do not start */
void tenant_follow_bundle(struct engine *e, struct tenant *t);
void tenant_unload(struct engine *e, struct tenant *t);

#endif
