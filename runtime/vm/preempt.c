/* See preempt.h. The handler does two things that are safe in a signal:
 * reads a pointer of its own thread and calls lua_sethook. */
#include "vm/preempt.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "vm/chain.h"
#include "vm/internal.h"

#define HOOK_AGAIN 1000       /* instructions until the next try where Lua cannot yield */
#define ARM_AGAIN_NS 10000000 /* at least; and so many times what arming took: */
#define ARM_SHARE 20
#define YOUNG_NS 800000 /* of a slice: it is left alone */
#define OWN_TICK_NS 2000000
#define FIRST_SLICE_MAX 4000000 /* ns; what a first slice is charged at most, see below */
/* ns of CPU, times what a sanitizer costs. A call or an instruction that lasts
 * longer has stalled its worker; where Lua cannot yield a slice ends at the
 * second and takes the turn with it. */
#define STALL_NS (25000000ull * AZK_SLOWNESS)
#define SLICE_MAX_NS (40000000ull * AZK_SLOWNESS)
/* Calls: a script so deep in them is in a recursion without end. The first, at
 * the end of its memory; the other, at any time, for the deeper it is, the
 * longer take the hook's setting and the unwinding, a walk over all calls each. */
#define DEEP_LEVELS 10000
#define DEEPEST_LEVELS 20000

static _Thread_local struct preempt *here;

static void on_hook(lua_State *L, lua_Debug *ar);

static void on_signal(int signo)
{
    (void)signo;
    int saved = errno;
    struct preempt *p = here;
    if (p != NULL && p->running != NULL) {
        uint64_t now = clock_mono_ns(clock_real());
        if (now - p->began_mono < YOUNG_NS) goto out; /* the thread's own clock knows nothing of slices */
        if (p->seen_cpu == 0) {
            p->seen_mono = now;
            p->seen_cpu = clock_thread_cpu_ns();
        }
        /* Setting it walks all calls of the stack: in a deep recursion, at each
         * tick, nothing else would be done. One that counts on (HOOK_AGAIN) is
         * set anew after some ticks, for a few instructions may take long. */
        if (lua_gethook(p->running) == NULL) p->heard_cpu = clock_thread_cpu_ns();
        if (lua_gethook(p->running) == NULL || now > p->armed_mono + p->arm_again_ns) {
            lua_sethook(p->running, on_hook, LUA_MASKCOUNT, 1);
            p->armed_mono = clock_mono_ns(clock_real());
            uint64_t took = ARM_SHARE * (p->armed_mono - now);
            p->arm_again_ns = took > ARM_AGAIN_NS ? took : ARM_AGAIN_NS;
        }
    }
out:
    errno = saved;
}

static void install(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigaction(PREEMPT_SIGNAL, &action, NULL);
}

void preempt_attach(struct preempt *p)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install);
    p->running = NULL;
    p->thread = pthread_self();
    here = p;
}

void preempt_tick(struct preempt *p)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = PREEMPT_SIGNAL};
    struct itimerspec tick = {{0, OWN_TICK_NS}, {0, OWN_TICK_NS}};
    event._sigev_un._tid = gettid();
    p->ticks = timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &p->timer) == 0;
    if (p->ticks) timer_settime(p->timer, 0, &tick, NULL);
}

void preempt_detach(struct preempt *p)
{
    if (p->ticks) timer_delete(p->timer);
    p->ticks = false;
    here = NULL;
}

void preempt_request(struct preempt *p, uint32_t beat)
{
    if (atomic_load(&p->beat) == beat) pthread_kill(p->thread, PREEMPT_SIGNAL);
}

/* CPU time of the running slice. Ordinary slices pay for no system call: the
 * first reading is taken by the signal's handler, or here; the time before it
 * is estimated by the monotonic clock and bounded, in case the machine was
 * busy elsewhere. */
