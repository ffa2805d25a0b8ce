/* The loop around lua_resume, and the coroutines of scripts that it runs. */
#ifndef VM_CHAIN_H
#define VM_CHAIN_H

#include "vm/internal.h"

/* Marks of a coroutine, kept in the low bits of its way back to the state. */
#define VM_BUSY 1u /* in a fiber's chain: runs, waits, or waits for one that it resumed */
#define VM_DEAD 2u /* its fiber was dropped */
unsigned vm_marks(lua_State *co);

/* Runs the fiber until it ends, waits or is preempted: lua_resume's status and results. */
int vm_chain_run(struct vm_state *s, struct vm_fiber *f, int nargs, int *results);
void vm_chain_drop(struct vm_fiber *f); /* what is in the chain never runs again */
bool vm_chain_has_room(const struct vm_state *s);
lua_State *vm_top(const struct vm_fiber *f);
lua_State *vm_running(const struct vm_state *s);
bool vm_in_coroutine(const struct vm_state *s);
/* Runs co, loaded with s->other_args arguments, then `after` with what came. To be returned. */
int vm_switch(lua_State *L, struct vm_state *s, lua_State *co, lua_KFunction after);
/* Ends the slice of a host function that waits. To be returned. */
int vm_wait(lua_State *L);

#endif
