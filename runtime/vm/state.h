/* One tenant's lua_State: its libraries, its prelude, its coroutines.
 * Used by one thread at a time (its worker). */
#ifndef VM_STATE_H
#define VM_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "vm/limits.h"

struct lua_State;
struct bundle;
struct guard;
struct preempt;
struct vm_state;

#define VM_SECRET_LEN 32

struct vm_setting {
    const char *name, *value; /* borrowed for the process's life; {NULL, NULL} ends a list */
};

struct vm_config {
    size_t memory_cap;                   /* bytes of one state; 0: none */
    uint64_t turn_budget_ns;             /* thread CPU time of one turn */
    bool plans;                          /* host.allow sets limits; else the settings here hold */
    int slice_instructions;              /* > 0: also yield after so many (the simulation: no ticker there) */
    struct clock *clock;                 /* borrowed */
    struct preempt *preempt;             /* borrowed, NULL in tests */
    unsigned char secret[VM_SECRET_LEN]; /* keys of host.sign are derived from it */
    const struct vm_setting *settings;
    const struct guard *guard; /* out/guard.h, for host.check_url; NULL: the strict default */
};

/* tenant is bound here for good: nothing in the state can name another. */
struct vm_state *vm_state_new(const struct vm_config *config, int64_t tenant); /* config borrowed */
void vm_state_free(struct vm_state *s);

/* Loads prelude/init.lua of the bundle and keeps its entry functions; the
 * next turn runs on them, running coroutines end on the old ones. On error
 * the state stays as it was. Retains the bundle. */
int vm_state_boot(struct vm_state *s, struct bundle *b, char *why, size_t why_len) MUST_CHECK;
struct bundle *vm_state_bundle(struct vm_state *s); /* borrowed; NULL before boot */

/* Runs check() of the prelude: *report gets one fault a line, "" when clean. */
int vm_state_check(struct vm_state *s, struct buf *report) MUST_CHECK;
/* Runs an entry function of the prelude on a text: *out gets its JSON-encoded
 * result, or, with ERR_INVALID, its error list a line each. */
int vm_state_call(struct vm_state *s, const char *entry, const char *text, size_t len,
                  struct buf *out) MUST_CHECK;

const uint64_t *vm_state_limits(const struct vm_state *s); /* VM_LIMITS counters since it was made */
uint64_t vm_state_faults(const struct vm_state *s);        /* of scripts, that the platform dealt with */
/* Since the last call: did a slice stall the worker, or is its memory used up by what it keeps? */
bool vm_state_take_stall(struct vm_state *s);
bool vm_state_exhausted(const struct vm_state *s);

bool vm_state_pressed(const struct vm_state *s); /* past half its memory: idle actors should leave */
size_t vm_state_memory(const struct vm_state *s);
void vm_state_collect(
    struct vm_state *s); /* full collection; for tests and after a script ran out of memory */
/* One bounded step of the collector (0.4 ms: no visitor waits for more); true when a cycle
 * is complete. For idle time: what actors that left memory had is given back. */
bool vm_state_collect_step(struct vm_state *s);
int64_t vm_state_tenant(const struct vm_state *s);

/* For the bindings. */
struct vm_state *vm_state_of(struct lua_State *L);
struct buf *vm_state_scratch(struct vm_state *s); /* one user at a time, between two Lua calls */

#endif
