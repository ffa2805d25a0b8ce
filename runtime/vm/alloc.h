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
 * everything in one go.
 *
 * And the hash part of a table may have VM_KEYS_MAX nodes. Whole numbers and
 * fractions can be chosen so that all of them fall on one place of a hash part
 * of some size; making it then takes time with the square of their number, in
 * one instruction that nothing can interrupt: 24 ms for 4,096 keys, 1.7 s for
 * 32,768. Lua's own limit is 2^30 nodes. */
#ifndef VM_ALLOC_H
#define VM_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

struct vm_alloc {
    size_t used;                        /* bytes now */
    size_t cap;                         /* bytes; 0 means no cap */
    size_t soft;                        /* bytes */
    size_t last_tag;                    /* of the block made last */
    void (*trip)(struct vm_alloc *a);   /* sets a new mark */
    void (*deep)(struct vm_alloc *a);   /* a block, perhaps a stack, has grown past VM_STACK_DEEP */
    void (*refuse)(struct vm_alloc *a); /* a hash part is too large: raises a Lua error */
    bool strict, tripped;
    bool trusted; /* no script of a client runs in this state: hash parts may be of any size */
};

#define VM_STACK_DEEP ((40u << 11) * 16) /* bytes: some 20,000 calls of a recursion */
#define VM_KEYS_MAX 8192                 /* of one table, beside its list positions */

#define VM_BLOCK_MAX (8u << 20)  /* bytes of one new block: bounds what one instruction copies */
#define VM_STACK_MAX (17u << 20) /* and of one that grows: a stack of a million slots */

void *vm_alloc_fn(void *ud, void *ptr, size_t osize, size_t nsize); /* lua_Alloc; ud is a vm_alloc */
/* Gives back the freed blocks that this thread keeps for reuse: after a crowd
 * has left they lie scattered, each on a page of which nothing else is used. */
void vm_alloc_release(void);

#endif
