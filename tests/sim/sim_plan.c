/* Each class of faults is on in some seeds and off in others, so that a
 * failing seed tells by its plan what it takes. */
#include "sim_plan.h"

#include <string.h>

#include "sim_world.h"

#define NEVER_ENDING 5000000 /* instructions: far more than any honest turn */

static void draw_engine(struct sim_world *w, struct sim_plan *p)
{
    struct engine_config *e = &p->engine;
    e->vm.memory_cap = 64u << 20;
    e->vm.turn_budget_ns = 60 * SIM_SECOND;
    if (sim_chance(w, 600)) e->vm.slice_instructions = (int)sim_between(w, 300, 50000);
    if (p->evil == SIM_LOOP) { /* over its budget at the first preemption: no real time is involved */
        e->vm.slice_instructions = NEVER_ENDING;
        e->vm.turn_budget_ns = 0;
    }
    memset(e->vm.secret, 0x5a, sizeof e->vm.secret);
    e->passivate_ns = sim_between(w, 1, 90) * SIM_SECOND;
    e->unload_ns = sim_between(w, 1, 60) * SIM_SECOND;
    e->parked_max = sim_chance(w, 300) ? 0 : (uint32_t)sim_between(w, 1, 100);
}

static void draw_store(struct sim_world *w, struct sim_plan *p)
{
    p->store.usual_ns = sim_between(w, 1, 30) * SIM_MS;
    if (sim_chance(w, 300)) p->store.slow = (uint32_t)sim_between(w, 5, 100);
    if (sim_chance(w, 500)) p->store.unavailable = (uint32_t)sim_between(w, 5, 100);
    if (sim_chance(w, 500)) p->store.unknown = (uint32_t)sim_between(w, 5, 150);
    if (sim_chance(w, 300)) p->outages = (int)sim_between(w, 1, 3);
}

static void draw_habits(struct sim_world *w, struct sim_habits *h)
{
    h->window = sim_chance(w, 300) ? sim_between(w, 2, 6) : 1;
    h->think_ns = sim_chance(w, 300) ? 50 * SIM_MS : 2 * SIM_SECOND;
    if (sim_chance(w, 600)) h->hang_up = (uint32_t)sim_between(w, 10, 200);
    if (sim_chance(w, 300)) h->twice = (uint32_t)sim_between(w, 50, 500);
    if (sim_chance(w, 300) && h->window == 1) h->post = (uint32_t)sim_between(w, 50, 500);
    if (sim_chance(w, 200)) h->hasty = 500;
    h->stream = sim_chance(w, 500);
}

/* More at once than a mailbox holds. */
static void draw_flood(struct sim_world *w, struct sim_plan *p)
{
    if (!sim_chance(w, 50)) return;
    p->clients = 1;
    p->messages = 75; /* with the answers fewer than the 200 that a page is shown again */
    p->habits.window = 100;
    p->habits.think_ns = SIM_MS;
    p->habits.post = 0;
}

void sim_plan_draw(struct sim_world *w, struct sim_plan *p)
{
    memset(p, 0, sizeof *p);
    p->tenants = (int)sim_between(w, 1, 3);
    p->clients = (int)sim_between(w, 1, 4);
    p->messages = sim_between(w, 4, 24);
    p->chaos_ns = sim_between(w, 20, 60) * SIM_SECOND;
    p->evil = sim_chance(w, 900) ? SIM_POLITE : sim_chance(w, 700) ? SIM_POISON : SIM_LOOP;
    p->listener = sim_chance(w, 300);
    p->mute = sim_chance(w, 100);
    p->tick_ns = sim_chance(w, 500) ? sim_between(w, 100, 20000) : 0;
    p->run_budget_ns = sim_chance(w, 500) ? sim_between(w, 1, 200) * 1000 : 4 * SIM_MS;
    if (sim_chance(w, 400)) p->crashes = (int)sim_between(w, 1, 4);
    if (sim_chance(w, 400)) p->reloads = (int)sim_between(w, 1, 5);
    if (sim_chance(w, 300)) p->jumps = (int)sim_between(w, 1, 4);
    draw_engine(w, p);
    draw_store(w, p);
    draw_habits(w, &p->habits);
    draw_flood(w, p);
    p->habits.prompt = p->store.slow == 0;
    p->habits.may_overtake =
        p->habits.window > 1 && (p->store.unavailable > 0 || p->store.unknown > 0 || p->outages > 0);
}

void sim_plan_log(struct sim_world *w, const struct sim_plan *p)
{
    const struct engine_config *e = &p->engine;
    sim_log(w, "plan: %d tenants, %d clients each, %zu messages, mood %d, listener %d, mute %d, chaos %llu s",
            p->tenants, p->clients, p->messages, (int)p->evil, p->listener, p->mute,
            (unsigned long long)(p->chaos_ns / SIM_SECOND));
    sim_log(w, "plan: crashes %d, reloads %d, outages %d, jumps %d, tick %llu ns, run %llu ns", p->crashes,
            p->reloads, p->outages, p->jumps, (unsigned long long)p->tick_ns,
            (unsigned long long)p->run_budget_ns);
    sim_log(w, "plan: slice %d, passivate %llu s, unload %llu s, parked %u", e->vm.slice_instructions,
            (unsigned long long)(e->passivate_ns / SIM_SECOND),
            (unsigned long long)(e->unload_ns / SIM_SECOND), e->parked_max);
    sim_log(w,
            "plan: store slow %u, unavailable %u, unknown %u; window %zu, hang up %u, twice %u, post %u, "
            "hasty %u",
            p->store.slow, p->store.unavailable, p->store.unknown, p->habits.window, p->habits.hang_up,
            p->habits.twice, p->habits.post, p->habits.hasty);
}
