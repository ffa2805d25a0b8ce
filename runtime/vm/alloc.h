/* The allocator of one tenant's lua_State: a hard cap on its bytes.
 *
 * While a script runs (strict), an allocation past the cap fails and Lua
 * raises "not enough memory" in that turn only. While the host itself pushes
 * values (a message, query rows: all bounded), no error may be raised because
 * nothing would catch it, so the cap is let through and the next script
 * allocation pays for it. */
#ifndef VM_ALLOC_H
#define VM_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

struct vm_alloc {
    size_t used; /* bytes now */
    size_t cap;  /* bytes; 0 means no cap */
    bool strict;
};

void *vm_alloc_fn(void *ud, void *ptr, size_t osize, size_t nsize); /* lua_Alloc; ud is a vm_alloc */

#endif
