/* What the files of vm/ share among themselves; nobody else includes it. */
#ifndef VM_INTERNAL_H
#define VM_INTERNAL_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>

#include "vm/alloc.h"
#include "vm/deliver.h"
#include "vm/state.h"

#define FIBERS_KEPT 32 /* finished coroutines kept for reuse */

struct vm_fiber {
    lua_State *co;
    int ref;
    struct vm_fiber *next;
};

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

    struct vm_turn *turn;           /* the one inside lua_resume */
    uint64_t slice_mono, slice_cpu; /* when the slice began; slice_cpu 0: not known */
    bool preempted, killing;
    bool pressed; /* memory past half the cap: the collector runs without pause */
};

void vm_preempt_begin(struct vm_state *s, lua_State *co);
/* true when the turn is over its CPU budget; adds the slice to turn->cpu_ns. */
bool vm_preempt_end(struct vm_state *s, lua_State *co);

void vm_state_mind_memory(struct vm_state *s); // state.c; after each slice

void vm_base_open(lua_State *L); // lib_base.c: filtered globals into LUA_GLOBALS
void vm_turn_open(lua_State *L); // lib_turn.c: adds to the table at the top
void vm_host_open(lua_State *L); // lib_host.c: the same
void vm_http_open(lua_State *L); // lib_http.c: the same

#endif
