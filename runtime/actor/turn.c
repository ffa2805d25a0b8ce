/* A turn: one message through an actor's Lua, then one commit, then its
 * effects. Nothing of a turn is seen outside before its commit succeeded, and
 * a turn that fails leaves nothing but a MAIL_FAILED for its actor, which
 * starts again from the store. */
#include "actor/turn.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "actor/actor.h"
#include "actor/effects.h"
#include "actor/engine_state.h"
#include "actor/session.h"
#include "actor/supervise.h"
#include "actor/tenant.h"
#include "actor/turn_outside.h"
#include "actor/turn_values.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/store.h"
#include "vm/deliver.h"
#include "vm/log_quota.h"

#define ABANDONS_MAX 2
#define POOL_MAX 64 /* turns under way at once on a busy worker; each keeps at most 12 KiB */

enum job_tag { JOB_TURN, JOB_HALF, JOB_QUERY };

static void end_turn(struct engine *e, struct actor *a);
static void fail_turn(struct engine *e, struct actor *a, int code, const char *why);

static struct turn *turn_new(struct engine *e, struct actor *a)
{
    struct turn *t = e->turn_pool;
    if (t != NULL) {
        e->turn_pool = t->next;
        e->turn_pool_count--;
    } else {
        t = mem_zalloc(sizeof *t);
        vm_turn_init(&t->vm);
    }
    t->vm.system = a->tenant->id == 0;
    e->busy++;
    return t;
}

static void drop_answers(struct turn *t)
{
    store_job_free(t->answer);
    mail_free(t->letter);
    t->answer = NULL;
    t->letter = NULL;
    t->wait_code = 0;
}

/* Nobody asks for what comes by the turn's stream any more. */
static void end_stream(struct engine *e, struct actor *a)
{
    struct turn *t = a->live->turn;
    if (!t->streaming) return;
    t->streaming = false;
    e->ops->stream_end(e->ctx, slot_name(&a->slot), false);
}

void turn_free(struct engine *e, struct actor *a)
{
    struct turn *t = a->live->turn;
    end_stream(e, a);
    if (t->parked)
        a->tenant->parked--;
    else
        e->busy--;
    vm_fiber_drop(a->tenant->vm, t->fiber);
    drop_answers(t);
    mail_free(t->mail);
    a->live->turn = NULL;
    if (e->turn_pool_count >= POOL_MAX) {
        vm_turn_deinit(&t->vm);
        mem_free(t);
        return;
    }
    struct vm_turn warm = t->vm;
    vm_turn_reset(&warm);
    *t = (struct turn){.next = e->turn_pool, .vm = warm};
    e->turn_pool = t;
    e->turn_pool_count++;
}

void turn_pool_clear(struct engine *e)
{
    for (struct turn *t; (t = e->turn_pool) != NULL;) {
        e->turn_pool = t->next;
        vm_turn_deinit(&t->vm);
        mem_free(t);
    }
}

/* ---- waiting ---- */

static void submit(struct engine *e, struct actor *a, enum store_kind kind, struct buf *statements,
                   enum job_tag tag)
{
    struct store_job *job = store_job_new(e->config.port, kind, a->tenant->id);
    buf_deinit(&job->statements);
    job->statements = *statements; /* given, not copied */
    buf_init(statements);
    job->tag[0] = (uint64_t)slot_name(&a->slot);
    job->tag[1] = a->live->turn->wait_number;
    job->tag[2] = tag;
    e->jobs++;
    e->ops->submit(e->ctx, job);
}

static void wait_ask(struct engine *e, struct actor *a)
{
    struct turn *t = a->live->turn;
    struct effect mail;
    size_t at = 0;
    effect_next(&t->vm.wait_args, &at, &mail);
    struct ask *ask = slots_take(&e->asks);
    ask->actor = slot_name(&a->slot);
    ask->wait_number = t->wait_number;
    actor_set_state(e, a, ACTOR_WAITING);
    struct timer *timer = timers_start(&e->timers, now_ns(e) + (uint64_t)t->vm.wait_ms * 1000000u);
    if (timer != NULL) {
        timer->actor = ask->actor;
        timer->asked = t->wait_number;
        timer->sibling = a->live->timers;
        a->live->timers = timer;
    }
    if (timer == NULL || !effects_send(e, a->tenant, &mail, slot_name(&ask->slot))) {
        slots_give(&e->asks, ask);
        turn_answered(e, a, t->wait_number, NULL, NULL, ERR_LIMIT);
    }
}

