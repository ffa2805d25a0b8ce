/* Actors: found or made by name, their states, their supervision.
 *
 *   IDLE -> READY          mail came
 *   READY -> WAITING       the turn asked for rows, an answer, a commit half-way
 *   WAITING -> READY       the answer is there
 *   READY -> COMMITTING    the turn ended with something to write
 *   COMMITTING -> IDLE | READY
 *   any -> PARKED -> IDLE  five failures in a minute; a minute later
 *
 * An actor without mail, turn and Lua table has no live part; without sessions
 * it is freed. */
#include "actor/actor.h"

#include <assert.h>
#include <string.h>

#include "actor/engine_state.h"
#include "actor/scheduler.h"
#include "actor/session.h"
#include "actor/tenant.h"
#include "actor/turn.h"
#include "base/log.h"
#include "base/mem.h"
#include "vm/deliver.h"

/* Supervision, after Erlang's restart intensity (reliability goal C5). */
#define FAILS_MAX 5
#define FAIL_WINDOW_S 60
#define PARK_NS 60000000000ull

static int kind_number(struct engine *e, const char *kind, size_t len)
{
    for (int i = 0; i < KINDS_MAX; i++) {
        if (e->kinds[i] == NULL) {
            e->kinds[i] = mem_dup(kind, len);
            return i;
        }
        if (strlen(e->kinds[i]) == len && memcmp(e->kinds[i], kind, len) == 0) return i;
    }
    return -1;
}

struct actor *actor_need(struct engine *e, struct tenant *t, const char *kind, size_t kind_len,
                         const char *key, size_t key_len)
{
    char name[ACTOR_KEY_MAX + 1];
    int number = kind_len > 0 && kind_len < 32 ? kind_number(e, kind, kind_len) : -1;
    if (number < 0 || key_len == 0 || key_len >= ACTOR_KEY_MAX || memchr(key, '\0', key_len)) return NULL;
    name[0] = (char)(number + 1);
    memcpy(name + 1, key, key_len);
    name[key_len + 1] = '\0';
    struct actor *a = map_find(&t->actors, name, key_len + 1);
    if (a != NULL) return a;
    a = slots_take(&e->actors);
    a->tenant = t;
    a->name_len = (uint8_t)(key_len + 1);
    memcpy(a->name, name, key_len + 2);
    map_put(&t->actors, a);
    return a;
}

const char *actor_kind(struct engine *e, const struct actor *a) { return e->kinds[a->name[0] - 1]; }
const char *actor_key(const struct actor *a) { return a->name + 1; }

static void wake(struct actor *a)
{
    if (a->live != NULL) return;
    a->live = mem_zalloc(sizeof *a->live);
    a->live->actor = a;
    a->live->self = NO_SELF;
    list_init(&a->live->link);
}

static void actor_free(struct engine *e, struct actor *a)
{
    assert(a->live == NULL && a->first_session == 0);
    map_take(&a->tenant->actors, a->name, a->name_len);
    if (a->tenant->actors.used == 0) a->tenant->empty_since_ns = now_ns(e);
    slots_give(&e->actors, a);
}

void actor_rest(struct engine *e, struct actor *a)
{
    struct live *l = a->live;
    if (l != NULL) {
        if (l->mailbox.count > 0 || l->turn != NULL || l->timers != NULL || l->self != NO_SELF) return;
        list_remove(&l->link);
        mem_free(l);
        a->live = NULL;
    }
    if (a->first_session == 0) actor_free(e, a);
}

static void set_idle(struct engine *e, struct actor *a)
{
    struct live *l = a->live;
    l->since_ns = now_ns(e);
    if (l->mailbox.count > 0)
        actor_set_state(e, a, ACTOR_READY);
    else if (l->stopping)
        actor_passivate(e, a);
    else if (l->self != NO_SELF || l->turn != NULL)
        list_push_back(&e->idle, &l->link);
    else
        actor_rest(e, a);
}

