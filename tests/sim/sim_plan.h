/* What one seed will go through: sizes, settings of the engine, habits of its
 * visitors and the faults, all drawn before the run begins. */
#ifndef SIM_PLAN_H
#define SIM_PLAN_H

#include "actor/engine.h"
#include "sim_client.h"
#include "sim_store.h"

struct sim_plan {
    int tenants, clients; /* clients of each tenant */
    size_t messages;      /* of a client, at least */
    struct engine_config engine;
    uint64_t tick_ns, run_budget_ns;
    struct sim_habits habits;
    struct sim_store_faults store;
    int crashes, reloads, outages, jumps; /* jumps of the wall clock by an hour */
    enum sim_mood evil;                   /* of the first tenant's first client; SIM_POLITE: there is none */
    bool listener, mute;                  /* a second page on a conversation; a page that never says hello */
    uint64_t chaos_ns;                    /* faults happen until then */
};

/* Draws from w. */
void sim_plan_draw(struct sim_world *w, struct sim_plan *p);
void sim_plan_log(struct sim_world *w, const struct sim_plan *p);

#endif