static void half_way(struct engine *e, struct actor *a)
{
    struct turn *t = a->live->turn;
    t->half_way = true;
    if (t->vm.writes.len > 0) {
        actor_set_state(e, a, ACTOR_WAITING);
        submit(e, a, STORE_BATCH, &t->vm.writes, JOB_HALF);
        return;
    }
    effects_apply(e, a, &t->vm);
    buf_reset(&t->vm.effects);
    actor_set_state(e, a, ACTOR_READY);
}

static void abandon(struct engine *e, struct actor *a)
{
    struct turn *t = a->live->turn;
    end_stream(e, a);
    vm_fiber_drop(a->tenant->vm, t->fiber);
    t->fiber = NULL;
    t->started = false;
    if (++t->abandons > ABANDONS_MAX)
        return fail_turn(e, a, ERR_INTERNAL, "abandoned the same message again and again");
    vm_turn_reset(&t->vm);
    actor_set_state(e, a, ACTOR_READY);
}

/* Never 0: that is a timer which is no time-out. */
static uint32_t next_wait(struct engine *e)
{
    if (++e->waits == 0) e->waits = 1;
    return e->waits;
}

static void wait(struct engine *e, struct actor *a)
{
    struct turn *t = a->live->turn;
    t->wait_number = next_wait(e);
    switch (t->vm.wait) {
    case WAIT_QUERY:
        actor_set_state(e, a, ACTOR_WAITING);
        submit(e, a, STORE_QUERY, &t->vm.wait_args, JOB_QUERY);
        return;
    case WAIT_COMMIT: half_way(e, a); return;
    case WAIT_ASK: wait_ask(e, a); return;
    case WAIT_HTTP: turn_wait_http(e, a); return;
    case WAIT_STREAM: turn_wait_stream(e, a); return;
    case WAIT_STUDY: turn_wait_study(e, a); return;
    case WAIT_MAIL: turn_wait_mail(e, a); return;
    case WAIT_LOOK: turn_wait_look(e, a); return;
    case WAIT_PARK: end_turn(e, a); return;
    case WAIT_ABANDON: abandon(e, a); return;
    case WAIT_NONE: break;
    }
    fail_turn(e, a, ERR_INTERNAL, "the turn yielded without saying what it waits for");
}

void turn_answered(struct engine *e, struct actor *a, uint32_t number, struct store_job *job,
                   struct mail *letter, int code)
{
    struct turn *t = a->live ? a->live->turn : NULL;
    if (t == NULL || a->state != ACTOR_WAITING || t->wait_number != number) {
        store_job_free(job);
        mail_free(letter);
        return;
    }
    if (t->vm.wait == WAIT_ASK) actor_drop_time_out(e, a, number);
    t->answer = job;
    t->letter = letter;
    t->wait_code = (int16_t)code;
    actor_set_state(e, a, ACTOR_READY);
}

/* ---- the end ---- */

static void finish(struct engine *e, struct actor *a)
{
    struct turn *t = a->live->turn;
    end_stream(e, a);
    effects_apply(e, a, &t->vm);
    bool park = t->vm.wait == WAIT_PARK && !a->live->stopping && a->tenant->parked < e->config.parked_max;
    if (!park) {
        turn_free(e, a);
    } else {
        mail_free(t->mail);
        t->mail = NULL;
        t->parked = true;
        a->tenant->parked++;
        e->busy--;
        vm_turn_deinit(&t->vm); /* a waiting dialog holds no buffers */
    }
    actor_set_state(e, a, ACTOR_IDLE);
}

static void end_turn(struct engine *e, struct actor *a)
{
    struct turn *t = a->live->turn;
    if (t->vm.writes.len == 0) return finish(e, a);
    actor_set_state(e, a, ACTOR_COMMITTING);
    submit(e, a, STORE_BATCH, &t->vm.writes, JOB_TURN);
}

/* Whom to tell: an HTTP exchange gets its status at once, a visitor's frame
 * becomes MAIL_FAILED for the restarted actor, which speaks the protocol. */
