/* The one lua_resume of the program. A turn runs on its fiber's coroutine; the
 * coroutines that its scripts resume are run from the same loop, one after the
 * other, never inside one another: a resume is a yield to here that says whom
 * to run, and what the other yields goes back to its resumer. So whichever of
 * them runs can be preempted and can wait for the host. */
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "vm/chain.h"
#include "vm/internal.h"

#define CHAIN_MAX 100 /* coroutines that resume one another */

static uintptr_t *way(lua_State *co) { return lua_getextraspace(co); }

struct vm_state *vm_state_of(lua_State *L) { return (struct vm_state *)(*way(L) & ~(uintptr_t)3); }
unsigned vm_marks(lua_State *co) { return (unsigned)(*way(co) & 3); }

lua_State *vm_top(const struct vm_fiber *f) { return f->depth > 0 ? f->inner[f->depth - 1] : f->co; }
lua_State *vm_running(const struct vm_state *s) { return s->fiber ? vm_top(s->fiber) : s->L; }
bool vm_in_coroutine(const struct vm_state *s) { return s->nested > 0 || (s->fiber && s->fiber->depth > 0); }
bool vm_chain_has_room(const struct vm_state *s) { return !s->fiber || s->fiber->depth < CHAIN_MAX; }

static void push(struct vm_fiber *f, lua_State *co)
{
    if (f->depth == f->room) {
        f->room = f->room ? f->room * 2 : 4;
        f->inner = mem_realloc(f->inner, (size_t)f->room * sizeof(lua_State *));
    }
    f->inner[f->depth++] = co;
    *way(co) |= VM_BUSY;
}

void vm_chain_drop(struct vm_fiber *f)
{
    for (; f->depth > 0; f->depth--) {
        lua_State *co = f->inner[f->depth - 1];
        *way(co) = (*way(co) & ~(uintptr_t)VM_BUSY) | VM_DEAD;
    }
    mem_free(f->inner);
    f->inner = NULL;
    f->room = 0;
}

/* What `from` yielded, returned or raised goes to the stack of `to`. */
static int hand_over(struct vm_state *s, lua_State *from, lua_State *to, int n, bool failed)
{
    s->other_failed = failed;
    if (lua_checkstack(to, n + 1)) {
        lua_xmove(from, to, n);
        return n;
    }
    lua_pop(from, n);
    s->other_failed = true;
    lua_pushliteral(to, "too many results to resume");
    return 1;
}

static int run(struct vm_state *s, struct vm_fiber *f, lua_State *from, int nargs, int *results)
{
    for (;;) {
        lua_State *co = vm_top(f);
        s->action = VM_NO_ACTION;
        int status = lua_resume(co, from, nargs, results);
        if (status == LUA_YIELD && s->action == VM_RESUME) {
            lua_pop(co, *results);
            push(f, s->other);
            nargs = s->other_args;
            vm_preempt_switch(s, s->other);
            continue;
        }
        if (f->depth == 0) return status;
        bool failed = status != LUA_OK && status != LUA_YIELD;
        if (failed ? s->killing || status == LUA_ERRMEM : status == LUA_YIELD && s->action != VM_YIELD)
            return status; /* the turn is over; or it waits or was preempted in there */
        f->depth--;
        *way(co) &= ~(uintptr_t)VM_BUSY;
        nargs = hand_over(s, co, vm_top(f), failed ? 1 : *results, failed);
        vm_preempt_switch(s, vm_top(f));
    }
}

int vm_chain_run(struct vm_state *s, struct vm_fiber *f, int nargs, int *results)
{
    s->fiber = f;
    int status = run(s, f, s->L, nargs, results);
    s->fiber = NULL;
    return status;
}

/* Inside a call that cannot yield: a loop of its own, on the C stack. */
static int run_here(lua_State *L, struct vm_state *s, lua_State *co, lua_KFunction after)
{
    struct vm_fiber here = {.co = co}, *outer = s->fiber;
    int below = lua_gettop(L), n = 0;
    *way(co) |= VM_BUSY;
    s->fiber = &here;
    s->nested++;
    vm_preempt_switch(s, co);
    int status = run(s, &here, L, s->other_args, &n);
    s->nested--;
    s->fiber = outer;
    co = vm_top(&here); /* another one when the turn is over */
    vm_chain_drop(&here);
    *way(here.co) &= ~(uintptr_t)VM_BUSY;
    vm_preempt_switch(s, L);
    bool failed = status != LUA_OK && status != LUA_YIELD;
    hand_over(s, co, L, failed ? 1 : n, failed);
    if (status == LUA_ERRMEM) vm_preempt_out_of_memory(L, s);
    if (s->killing) return lua_error(L);
    return after(L, LUA_YIELD, below);
}

int vm_switch(lua_State *L, struct vm_state *s, lua_State *co, lua_KFunction after)
{
    if (s->nested > 0 || !lua_isyieldable(L)) return run_here(L, s, co, after);
    s->action = VM_RESUME;
    s->other = co;
    return lua_yieldk(L, 0, lua_gettop(L), after);
}

int vm_wait(lua_State *L)
{
    struct vm_state *s = vm_state_of(L);
    if (s->nested > 0) return luaL_error(L, "attempt to wait across a C-call boundary");
    return lua_yield(L, 0);
}
