/* See supervise.h. */
#include "actor/supervise.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actor/actor.h"
#include "actor/engine_state.h"
#include "actor/tenant.h"
#include "actor/turn.h"
#include "base/log.h"
#include "base/mem.h"
#include "vm/state.h"

#define MINUTE_NS 60000000000ull
#define TRIM_NS 100000000ull  /* at least so long between two trims: each takes some ms */
#define TRIM_BYTES (8u << 20) /* a failed turn in a smaller state leaves little */

/* ---- accounts and the quota ---- */

static void turn_minute(struct engine *e, struct tenant_account *a)
{
    uint64_t minute = now_ns(e) / MINUTE_NS;
    if (minute == a->minute) return;
    a->last_minute_ns = minute == a->minute + 1 ? a->minute_ns : 0;
    a->minute_ns = 0;
    a->minute = minute;
    a->quota_told = false;
}

void supervise_spent(struct engine *e, struct tenant *t, uint64_t cpu_ns)
{
    turn_minute(e, &t->account);
    t->account.cpu_ns += cpu_ns;
    t->account.minute_ns += cpu_ns;
}

static uint64_t quota_ns(const struct engine *e, const struct tenant *t)
{
    int64_t allowed = vm_allowance(t->vm)->cpu_ns;
    return allowed < 0 ? e->config.cpu_quota_ns : (uint64_t)allowed;
}

bool supervise_refuses(struct engine *e, struct actor *a)
{
    struct tenant *t = a->tenant;
    const struct mail *m = a->live->mailbox.head;
    uint64_t quota = quota_ns(e, t);
    if (quota == 0 || t->id == 0 || m == NULL) return false;
    if (m->kind != MAIL_FRAME && m->kind != MAIL_POST) return false;
    turn_minute(e, &t->account);
    if (t->account.minute_ns < quota) return false;
    t->account.refused++;
    if (!t->account.quota_told)
        log_write(LOG_WARN, "a tenant has used up its CPU time of this minute", LOG_INT("tenant", t->id));
    t->account.quota_told = true;
    return true;
}

/* ---- rebuilding ---- */

/* The n-th within a minute? Counts from the first on. */
static bool too_often(uint64_t now, uint64_t *since, uint32_t *count, uint32_t limit)
{
    if (*count == 0 || now - *since > MINUTE_NS) {
        *count = 0;
        *since = now;
    }
    if (++*count < limit) return false;
    *count = 0;
    return true;
}

/* Nothing of the actor stays in the old state: see turn_interrupt. */
static void take_out(struct engine *e, struct actor *a)
{
    bool idle = a->state == ACTOR_IDLE;
    if (a->live == NULL) return;
    if (a->live->turn != NULL) turn_interrupt(e, a);
    actor_forget_self(e, a);
    if (!idle) return;
    if (a->live->timers != NULL)
        list_remove(&a->live->link); /* its timer wakes it */
    else
        actor_set_state(e, a, ACTOR_IDLE); /* freed when nobody sits there */
}

static void rebuild(struct engine *e, struct tenant *t)
{
    struct vm_state *old = t->vm, *fresh = tenant_boot(e, t->id);
    if (fresh == NULL) return; /* logged; the old one goes on */
    vm_allowance_set(fresh, vm_allowance(old));
    t->account.errors += vm_state_faults(old);
    size_t count = 0, at = 0;
    int64_t *names = mem_alloc((t->actors.used + 1) * sizeof *names);
    for (struct actor *a; (a = map_next(&t->actors, &at)) != NULL;) names[count++] = slot_name(&a->slot);
    for (size_t i = 0; i < count; i++) {
        struct actor *a = slots_named(&e->actors, names[i]); /* the ones before may have ended it */
        if (a != NULL) take_out(e, a);
    }
    mem_free(names);
    for (int i = 0; i < VM_LIMITS; i++) t->account.limits[i] += vm_state_limits(old)[i];
    vm_state_free(old);
    t->vm = fresh;
    t->settled = 0;
    t->left = 0;
    t->account.rebuilt++;
    e->stats.rebuilt++;
}

