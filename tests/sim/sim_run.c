/* The phases of a run: faults, then calm until every client has what it
 * asked for, then everybody leaves and the engine must become as new. */
#include "sim_run.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "sim_check.h"
#include "sim_client.h"
#include "sim_plan.h"
#include "sim_scripts.h"
#include "sim_server.h"
#include "sim_store.h"
#include "sim_world.h"

#define CLIENTS_MAX 20
#define STEPS_MAX 2000000
#define CALM_NS (400 * SIM_SECOND)  /* more than a parked actor and its client need */
#define SETTLE_NS (25 * SIM_SECOND) /* more than the longest delay */
#define STATE_MAX (16u << 20)       /* bytes a state may take here; an empty one has about 1 MiB */

struct run {
    struct sim_world world;
    struct sim_plan plan;
    struct sim_server *server;
    struct sim_client *client[CLIENTS_MAX];
    size_t clients;
    uint64_t steps;
};

/* ---- faults ---- */

static void on_crash(struct sim_world *w, void *arg, uint64_t number)
{
    (void)number;
    sim_server_crash(arg, sim_between(w, 50 * SIM_MS, 3 * SIM_SECOND));
}

static void on_reload(struct sim_world *w, void *arg, uint64_t number)
{
    (void)w;
    sim_server_reload(arg, (int)number);
}

static void on_outage(struct sim_world *w, void *arg, uint64_t number)
{
    (void)number;
    uint64_t ns = sim_between(w, SIM_SECOND, 8 * SIM_SECOND);
    sim_log(w, "the store is away for %.3f s", (double)ns / 1e9);
    sim_store_outage(sim_server_store(arg), ns);
}

static void on_jump(struct sim_world *w, void *arg, uint64_t number)
{
    (void)arg;
    sim_log(w, "the wall clock jumps %s an hour", number ? "forward" : "back");
    w->wall_ms += number ? 3600000 : -3600000;
}

static void schedule(struct run *r)
{
    struct sim_world *w = &r->world;
    const struct sim_plan *p = &r->plan;
    for (int i = 0; i < p->crashes; i++) sim_after(w, sim_between(w, 0, p->chaos_ns), on_crash, r->server, 0);
    for (int i = 0; i < p->outages; i++)
        sim_after(w, sim_between(w, 0, p->chaos_ns), on_outage, r->server, 0);
    for (int i = 0; i < p->jumps; i++)
        sim_after(w, sim_between(w, 0, p->chaos_ns), on_jump, NULL, sim_between(w, 0, 1));
    for (int i = 0; i < p->reloads; i++)
        sim_after(w, sim_between(w, 0, p->chaos_ns), on_reload, r->server,
                  sim_between(w, 0, SIM_VERSIONS - 1));
}

/* ---- people ---- */

static struct sim_client *join(struct run *r, int tenant, enum sim_mood mood, size_t messages,
                               struct sim_client *with)
{
    struct sim_client *c = sim_client_new(&r->world, r->server, tenant, (int)r->clients, mood, messages,
                                          &r->plan.habits, with, r->plan.chaos_ns / 4);
    r->client[r->clients++] = c;
    return c;
}

static void people(struct run *r)
{
    const struct sim_plan *p = &r->plan;
    for (int tenant = 1; tenant <= p->tenants; tenant++)
        for (int i = 0; i < p->clients; i++) {
            enum sim_mood mood = tenant == 1 && i == 0 ? p->evil : SIM_POLITE;
            struct sim_client *c = join(r, tenant, mood, p->messages, NULL);
            if (p->listener && i == p->clients - 1) join(r, tenant, SIM_POLITE, 0, c);
        }
    if (p->mute) join(r, 1, SIM_MUTE, 0, NULL);
}

static bool all_done(const struct run *r)
{
    for (size_t i = 0; i < r->clients; i++)
        if (!sim_client_done(r->client[i])) return false;
    return true;
}

/* ---- time ---- */

static void step(struct run *r)
{
    struct sim_world *w = &r->world;
    uint64_t event = sim_next_due(w), engine = sim_server_next_due(r->server);
    if (event <= engine)
        sim_fire_next(w);
    else if (engine > w->now_ns)
        w->now_ns = engine;
    while (!w->failed && sim_server_run(r->server, r->plan.run_budget_ns) && sim_next_due(w) > w->now_ns)
        if (++r->steps > STEPS_MAX) break;
    if (++r->steps > STEPS_MAX) sim_fail(w, "no end of it: %d steps", STEPS_MAX);
}

static void go_on(struct run *r, uint64_t ns, bool until_done)
{
    struct sim_world *w = &r->world;
    uint64_t end = w->now_ns + ns;
    while (!w->failed && w->now_ns < end && !(until_done && all_done(r))) {
        uint64_t event = sim_next_due(w), engine = sim_server_next_due(r->server);
        if (event > end && engine > end) {
            w->now_ns = end;
            return;
        }
        step(r);
    }
}

/* ---- phases ---- */

static void calm_down(struct run *r)
{
    static const struct sim_store_faults none = {.usual_ns = 5 * SIM_MS};
    sim_log(&r->world, "calm");
    sim_store_set_faults(sim_server_store(r->server), &none);
    for (size_t i = 0; i < r->clients; i++) sim_client_calm(r->client[i]);
    go_on(r, CALM_NS, true);
    for (size_t i = 0; i < r->clients && !r->world.failed; i++)
        if (!sim_client_done(r->client[i]))
            sim_fail(&r->world, "client %s is not served in the end", sim_client_mark(r->client[i]));
    go_on(r, SETTLE_NS, false);
}

static void leave(struct run *r)
{
    const struct engine_config *e = &r->plan.engine;
    sim_log(&r->world, "all leave");
    for (size_t i = 0; i < r->clients; i++) sim_client_leave(r->client[i]);
    go_on(r, SETTLE_NS + 60 * SIM_SECOND + e->passivate_ns + e->unload_ns, false);
    if (sim_server_state_peak(r->server) > STATE_MAX * (uint64_t)(r->plan.tenants + 1))
        sim_fail(&r->world, "the states grew to %llu bytes",
                 (unsigned long long)sim_server_state_peak(r->server));
    if (!r->world.failed) sim_check_empty(&r->world, r->server);
}

void sim_run(struct sim_scripts *scripts, uint64_t seed, bool verbose, struct sim_verdict *verdict)
{
    struct run *r = mem_zalloc(sizeof *r);
    struct sim_world *w = &r->world;
    sim_world_init(w, seed, verbose);
    sim_capture_log(w);
    sim_plan_draw(w, &r->plan);
    sim_plan_log(w, &r->plan);
    w->tick_ns = r->plan.tick_ns;
    r->server = sim_server_new(w, scripts, &r->plan.engine);
    sim_store_set_faults(sim_server_store(r->server), &r->plan.store);
    people(r);
    schedule(r);
    go_on(r, r->plan.chaos_ns, false);
    if (!w->failed) calm_down(r);
    if (!w->failed) sim_check_history(w, r->server, r->client, r->clients);
    if (!w->failed) sim_check_work(w, r->server, r->client, r->clients, r->plan.tenants);
    if (!w->failed) leave(r);
    sim_server_free(r->server);
    for (size_t i = 0; i < r->clients; i++) sim_client_free(r->client[i]);
    verdict->failed = w->failed;
    verdict->hash = w->hash;
    memcpy(verdict->failure, w->failure, sizeof verdict->failure);
    sim_world_deinit(w);
    mem_free(r);
}
