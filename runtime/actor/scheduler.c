/* Two things decide which actor runs next.
 *
 * Deficit round robin between tenants (Shreedhar, Varghese 1995): each gets a
 * quantum of Lua time a round, so a tenant with many busy actors waits for
 * its own, not the others for it.
 *
 * A turn holds some 5 KB from its begin to its commit. When a rush of messages
 * is faster than the store, they wait as mail, a few hundred bytes each, and
 * turns begin as jobs come back: at most JOBS_MAX of them are at the store.
 * What has begun goes on in any case, for that is what makes room. */
#include "actor/scheduler.h"

#include "actor/actor.h"
#include "actor/engine_state.h"
#include "actor/tenant.h"
#include "actor/turn.h"
#include "base/mem.h"

#define QUANTUM_NS 1000000
#define SLICE_MIN_NS 1000 /* charged at least: a frozen test clock must not stop the round */
#define JOBS_MAX 1024     /* more than a group commit takes, so that the store never waits for turns */

static bool may_begin(const struct engine *e) { return e->jobs < JOBS_MAX; }

/* Where the tenant belongs now: among those that can run, or those that wait
 * for the store to begin anything. */
static void place(struct engine *e, struct tenant *t)
{
    bool runs = !list_empty(&t->ready) || (!list_empty(&t->fresh) && may_begin(e));
    list_remove(&t->link);
    t->holding = !runs && !list_empty(&t->fresh);
    if (runs)
        list_push_back(&e->ready, &t->link);
    else if (t->holding)
        list_push_back(&e->holding, &t->link);
    else
        t->deficit_ns = 0;
}

void scheduler_ready(struct engine *e, struct actor *a)
{
    struct tenant *t = a->tenant;
    bool begins = a->live->turn == NULL || a->live->turn->parked;
    list_push_back(begins ? &t->fresh : &t->ready, &a->live->link);
    if (list_empty(&t->link) || (t->holding && !begins)) place(e, t);
}

/* In turn, so that neither one's endless loop nor a rush keeps the other away. */
static struct actor *next_of(struct engine *e, struct tenant *t)
{
    bool fresh = !list_empty(&t->fresh) && may_begin(e), ready = !list_empty(&t->ready);
    if (!fresh && !ready) return NULL;
    t->began = fresh && !(ready && t->began);
    return container_of(t->began ? t->fresh.next : t->ready.next, struct live, link)->actor;
}

static void run_tenant(struct engine *e, struct tenant *t, uint64_t *now, uint64_t end)
{
    t->deficit_ns += QUANTUM_NS;
    for (struct actor *a; t->deficit_ns > 0 && *now < end && (a = next_of(e, t)) != NULL;) {
        turn_slice(e, a);
        uint64_t after = now_ns(e), spent = after - *now;
        *now = after;
        t->last_turn_ns = after;
        e->stats.lua_ns += spent;
        if (spent > e->stats.longest_slice_ns) e->stats.longest_slice_ns = spent;
        t->deficit_ns -= (int64_t)(spent > SLICE_MIN_NS ? spent : SLICE_MIN_NS);
    }
}

bool engine_run(struct engine *e, uint64_t budget_ns)
{
    uint64_t now = now_ns(e), end = now + budget_ns;
    while (may_begin(e) && !list_empty(&e->holding))
        place(e, container_of(e->holding.next, struct tenant, link));
    for (uint32_t rounds = 0; !list_empty(&e->ready) && now < end && rounds < 10000; rounds++) {
        struct tenant *t = container_of(e->ready.next, struct tenant, link);
        run_tenant(e, t, &now, end);
        place(e, t);
    }
    return !list_empty(&e->ready);
}
