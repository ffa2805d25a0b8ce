/* See preempt.h. The handler does two things that are safe in a signal:
 * reads a pointer of its own thread and calls lua_sethook. */
#include "vm/preempt.h"

#include <errno.h>
#include <string.h>

#include "vm/internal.h"

#define HOOK_AGAIN 1000         /* instructions until the next try where Lua cannot yield */
#define FIRST_SLICE_MAX 4000000 /* ns; what a first slice is charged at most, see below */

static _Thread_local struct preempt *here;

static void on_hook(lua_State *L, lua_Debug *ar);

static void on_signal(int signo)
{
    (void)signo;
    int saved = errno;
    struct preempt *p = here;
    if (p != NULL && p->running != NULL) lua_sethook(p->running, on_hook, LUA_MASKCOUNT, 1);
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

void preempt_request(struct preempt *p, uint32_t beat)
{
    if (atomic_load(&p->beat) == beat) pthread_kill(p->thread, PREEMPT_SIGNAL);
}

/* CPU time of the running slice. Ordinary slices pay for no system call: the
 * first reading is taken here, so the time before it is estimated by the
 * monotonic clock and bounded, in case the machine was busy elsewhere. */
static uint64_t slice_cpu(struct vm_state *s)
{
    uint64_t cpu = clock_thread_cpu_ns();
    if (s->slice_cpu == 0) {
        uint64_t wall = clock_mono_ns(clock_real()) - s->slice_mono;
        if (wall > FIRST_SLICE_MAX) wall = FIRST_SLICE_MAX;
        s->slice_cpu = cpu > wall ? cpu - wall : 1;
    }
    return cpu - s->slice_cpu;
}

/* Names the line that ran when the time was up, also when a pcall on the way
 * out brings the hook here again. */
static void raise_over(lua_State *L, struct vm_state *s)
{
    if (!s->killing) {
        s->killing = true;
        luaL_where(L, 0); // where
        buf_reset(&s->error);
        buf_fmt(&s->error, "%sthe turn has used up its CPU time", lua_tostring(L, -1));
        lua_pop(L, 1);
        lua_sethook(L, on_hook, LUA_MASKCOUNT, 1); /* no pcall gets past the next instruction */
    }
    lua_pushlstring(L, s->error.data, s->error.len);
    lua_error(L);
}

static void on_hook(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    struct vm_state *s = vm_state_of(L);
    if (s->killing) raise_over(L, s);
    if (s->turn != NULL && lua_isyieldable(L)) {
        s->preempted = true;
        lua_yield(L, 0);
        return;
    }
    uint64_t spent = (s->turn ? s->turn->cpu_ns : 0) + slice_cpu(s);
    if (spent > s->config->turn_budget_ns) raise_over(L, s);
    lua_sethook(L, on_hook, LUA_MASKCOUNT, HOOK_AGAIN);
}

void vm_preempt_begin(struct vm_state *s, lua_State *co)
{
    struct preempt *p = s->config->preempt;
    s->preempted = s->killing = false;
    s->slice_cpu = s->turn != NULL && s->turn->slices > 0 ? clock_thread_cpu_ns() : 0;
    s->slice_mono = clock_mono_ns(clock_real());
    if (s->config->slice_instructions > 0)
        lua_sethook(co, on_hook, LUA_MASKCOUNT, s->config->slice_instructions);
    if (p == NULL) return;
    p->running = co;
    atomic_store_explicit(&p->tenant, s->tenant, memory_order_relaxed);
    atomic_fetch_add_explicit(&p->beat, 1, memory_order_release);
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
    uint64_t spent =
        s->slice_cpu != 0 || s->preempted ? slice_cpu(s) : clock_mono_ns(clock_real()) - s->slice_mono;
    if (s->slice_cpu == 0 && spent > FIRST_SLICE_MAX) spent = FIRST_SLICE_MAX;
    s->turn->cpu_ns += spent;
    s->turn->slices++;
    return s->killing || (s->preempted && s->turn->cpu_ns > s->config->turn_budget_ns);
}