static struct mail *failure_mail(struct engine *e, struct mail *m, int code)
{
    if (m == NULL) return NULL;
    struct session *s =
        m->kind == MAIL_TIMER || m->kind == MAIL_LETTER ? NULL : slots_named(&e->sessions, m->number);
    if (s != NULL && s->peer.mode == PEER_HTTP) {
        bool later = code == ERR_UNAVAILABLE || code == ERR_UNKNOWN_OUTCOME || code == ERR_LIMIT;
        bool perhaps_stored = code == ERR_CONFLICT || code == ERR_UNKNOWN_OUTCOME;
        if (m->kind != MAIL_POST || !perhaps_stored) {
            e->ops->problem(e->ctx, s->peer, later ? 503 : 500, later ? "unavailable" : "internal", NULL);
            session_free(e, s);
            return NULL;
        }
    }
    /* The report of a failure may write, too (an apology): when the store fails
     * then, that is told; when the scripts fail again, there is no more to say. */
    if (m->kind == MAIL_FAILED && code == ERR_INTERNAL) return NULL;
    struct mail *failed = mail_new(MAIL_FAILED, s ? m->number : 0, m->text, m->len);
    failed->code = (int16_t)code;
    failed->was = m->kind == MAIL_FAILED ? m->was : m->kind;
    return failed;
}

static void fail_turn(struct engine *e, struct actor *a, int code, const char *why)
{
    bool ours = code == ERR_INTERNAL; /* scripts failed, not the store */
    if (log_quota_admits(a->tenant->vm))
        log_write(ours ? LOG_ERROR : LOG_WARN, "turn failed", LOG_INT("tenant", a->tenant->id),
                  LOG_STR("kind", actor_kind(e, a)), LOG_STR("actor", actor_key(a)),
                  LOG_STR("code", err_name(code)), LOG_STR("error", why));
    struct mail *failed = failure_mail(e, a->live->turn->mail, code);
    turn_free(e, a);
    actor_forget_self(e, a);
    actor_drop_timers(e, a);
    if (failed != NULL) mailbox_push_front(&a->live->mailbox, failed);
    a->state = ACTOR_WAITING; /* neither list holds it while actor_fail may park it */
    if (ours) actor_fail(e, a);
    if (a->state != ACTOR_PARKED) actor_set_state(e, a, ACTOR_IDLE);
}

void turn_commit_done(struct engine *e, struct actor *a, struct store_job *job)
{
    struct turn *t = a->live ? a->live->turn : NULL;
    bool half = job->tag[2] == JOB_HALF;
    if (t == NULL || t->wait_number != (uint32_t)job->tag[1] ||
        a->state != (half ? ACTOR_WAITING : ACTOR_COMMITTING)) {
        store_job_free(job);
        return;
    }
    int status = job->status;
    if (status != ERR_OK) {
        e->stats.failed_commits++;
        fail_turn(e, a, status, job->error);
    } else {
        for (struct session *s = session_first(e, a); s != NULL; s = session_after(e, s))
            session_set_meta(s, NULL, 0);
        if (half) {
            effects_apply(e, a, &t->vm);
            buf_reset(&t->vm.effects);
            if (job->rows.len > 0) t->answer = job, job = NULL;
            actor_set_state(e, a, ACTOR_READY);
        } else {
            finish(e, a);
        }
    }
    store_job_free(job);
}

/* ---- a slice ---- */

/* From here on its session gets what the actor emits, behind what this turn puts out. */
static void seen_open(struct engine *e, const struct mail *m)
{
    struct session *s = m != NULL && m->kind == MAIL_OPEN ? slots_named(&e->sessions, m->number) : NULL;
    if (s != NULL) s->waits = false;
}

static bool begin(struct engine *e, struct actor *a)
{
    tenant_follow_bundle(e, a->tenant);
    if (a->live->turn == NULL)
        a->live->turn = turn_new(e, a);
    else {
        a->live->turn->parked = false; /* a dialog goes on */
        a->live->turn->abandons = 0;
        a->tenant->parked--;
        e->busy++;
        vm_turn_init(&a->live->turn->vm);
        a->live->turn->vm.system = a->tenant->id == 0;
    }
    a->live->turn->mail = mailbox_pop(&a->live->mailbox);
    seen_open(e, a->live->turn->mail);
    e->stats.turns++;
    a->tenant->account.turns++;
    return true;
}

static bool need_self(struct engine *e, struct actor *a)
{
    if (a->live->self != NO_SELF) return true;
    if (vm_activate(a->tenant->vm, actor_kind(e, a), actor_key(a), &a->live->self) == ERR_OK) {
        e->stats.actors_live++;
        return true;
    }
    fail_turn(e, a, ERR_INTERNAL, vm_error(a->tenant->vm));
    return false;
}

struct meta_view {
    struct engine *e;
    struct actor *a;
};

