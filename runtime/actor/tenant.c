/* Tenants of one engine: a Lua state each, loaded at the first message and
 * unloaded when nothing lived in it for a while. */
#include "actor/tenant.h"

#include <stdio.h>
#include <string.h>

#include "actor/actor.h"
#include "actor/engine_state.h"
#include "base/log.h"
#include "base/mem.h"
#include "vm/bundle.h"

struct tenant *tenant_find(struct engine *e, int64_t id) { return map_find(&e->tenants, &id, sizeof id); }

static struct map_key actor_name(const void *value)
{
    const struct actor *a = value;
    return (struct map_key){a->name, a->name_len};
}

static bool boot(struct engine *e, struct vm_state *vm, int64_t id)
{
    char why[512];
    if (vm_state_boot(vm, e->bundle, why, sizeof why) == ERR_OK) return true;
    log_write(LOG_ERROR, "scripts do not start", LOG_INT("tenant", id), LOG_STR("error", why));
    return false;
}

struct vm_state *tenant_boot(struct engine *e, int64_t id)
{
    struct vm_state *vm = vm_state_new(&e->config.vm, id);
    if (boot(e, vm, id)) return vm;
    vm_state_free(vm);
    return NULL;
}

struct tenant *tenant_need(struct engine *e, int64_t id)
{
    struct tenant *t = tenant_find(e, id);
    if (t != NULL) return t;
    struct vm_state *vm = tenant_boot(e, id);
    if (vm == NULL) return NULL;
    t = mem_zalloc(sizeof *t);
    t->id = id;
    t->vm = vm;
    t->empty_since_ns = now_ns(e);
    map_init(&t->actors, actor_name);
    list_init(&t->fresh);
    list_init(&t->ready);
    list_init(&t->link);
    map_put(&e->tenants, t);
    return t;
}

/* Between two messages: the next turn of any of its actors runs on the new
 * scripts. If they do not start here (they did in the check), the old stay. */
void tenant_follow_bundle(struct engine *e, struct tenant *t)
{
    if (vm_state_bundle(t->vm) == e->bundle) return;
    if (boot(e, t->vm, t->id)) e->stats.reloads++;
}

void tenant_unload(struct engine *e, struct tenant *t)
{
    map_take(&e->tenants, &t->id, sizeof t->id);
    uint64_t bytes = e->stats.state_bytes;
    supervise_add(t, &e->stats);
    e->stats.state_bytes = bytes; /* only its counters outlive it */
    list_remove(&t->link);
    map_deinit(&t->actors);
    vm_state_free(t->vm);
    mem_free(t);
}
