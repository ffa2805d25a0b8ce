/* The engine's doors and what it does as time passes. See engine.h. */
#include "actor/engine.h"

#include <stdio.h>
#include <string.h>

#include "actor/actor.h"
#include "actor/engine_state.h"
#include "actor/session.h"
#include "actor/supervise.h"
#include "actor/tenant.h"
#include "actor/turn.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/store.h"
#include "vm/alloc.h"
#include "vm/bundle.h"
#include "vm/deliver.h"
#include "vm/log_quota.h"

#define SWEEP_NS 1000000000ull
#define RELIEVE_NS 20000000 /* between two looks for states that are short of memory */
#define RELIEVE_LOOK 4000
#define RELIEVE_MAX 500
#define REST_NS 500000000           /* without a turn for so long, a state rests */
#define REST_LONG_NS 30000000000ull /* after so long, what few messages left is worth it, too */
#define GARBAGE_MIN 65536           /* bytes: less is not worth a collection of its own */
#define LEFT_MIN 64                 /* actors: fewer are not worth a collection of their own */

static struct map_key tenant_key(const void *value)
{
    const struct tenant *t = value;
    return (struct map_key){&t->id, sizeof t->id};
}

struct engine *engine_new(const struct engine_config *config, const struct engine_ops *ops, void *ctx)
{
    struct engine *e = mem_zalloc(sizeof *e);
    e->config = *config;
    e->ops = ops;
    e->ctx = ctx;
    map_init(&e->tenants, tenant_key);
    slots_init(&e->actors, sizeof(struct actor));
    slots_init(&e->sessions, sizeof(struct session));
    slots_init(&e->asks, sizeof(struct ask));
    timers_init(&e->timers);
    list_init(&e->ready);
    list_init(&e->holding);
    list_init(&e->idle);
    e->next_sweep_ns = now_ns(e) + SWEEP_NS;
    return e;
}

void engine_free(struct engine *e)
{
    uint32_t at = 0;
    for (struct actor *a; (a = slots_next(&e->actors, &at)) != NULL;) {
        if (a->live == NULL) continue;
        if (a->live->turn != NULL) turn_free(e, a);
        mailbox_clear(&a->live->mailbox);
        mem_free(a->live);
    }
    turn_pool_clear(e);
    at = 0;
    for (struct session *s; (s = slots_next(&e->sessions, &at)) != NULL;) session_set_meta(s, NULL, 0);
    size_t i = 0;
    struct tenant *t;
    while (i = 0, (t = map_next(&e->tenants, &i)) != NULL) tenant_unload(e, t);
    map_deinit(&e->tenants);
    timers_deinit(&e->timers);
    slots_deinit(&e->actors);
    slots_deinit(&e->sessions);
    slots_deinit(&e->asks);
    for (int k = 0; k < KINDS_MAX; k++) mem_free(e->kinds[k]);
    bundle_release(e->bundle);
    mem_free(e);
}

/* The system's own scripts keep each version in the store before a dialog can
 * begin on it: see scripts/actors/library.lua. */
static void keep_bundle(struct engine *e)
{
    struct tenant *system = tenant_need(e, 0);
    struct actor *a = system != NULL
                          ? actor_need(e, system, "library", 7, bundle_version(e->bundle), ACTOR_KEY_MAX - 1)
                          : NULL;
    if (a != NULL) actor_post(e, a, mail_new(MAIL_LETTER, 0, "keep", 4)); /* full: it is asked already */
}

void engine_set_bundle(struct engine *e, struct bundle *b)
{
    struct bundle *old = e->bundle;
    e->bundle = bundle_retain(b);
    bundle_release(old);
    keep_bundle(e);
}

/* ---- messages from outside ---- */

int64_t engine_seat(struct engine *e, struct peer from, int64_t tenant, const char *kind, size_t kind_len,
                    const char *key, size_t key_len, const char *text, size_t len)
{
    struct tenant *t = tenant_need(e, tenant);
    struct actor *a = t ? actor_need(e, t, kind, kind_len, key, key_len) : NULL;
    if (a == NULL) return 0;
    struct session *s = session_new(e, a, from);
    int64_t name = slot_name(&s->slot);
    enum mail_kind mail = from.mode == PEER_HTTP ? MAIL_POST : MAIL_OPEN;
    s->waits = mail == MAIL_OPEN;
    if (actor_post(e, a, mail_new(mail, name, text, len))) return name;
    session_free(e, s);
    return 0;
}

int64_t engine_request(struct engine *e, struct peer from, const char *json, size_t len)
{
    char key[24];
    struct tenant *system = tenant_need(e, 0);
    if (system == NULL) return 0;
    int n = snprintf(key, sizeof key, "r%llu", (unsigned long long)++e->requests);
    struct actor *a = actor_need(e, system, "http", 4, key, (size_t)n);
    if (a == NULL) return 0;
    struct session *s = session_new(e, a, from);
    actor_post(e, a, mail_new(MAIL_REQUEST, slot_name(&s->slot), json, len)); /* a new mailbox has room */
    return slot_name(&s->slot);
}