static const char *meta_of(void *ctx, int64_t session, size_t *len)
{
    struct meta_view *view = ctx;
    struct session *s = slots_named(&view->e->sessions, session);
    if (s == NULL || s->meta == NULL || session_actor(view->e, s) != view->a) return NULL;
    *len = strlen(s->meta);
    return s->meta;
}

/* The sender of a frame counts when it is gone, too: scripts ask whether there
 * are others than the one that they are answering. */
static uint32_t count_sessions(struct engine *e, struct actor *a, const struct mail *m)
{
    uint32_t n = 0;
    struct session *sender = m != NULL && m->kind == MAIL_FRAME ? slots_named(&e->sessions, m->number) : NULL;
    if (m != NULL && m->kind == MAIL_FRAME && (sender == NULL || session_actor(e, sender) != a)) n++;
    for (struct session *s = session_first(e, a); s != NULL; s = session_after(e, s)) n++;
    return n;
}

static enum vm_outcome step(struct engine *e, struct actor *a)
{
    struct turn *t = a->live->turn;
    struct vm_state *vm = a->tenant->vm;
    struct vm_value v[VM_VALUES_MAX];
    int n;
    struct meta_view view = {e, a};
    t->vm.meta = meta_of;
    t->vm.meta_ctx = &view; /* for this slice */
    t->vm.self = a->live->self;
    t->vm.session_count = count_sessions(e, a, t->mail);
    if (!t->started) {
        t->started = true;
        n = turn_mail_values(t->mail, v);
        if (t->fiber != NULL) { /* a dialog: its park() returns the message */
            return vm_resume(vm, t->fiber, &t->vm, v, n);
        }
        t->fiber = vm_fiber_take(vm);
        return vm_start(vm, t->fiber, &t->vm, a->live->self, v, n);
    }
    n = turn_answer_values(t, v);
    enum vm_outcome outcome = vm_resume(vm, t->fiber, &t->vm, v, n);
    drop_answers(t);
    return outcome;
}

/* Its tenant has used up its quota: the visitor is told, no script runs. */
static void refuse(struct engine *e, struct actor *a)
{
    struct mail *m = mailbox_pop(&a->live->mailbox), *failed = failure_mail(e, m, ERR_LIMIT);
    mail_free(m);
    if (failed != NULL) mailbox_push_front(&a->live->mailbox, failed);
    actor_set_state(e, a, ACTOR_IDLE);
}

static void stopped(struct engine *e, struct actor *a, bool killed)
{
    char name[ACTOR_KEY_MAX + 40];
    struct tenant *tenant = a->tenant;
    snprintf(name, sizeof name, "%s %s", actor_kind(e, a), actor_key(a));
    killed ? e->stats.killed++ : e->stats.errors++;
    fail_turn(e, a, ERR_INTERNAL, vm_error(tenant->vm)); /* may free a */
    supervise_failed(e, tenant, killed, name);
}

void turn_slice(struct engine *e, struct actor *a)
{
    if (a->live->turn == NULL || a->live->turn->parked) {
        if (supervise_refuses(e, a)) return refuse(e, a);
        begin(e, a);
        a->live->turn->started = false;
    }
    if (!need_self(e, a)) return;
    struct turn *t = a->live->turn;
    uint64_t before = t->vm.cpu_ns;
    enum vm_outcome outcome = step(e, a);
    supervise_spent(e, a->tenant, t->vm.cpu_ns - before);
    e->stats.slices++;
    if (outcome != VM_WAIT && outcome != VM_PREEMPTED) t->fiber = NULL;
    switch (outcome) {
    case VM_DONE:
        t->vm.wait = WAIT_NONE;
        t->wait_number = next_wait(e);
        end_turn(e, a);
        return;
    case VM_WAIT: wait(e, a); return;
    case VM_PREEMPTED:
        e->stats.preempted++;
        actor_set_state(e, a, ACTOR_READY);
        return;
    case VM_KILLED:
    case VM_ERROR: stopped(e, a, outcome == VM_KILLED); return;
    }
}

void turn_interrupt(struct engine *e, struct actor *a)
{
    struct turn *t = a->live->turn;
    if (t->parked) return turn_free(e, a);
    if (a->state != ACTOR_COMMITTING)
        return fail_turn(e, a, ERR_UNAVAILABLE, "the state of its tenant is made anew");
    vm_fiber_drop(a->tenant->vm, t->fiber);
    t->fiber = NULL;
    t->vm.wait = WAIT_NONE;
}
