/* Capped lua_Alloc over malloc. Shrinking never fails: the cap is checked
 * only when a block grows. */
#include "vm/alloc.h"

#include <stdlib.h>

#include "base/mem.h"

void *vm_alloc_fn(void *ud, void *ptr, size_t osize, size_t nsize)
{
    struct vm_alloc *a = ud;
    size_t before = ptr ? osize : 0; /* for a new block osize is a type tag */
    if (nsize == 0) {
        a->used -= before;
        free(ptr);
        return NULL;
    }
    if (a->strict && nsize > before && a->cap != 0 && a->used - before + nsize > a->cap) return NULL;
    void *p = realloc(ptr, nsize);
    if (p == NULL) {
        if (a->strict) return NULL;
        p = mem_realloc(ptr, nsize); /* aborts: the machine itself is out of memory */
    }
    a->used = a->used - before + nsize;
    if (a->used > a->peak) a->peak = a->used;
    return p;
}