void engine_mail(struct engine *e, int64_t tenant, const char *kind, size_t kind_len, const char *key,
                 size_t key_len, const char *text, size_t len)
{
    struct tenant *t = tenant_need(e, tenant);
    struct actor *a = t ? actor_need(e, t, kind, kind_len, key, key_len) : NULL;
    if (a == NULL || !actor_post(e, a, mail_new(MAIL_LETTER, 0, text, len)))
        log_write(LOG_WARN, "mail refused: its mailbox is full", LOG_INT("tenant", tenant),
                  LOG_STRN("to", key, key_len));
}

void engine_fetched(struct engine *e, int64_t actor, uint32_t number, struct buf *rows)
{
    struct actor *a = slots_named(&e->actors, actor);
    struct store_job *job = store_job_new(NULL, STORE_QUERY, 0); /* for its rows alone */
    job->rows = *rows;
    buf_init(rows);
    if (a != NULL)
        turn_answered(e, a, number, job, NULL, 0);
    else
        store_job_free(job);
}

void engine_studied(struct engine *e, int64_t actor, uint32_t number, int err, const char *text, size_t len)
{
    struct actor *a = slots_named(&e->actors, actor);
    if (a == NULL) return;
    if (err == ERR_OK) return turn_answered(e, a, number, NULL, mail_new(MAIL_LETTER, 0, text, len), 0);
    struct store_job *job = store_job_new(NULL, STORE_QUERY, 0); /* for its error alone */
    job->status = err;
    while (len > 0 && text[len - 1] == '\n') len--; /* text is an envelope's: no NUL behind it */
    snprintf(job->error, sizeof job->error, "%.*s", (int)len, text);
    turn_answered(e, a, number, job, NULL, 0);
}

/* One call that waits is enough, however many rows were written. */
void engine_wake(struct engine *e)
{
    struct tenant *system = tenant_need(e, 0);
    struct actor *a = system != NULL ? actor_need(e, system, "jobs", 4, "claimer", 7) : NULL;
    if (a == NULL || (a->live != NULL && a->live->mailbox.count > 0)) return;
    const char *word = e->claims ? "wake" : "start";
    e->claims = true;
    actor_post(e, a, mail_new(MAIL_LETTER, 0, word, strlen(word)));
}

void engine_frame(struct engine *e, int64_t session, const char *text, size_t len)
{
    struct session *s = slots_named(&e->sessions, session);
    struct actor *a = s ? session_actor(e, s) : NULL;
    if (a == NULL || s->refused || actor_post(e, a, mail_new(MAIL_FRAME, session, text, len))) return;
    s->refused = true; /* what comes before the close must not overtake this one */
    static const char why[] = "too many messages are waiting";
    e->ops->close(e->ctx, s->peer, 1013, why, sizeof why - 1);
}

void engine_gone(struct engine *e, int64_t session)
{
    struct session *s = slots_named(&e->sessions, session);
    if (s == NULL) return;
    struct actor *a = session_actor(e, s);
    bool tell = a != NULL && a->live != NULL &&
                (a->live->self != NO_SELF || a->live->turn != NULL || a->live->mailbox.count > 0) &&
                s->peer.mode != PEER_HTTP;
    if (tell)
        actor_post(e, a, mail_new(MAIL_GONE, session, "", 0)); /* a full mailbox: it only misses a goodbye */
    bool streaming = a != NULL && a->live != NULL && a->live->turn != NULL && a->live->turn->streaming;
    session_free(e, s);
    if (streaming && session_first(e, a) == NULL) e->ops->stream_end(e->ctx, slot_name(&a->slot), true);
}

void engine_job_done(struct engine *e, struct store_job *job)
{
    struct actor *a = slots_named(&e->actors, (int64_t)job->tag[0]);
    e->jobs--;
    if (a == NULL)
        store_job_free(job);
    else if (job->kind == STORE_QUERY)
        turn_answered(e, a, (uint32_t)job->tag[1], job, NULL, 0);
    else
        turn_commit_done(e, a, job);
}

/* ---- time ---- */

static void fire(struct engine *e, struct timer *timer)
{
    struct actor *a = slots_named(&e->actors, timer->actor);
    uint32_t asked = timer->asked;
    char name[TIMER_NAME_MAX];
    memcpy(name, timer->name, sizeof name);
    for (struct timer **at = a && a->live ? &a->live->timers : NULL; at != NULL && *at != NULL;
         at = &(*at)->sibling) {
        if (*at != timer) continue;
        *at = timer->sibling;
        break;
    }
    timers_cancel(&e->timers, timer);
    if (a == NULL) return;
    if (asked != 0)
        turn_answered(e, a, asked, NULL, NULL, ERR_TIMEOUT);
    else
        actor_post(e, a, mail_new(MAIL_TIMER, 0, name, strlen(name)));
}

/* Idle actors, oldest first. One with a named timer stays: its timer is in
 * memory only. Asks whose asker is gone are cleared here, too. */