void actor_set_state(struct engine *e, struct actor *a, enum actor_state state)
{
    struct live *l = a->live;
    list_remove(&l->link);
    a->state = (uint8_t)state;
    if (state == ACTOR_READY) {
        scheduler_ready(e, a);
    } else if (state == ACTOR_IDLE) {
        set_idle(e, a);
    } else if (state == ACTOR_PARKED) {
        l->since_ns = now_ns(e) + PARK_NS;
        list_push_front(&e->idle, &l->link); /* the sweep ends at the first young idle one */
    }
}

bool actor_post(struct engine *e, struct actor *a, struct mail *m)
{
    if (a->state != ACTOR_PARKED) wake(a);
    if (a->state == ACTOR_PARKED || !mailbox_push(&a->live->mailbox, m)) {
        e->stats.overflows++;
        mail_free(m);
        return false;
    }
    if (a->state == ACTOR_IDLE) actor_set_state(e, a, ACTOR_READY);
    return true;
}

void actor_forget_self(struct engine *e, struct actor *a)
{
    if (a->live == NULL || a->live->self == NO_SELF) return;
    vm_deactivate(a->tenant->vm, a->live->self);
    a->live->self = NO_SELF;
    a->tenant->left++;
    e->stats.actors_live--;
}

void actor_drop_timers(struct engine *e, struct actor *a)
{
    while (a->live->timers != NULL) {
        struct timer *t = a->live->timers;
        a->live->timers = t->sibling;
        timers_cancel(&e->timers, t);
    }
}

void actor_drop_time_out(struct engine *e, struct actor *a, uint32_t wait_number)
{
    for (struct timer **at = &a->live->timers; *at != NULL; at = &(*at)->sibling) {
        struct timer *t = *at;
        if (t->asked != wait_number) continue;
        *at = t->sibling;
        return timers_cancel(&e->timers, t);
    }
}

void actor_passivate(struct engine *e, struct actor *a)
{
    assert(a->state == ACTOR_IDLE && a->live->mailbox.count == 0);
    if (a->live->turn != NULL) turn_free(e, a);
    actor_forget_self(e, a);
    actor_drop_timers(e, a);
    a->live->stopping = false;
    actor_rest(e, a);
}

void actor_fail(struct engine *e, struct actor *a)
{
    uint32_t now_s = (uint32_t)(now_ns(e) / 1000000000u);
    if (a->fails == 0 || now_s - a->fail_start_s > FAIL_WINDOW_S) {
        a->fails = 0;
        a->fail_start_s = now_s;
    }
    if (++a->fails < FAILS_MAX) return;
    a->fails = 0;
    e->stats.parked_actors++;
    a->tenant->account.parked++;
    log_write(LOG_ERROR, "actor parked: it failed five times within a minute",
              LOG_INT("tenant", a->tenant->id), LOG_STR("kind", actor_kind(e, a)),
              LOG_STR("actor", actor_key(a)));
    const char *why = "this conversation is being repaired";
    for (struct session *s = session_first(e, a), *next; s != NULL; s = next) {
        next = session_after(e, s);
        session_refuse(e, s, why);
    }
    mailbox_clear(&a->live->mailbox);
    actor_drop_timers(e, a);
    actor_set_state(e, a, ACTOR_PARKED);
}

void actor_timer(struct engine *e, struct actor *a, const char *name, size_t len, int64_t ms)
{
    for (struct timer **at = &a->live->timers; *at != NULL; at = &(*at)->sibling) {
        struct timer *t = *at;
        if (t->asked != 0 || strlen(t->name) != len || memcmp(t->name, name, len) != 0) continue;
        *at = t->sibling;
        timers_cancel(&e->timers, t);
        break;
    }
    if (ms < 0) return;
    struct timer *t = timers_start(&e->timers, now_ns(e) + (uint64_t)ms * 1000000u);
    if (t == NULL) return;
    t->actor = slot_name(&a->slot);
    memcpy(t->name, name, len);
    t->sibling = a->live->timers;
    a->live->timers = t;
}