static uint64_t slice_cpu(struct vm_state *s)
{
    const struct preempt *p = s->config->preempt;
    uint64_t cpu = clock_thread_cpu_ns();
    if (s->slice_cpu == 0) {
        bool seen = p != NULL && p->seen_cpu != 0;
        uint64_t first = seen ? p->seen_cpu : cpu;
        uint64_t wall = (seen ? p->seen_mono : clock_mono_ns(clock_real())) - s->slice_mono;
        if (wall > FIRST_SLICE_MAX) wall = FIRST_SLICE_MAX;
        s->slice_cpu = first > wall ? first - wall : 1;
    }
    return cpu - s->slice_cpu;
}

uint64_t vm_preempt_turn_cpu(struct vm_state *s) { return (s->turn ? s->turn->cpu_ns : 0) + slice_cpu(s); }

/* The turn is to end: raises, names the line that ran then, and does so again
 * when a pcall on the way out brings the hook or pcall here. */
static void raise_over(lua_State *L, struct vm_state *s, enum vm_limit limit, int level, const char *what)
{
    if (!s->killing) {
        s->killing = true;
        s->limits[limit]++;
        luaL_where(L, level); // where
        buf_reset(&s->error);
        buf_fmt(&s->error, "%s%s", lua_tostring(L, -1), what);
        lua_pop(L, 1);
        lua_sethook(L, on_hook, LUA_MASKCOUNT, 1); /* no pcall gets past the next instruction */
    }
    lua_pushlstring(L, s->error.data, s->error.len);
    lua_error(L);
}

void vm_preempt_out_of_memory(lua_State *L, struct vm_state *s)
{
    raise_over(L, s, VM_LIMIT_MEMORY, 1, "not enough memory");
}

/* Half of what a turn may take: the collector is set to work. All of it: the end. */
static void mind_memory(lua_State *L, struct vm_state *s)
{
    lua_Debug ar;
    size_t most = vm_state_turn_memory(s);
    if (!s->pressed) {
        vm_state_hurry(s);
        s->alloc.soft = s->alloc.used + most / 2;
        if (s->alloc.soft > vm_state_full(s)) s->alloc.soft = s->alloc.used + s->alloc.cap / 32;
    } else if (s->alloc.used >= vm_state_full(s)) {
        raise_over(L, s, VM_LIMIT_MEMORY, 0, "the memory of this account is full");
    } else if (lua_getstack(L, DEEP_LEVELS, &ar)) {
        raise_over(L, s, VM_LIMIT_MEMORY, 0, "stack overflow: this recursion does not end");
    } else {
        raise_over(L, s, VM_LIMIT_MEMORY, 0, "the turn has used up its memory");
    }
}

/* As a slice begins: no hook, but where there is no ticker. */
static void arm(struct vm_state *s, lua_State *co)
{
    if (s->config->slice_instructions > 0)
        lua_sethook(co, on_hook, LUA_MASKCOUNT, s->config->slice_instructions);
    else if (lua_gethook(co) != NULL)
        lua_sethook(co, NULL, 0, 0);
}

/* CPU time since Lua was asked to run the hook, or last ran it: that of one
 * call or instruction. Not since the slice began, for a ticker that comes late
 * on a busy machine is no fault of the script's. */
static uint64_t unheard_cpu(struct vm_state *s)
{
    struct preempt *p = s->config->preempt;
    if (p == NULL || p->heard_cpu == 0) return 0;
    uint64_t cpu = clock_thread_cpu_ns(), since = cpu - p->heard_cpu;
    p->heard_cpu = cpu;
    return since;
}