static void passivate_idle(struct engine *e, uint64_t now)
{
    struct list *at = e->idle.next, *next;
    for (uint32_t n = 0; at != &e->idle && n < 20000; at = next, n++) {
        struct actor *a = container_of(at, struct live, link)->actor;
        next = at->next;
        if (a->state == ACTOR_PARKED) {
            if (now >= a->live->since_ns) actor_set_state(e, a, ACTOR_IDLE);
            continue;
        }
        if (now - a->live->since_ns < e->config.passivate_ns) break;
        if (a->live->timers == NULL) actor_passivate(e, a);
    }
}

static void sweep_asks(struct engine *e)
{
    uint32_t at = 0;
    for (struct ask *ask; (ask = slots_next(&e->asks, &at)) != NULL;) {
        struct actor *a = slots_named(&e->actors, ask->actor);
        if (a == NULL || a->live == NULL || a->live->turn == NULL ||
            a->live->turn->wait_number != ask->wait_number)
            slots_give(&e->asks, ask);
    }
}

static void tell_logs(struct engine *e)
{
    size_t at = 0;
    for (struct tenant *t; (t = map_next(&e->tenants, &at)) != NULL;) log_quota_tell(t->vm, false);
}

static void unload_tenants(struct engine *e, uint64_t now)
{
    size_t at = 0;
    struct tenant *t, *old = NULL;
    while ((t = map_next(&e->tenants, &at)) != NULL)
        if (t->actors.used == 0 && now - t->empty_since_ns > e->config.unload_ns) old = t;
    if (old != NULL) tenant_unload(e, old); /* one a sweep: removal moves entries */
}

/* A state past half its memory: its oldest idle actors leave before their
 * time, a few at each look, until the pressure is gone. */
static void relieve(struct engine *e, struct tenant *t)
{
    struct list *at = e->idle.next, *next;
    uint32_t left = 0;
    for (uint32_t n = 0; at != &e->idle && n < RELIEVE_LOOK && left < RELIEVE_MAX; at = next, n++) {
        struct actor *a = container_of(at, struct live, link)->actor;
        next = at->next;
        if (a->tenant != t || a->state != ACTOR_IDLE || a->live->timers != NULL) continue;
        actor_passivate(e, a);
        left++;
    }
}

static void relieve_pressed(struct engine *e, uint64_t now)
{
    if (now < e->next_relief_ns) return;
    e->next_relief_ns = now + RELIEVE_NS;
    size_t at = 0;
    for (struct tenant *t; (t = map_next(&e->tenants, &at)) != NULL;)
        if (vm_state_pressed(t->vm)) relieve(e, t);
}

static size_t worth_collecting(const struct tenant *t, uint64_t now)
{
    if (now - t->last_turn_ns > REST_LONG_NS) return t->settled + t->settled / 8;
    return t->settled + t->settled / 2 + GARBAGE_MIN;
}

/* A state at rest allocates nothing, so its collector would sleep on what
 * passivated actors and the loading of scripts left. A step a tick, only while
 * no actor is ready. */
static bool collect_left(struct engine *e, uint64_t now)
{
    size_t at = 0;
    for (struct tenant *t; (t = map_next(&e->tenants, &at)) != NULL;) {
        if (now - t->last_turn_ns < REST_NS) continue;
        if (t->left < LEFT_MIN && vm_state_memory(t->vm) < worth_collecting(t, now)) continue;
        if (vm_state_collect_step(t->vm)) {
            uint32_t gone = t->seen < t->left ? t->seen : t->left;
            e->stats.actors_collected += gone + 1;
            t->left -= gone;
            t->seen = t->left; /* those left while this cycle was under way: the next finds them */
            t->settled = vm_state_memory(t->vm);
            vm_alloc_release();
        }
        return true;
    }
    return false;
}

void engine_tick(struct engine *e)
{
    uint64_t now = now_ns(e);
    for (struct timer *t; (t = timers_due(&e->timers, now)) != NULL;) fire(e, t);
    relieve_pressed(e, now);
    e->collecting = list_empty(&e->ready) && collect_left(e, now);
    if (now < e->next_sweep_ns) return;
    e->next_sweep_ns = now + SWEEP_NS;
    passivate_idle(e, now);
    sweep_asks(e);
    tell_logs(e);
    unload_tenants(e, now);
}

uint64_t engine_next_due(const struct engine *e)
{
    uint64_t due = timers_next(&e->timers);
    if (e->collecting) return 0; /* as soon as the loop has nothing better to do */
    return due < e->next_sweep_ns ? due : e->next_sweep_ns;
}

bool engine_quiet(const struct engine *e)
{
    return e->busy == 0 && list_empty(&e->ready) && list_empty(&e->holding);
}

void engine_stats(const struct engine *e, struct engine_stats *out)
{
    *out = e->stats;
    out->actors_known = e->actors.used;
    out->sessions = e->sessions.used;
    out->tenants_loaded = e->tenants.used;
    size_t at = 0;
    for (struct tenant *t; (t = map_next(&e->tenants, &at)) != NULL;) supervise_add(t, out);
}
