/* The allocator of one tenant's lua_State: a hard cap on its bytes.
 *
 * While a script runs (strict), an allocation past the cap fails and Lua
 * raises "not enough memory" in that turn only. While the host itself pushes
 * values (a message, query rows: all bounded), no error may be raised because
 * nothing would catch it, so the cap is let through and the next script
 * allocation pays for it.
 *
 * Below the cap there is the mark `soft`, set for each slice: passing it only
 * calls `trip`, which ends the turn at its next instruction. So a turn that
 * takes too much does not first drive the state to its cap, where Lua collects
 * everything in one go. */
#ifndef VM_ALLOC_H
#define VM_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

struct vm_alloc {
    size_t used;                      /* bytes now */
    size_t cap;                       /* bytes; 0 means no cap */
    size_t soft;                      /* bytes */
    void (*trip)(struct vm_alloc *a); /* sets a new mark */
    bool strict, tripped;
};

#define VM_BLOCK_MAX (8u << 20)  /* bytes of one new block: bounds what one instruction copies */
#define VM_STACK_MAX (17u << 20) /* and of one that grows: a stack of a million slots */

void *vm_alloc_fn(void *ud, void *ptr, size_t osize, size_t nsize); /* lua_Alloc; ud is a vm_alloc */
/* Gives back the freed blocks that this thread keeps for reuse: after a crowd
 * has left they lie scattered, each on a page of which nothing else is used. */
void vm_alloc_release(void);

#endif