static void on_hook(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    struct vm_state *s = vm_state_of(L);
    if (s->killing) raise_over(L, s, VM_LIMIT_CPU, 0, "");
    lua_Debug call;
    if (lua_getstack(L, DEEPEST_LEVELS, &call))
        raise_over(L, s, VM_LIMIT_MEMORY, 0, "stack overflow: this recursion does not end");
    if (s->deepened) {
        s->deepened = false;
        if (!s->alloc.tripped) return arm(s, L);
    }
    if (s->alloc.tripped) {
        s->alloc.tripped = false;
        mind_memory(L, s);
        return arm(s, L);
    }
    uint64_t slice = slice_cpu(s), unheard = unheard_cpu(s);
    if (s->turn != NULL && unheard > STALL_NS && lua_isyieldable(L) && s->nested == 0) {
        s->stalled = true;
        raise_over(L, s, VM_LIMIT_SLICE, 0, "a call or an instruction here stalled the server");
    }
    if (s->turn != NULL && lua_isyieldable(L) && s->nested == 0) {
        s->preempted = true;
        lua_yield(L, 0);
        return;
    }
    uint64_t spent = (s->turn ? s->turn->cpu_ns : 0) + slice;
    if (spent > s->config->turn_budget_ns)
        raise_over(L, s, VM_LIMIT_CPU, 0, "the turn has used up its CPU time");
    if (s->turn != NULL && slice > SLICE_MAX_NS)
        raise_over(L, s, VM_LIMIT_SLICE, 0, "this callback takes too long where a script cannot be paused");
    if (lua_gethookcount(L) != HOOK_AGAIN) lua_sethook(L, on_hook, LUA_MASKCOUNT, HOOK_AGAIN);
}

/* The state has grown past its mark: the next instruction looks at it. */
void vm_preempt_memory(struct vm_alloc *a)
{
    struct vm_state *s = container_of(a, struct vm_state, alloc);
    a->soft = SIZE_MAX;
    a->tripped = true;
    lua_sethook(vm_running(s), on_hook, LUA_MASKCOUNT, 1);
}

void vm_preempt_deep(struct vm_alloc *a)
{
    struct vm_state *s = container_of(a, struct vm_state, alloc);
    s->deepened = true;
    lua_sethook(vm_running(s), on_hook, LUA_MASKCOUNT, 1);
}

void vm_preempt_begin(struct vm_state *s, lua_State *co)
{
    struct preempt *p = s->config->preempt;
    s->preempted = s->killing = s->alloc.tripped = s->deepened = false;
    s->slice_cpu = s->turn != NULL && s->turn->slices > 0 ? clock_thread_cpu_ns() : 0;
    s->slice_mono = clock_mono_ns(clock_real());
    arm(s, co);
    if (p == NULL) return;
    p->seen_cpu = p->heard_cpu = 0;
    p->began_mono = s->slice_mono;
    p->running = co;
    atomic_store_explicit(&p->tenant, s->tenant, memory_order_relaxed);
    atomic_fetch_add_explicit(&p->beat, 1, memory_order_release);
}

void vm_preempt_switch(struct vm_state *s, lua_State *co)
{
    arm(s, co);
    if (s->alloc.tripped || s->deepened) lua_sethook(co, on_hook, LUA_MASKCOUNT, 1);
    if (s->config->preempt != NULL) s->config->preempt->running = co;
}

bool vm_preempt_end(struct vm_state *s, lua_State *co)
{
    struct preempt *p = s->config->preempt;
    if (p != NULL) {
        atomic_fetch_add_explicit(&p->beat, 1, memory_order_release);
        p->running = NULL;
    }
    if (lua_gethook(co) != NULL) lua_sethook(co, NULL, 0, 0);
    if (s->turn == NULL) return s->killing;
    bool measured = s->slice_cpu != 0 || s->preempted || (p != NULL && p->seen_cpu != 0);
    uint64_t spent = measured ? slice_cpu(s) : clock_mono_ns(clock_real()) - s->slice_mono;
    if (!measured && spent > FIRST_SLICE_MAX) spent = FIRST_SLICE_MAX;
    s->turn->cpu_ns += spent;
    s->turn->slices++;
    bool over = s->preempted && s->turn->cpu_ns > s->config->turn_budget_ns;
    if (over && !s->killing) s->limits[VM_LIMIT_CPU]++;
    return s->killing || over;
}
