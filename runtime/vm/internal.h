/* What the files of vm/ share among themselves; nobody else includes it. */
#ifndef VM_INTERNAL_H
#define VM_INTERNAL_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>

#include "vm/alloc.h"
#include "vm/allowance.h"
#include "vm/deliver.h"
#include "vm/log_quota.h"
#include "vm/state.h"

#define FIBERS_KEPT 32 /* finished coroutines kept for reuse */

struct vm_fiber {
    lua_State *co;
    int ref;
    struct vm_fiber *next;
    lua_State **inner; /* scripts' coroutines that resume one another, the running one last (chain.c) */
    int depth, room;
};

enum vm_action { VM_NO_ACTION, VM_RESUME, VM_YIELD }; /* why a coroutine yielded to the loop in chain.c */

struct vm_state {
    lua_State *L;
    struct vm_alloc alloc;
    const struct vm_config *config;
    int64_t tenant;
    struct bundle *bundle;
    int activate, deliver, entries; /* registry refs of the prelude's functions and table */
    struct vm_fiber *idle;
    int idle_count;
    struct buf scratch, error;

    struct vm_turn *turn;              /* the one inside lua_resume */
    uint64_t slice_mono, slice_cpu;    /* when the slice began; slice_cpu 0: not known */
    bool preempted, killing, deepened; /* deepened: a stack has grown large */
    bool stalled;                      /* one instruction or call took far longer than a slice */
    bool pressed;                      /* memory past half the cap: the collector runs without pause */
    int pause;                         /* of its collector, percent */

    struct vm_fiber *fiber; /* that runs; NULL: the state's own stack, as while booting */
    int nested;             /* loops of chain.c inside calls that cannot yield */
    enum vm_action action;
    lua_State *other; /* VM_RESUME: whom, with so many arguments on its stack */
    int other_args;
    bool other_failed;              /* what comes back from it is its error */
    uint32_t coroutines, log_lines; /* made and written outside a turn */
    uint64_t limits[VM_LIMITS], faults;
    struct vm_allowance allowed;
    struct log_quota log;
};

uint64_t vm_preempt_turn_cpu(struct vm_state *s); /* ns that the turn has used so far */
void vm_preempt_begin(struct vm_state *s, lua_State *co);
void vm_preempt_switch(struct vm_state *s, lua_State *co); /* the same slice goes on in another coroutine */
/* true when the turn is over its CPU budget; adds the slice to turn->cpu_ns. */
bool vm_preempt_end(struct vm_state *s, lua_State *co);
void vm_preempt_out_of_memory(lua_State *L, struct vm_state *s); /* a caught LUA_ERRMEM: the turn is to end */
void vm_preempt_memory(struct vm_alloc *a);                      /* vm_alloc's trip */
void vm_preempt_deep(struct vm_alloc *a);                        /* and deep */
void vm_state_refuse(struct vm_alloc *a);                        /* and refuse */

void vm_state_mind_memory(struct vm_state *s, const struct vm_turn *t); // state.c; after each slice
void vm_state_hurry(struct vm_state *s);                                // the collector is to work at once
size_t vm_state_full(const struct vm_state *s);                         // bytes: no room is left for a turn
size_t vm_state_turn_memory(const struct vm_state *s);                  // bytes a turn may grow the state by

void vm_base_open(lua_State *L);  // lib_base.c: filtered globals into LUA_GLOBALS
void vm_turn_open(lua_State *L);  // lib_turn.c: adds to the table at the top
void vm_host_open(lua_State *L);  // lib_host.c: the same
void vm_allow_open(lua_State *L); // allowance.c: the same
void vm_http_open(lua_State *L);
void vm_files_open(lua_State *L);
void vm_secret_open(lua_State *L); // lib_secret.c: the same

#endif