/* Who did it, for the tenant's own actor: scripts/actors/tenant.lua. */
static void tell(struct engine *e, struct tenant *t, const char *name, const char *why)
{
    char text[200];
    int n = snprintf(text, sizeof text, "misbehaved %s %s", name, why);
    log_write(LOG_ERROR, "a tenant's scripts misbehave again and again", LOG_INT("tenant", t->id),
              LOG_STR("actor", name), LOG_STR("error", why));
    struct actor *a = actor_need(e, t, "tenant", 6, "self", 4);
    if (a != NULL) actor_post(e, a, mail_new(MAIL_LETTER, 0, text, (size_t)n));
}

/* What a turn took and lost lies in small blocks that malloc keeps; the next
 * bad turn may want large ones, and the process would hold both. */
static void give_back(struct engine *e, uint64_t now)
{
    if (now < e->next_trim_ns) return;
    e->next_trim_ns = now + TRIM_NS;
    malloc_trim(0);
}

void supervise_failed(struct engine *e, struct tenant *t, bool killed, const char *name)
{
    const char *why = NULL;
    uint64_t now = now_ns(e);
    size_t used = vm_state_memory(t->vm);
    struct tenant_account *a = &t->account;
    killed ? a->killed++ : a->errors++;
    if (t->id == 0) return;
    if (vm_state_take_stall(t->vm))
        why = "one instruction stalled the server";
    else if (vm_state_exhausted(t->vm))
        why = "its memory stays full";
    else if (killed && too_often(now, &a->kills_since_ns, &a->kills, SUPERVISE_KILLS))
        why = "its turns were stopped again and again";
    if (why == NULL) return used > TRIM_BYTES || killed ? give_back(e, now) : (void)0;
    log_write(LOG_WARN, "a tenant's state is rebuilt", LOG_INT("tenant", t->id), LOG_STR("actor", name),
              LOG_STR("error", why));
    rebuild(e, t);
    give_back(e, now);
    if (too_often(now, &a->rebuilds_since_ns, &a->rebuilds, SUPERVISE_REBUILDS)) tell(e, t, name, why);
}

/* ---- the operator's view ---- */

void supervise_add(const struct tenant *t, struct engine_stats *out)
{
    out->state_bytes += vm_state_memory(t->vm);
    for (int i = 0; i < VM_LIMITS; i++) out->limits[i] += t->account.limits[i] + vm_state_limits(t->vm)[i];
}

int supervise_compare(const void *a, const void *b)
{
    const struct tenant_load *x = a, *y = b;
    if (x->minute_ns != y->minute_ns) return x->minute_ns > y->minute_ns ? -1 : 1;
    if (x->cpu_ns != y->cpu_ns) return x->cpu_ns > y->cpu_ns ? -1 : 1;
    return x->tenant < y->tenant ? -1 : x->tenant > y->tenant;
}

static struct tenant_load load_of(const struct tenant *t)
{
    const struct tenant_account *a = &t->account;
    struct tenant_load l = {.tenant = t->id,
                            .cpu_ns = a->cpu_ns,
                            .minute_ns = a->minute_ns > a->last_minute_ns ? a->minute_ns : a->last_minute_ns,
                            .memory = vm_state_memory(t->vm),
                            .memory_cap = vm_allowance_memory(t->vm),
                            .actors = t->actors.used,
                            .dialogs = t->parked,
                            .turns = a->turns,
                            .errors = a->errors + vm_state_faults(t->vm),
                            .killed = a->killed,
                            .refused = a->refused,
                            .rebuilt = a->rebuilt,
                            .parked = a->parked};
    memcpy(l.plan, vm_allowance(t->vm)->plan, sizeof l.plan);
    for (int i = 0; i < VM_LIMITS; i++) l.limits[i] = a->limits[i] + vm_state_limits(t->vm)[i];
    return l;
}

/* Thousands of tenants may be loaded: each is compared with the least of the few that are kept. */
size_t supervise_top(const struct engine *e, struct tenant_load *out, size_t max)
{
    size_t n = 0, at = 0;
    for (struct tenant *t; (t = map_next(&e->tenants, &at)) != NULL;) {
        struct tenant_load l = load_of(t);
        if (n == max && supervise_compare(&l, &out[n - 1]) >= 0) continue;
        size_t i = n < max ? n++ : n - 1;
        for (; i > 0 && supervise_compare(&l, &out[i - 1]) < 0; i--) out[i] = out[i - 1];
        out[i] = l;
    }
    return n;
}
