/* Capped lua_Alloc over malloc. Shrinking never fails: the cap is checked
 * only when a block grows.
 *
 * A turn makes and drops some thirty small blocks, and a sweep of the
 * collector drops hundreds at once, which is more than malloc's own cache of
 * a thread holds. So each worker keeps some freed small blocks by size, for
 * all its states: measured at 7 % of a turn's instructions. Sanitizer builds
 * keep none, so that a use after free is seen. */
#include "vm/alloc.h"

#include <lua.h>
#include <stdlib.h>

#include "base/mem.h"

/* Sizes of small blocks: 24, 40, 56 ... 136 bytes, which is what glibc's
 * malloc has in a block after its own 8 bytes of 16. A Lua table is 56. */
#define GRAIN 16
#define SMALL_MIN 24
#define SMALL_MAX 136 /* bytes; larger blocks go straight to malloc */
#define CLASSES ((SMALL_MAX - SMALL_MIN) / GRAIN + 1)
#define KEPT_MAX 512 /* blocks of each size: at most 352 KiB a worker in all */

struct block {
    struct block *next;
};

static _Thread_local struct {
    struct block *free;
    unsigned count;
} kept[CLASSES];

static unsigned class_of(size_t size) // of a small block
{
    return size <= SMALL_MIN ? 0 : (unsigned)((size - SMALL_MIN + GRAIN - 1) / GRAIN);
}

/* What a block of so many bytes really has: all of its class when it is small,
 * so that any freed block of a class can be used for another of it. */
static size_t room(size_t size)
{
    return size <= SMALL_MAX ? SMALL_MIN + (size_t)class_of(size) * GRAIN : size;
}

static void *take(size_t size)
{
    if (AZK_KEEP_BLOCKS && size <= SMALL_MAX) {
        unsigned class = class_of(size);
        struct block *b = kept[class].free;
        if (b != NULL) {
            kept[class].free = b->next;
            kept[class].count--;
            return b;
        }
    }
    return malloc(room(size));
}

static void give(void *ptr, size_t size)
{
    if (AZK_KEEP_BLOCKS && size <= SMALL_MAX && size > 0) {
        unsigned class = class_of(size);
        if (kept[class].count < KEPT_MAX) {
            struct block *b = ptr;
            b->next = kept[class].free;
            kept[class].free = b;
            kept[class].count++;
            return;
        }
    }
    free(ptr);
}

void vm_alloc_release(void)
{
    for (int class = 0; class < CLASSES; class ++) {
        for (struct block *b; (b = kept[class].free) != NULL;) {
            kept[class].free = b->next;
            free(b);
        }
        kept[class].count = 0;
    }
}

#define NODE_BYTES 24 /* of Lua 5.4's hash parts: a unit test holds that */

/* Is this new block, without the tag that objects come with, a hash part above
 * the limit? The room of a luaL_Buffer may have the same size; it is asked for
 * directly after the userdata that holds it. */
static bool is_wide(const struct vm_alloc *a, size_t size)
{
    size_t nodes = size / NODE_BYTES;
    return nodes > VM_KEYS_MAX && size % NODE_BYTES == 0 && (nodes & (nodes - 1)) == 0 &&
           a->last_tag != LUA_TUSERDATA;
}

void *vm_alloc_fn(void *ud, void *ptr, size_t osize, size_t nsize)
{
    struct vm_alloc *a = ud;
    size_t before = ptr ? osize : 0; /* for a new block osize is a type tag */
    if (nsize == 0) {
        a->used -= before;
        if (ptr != NULL) give(ptr, before);
        return NULL;
    }
    if (ptr == NULL) {
        if (osize == 0 && a->strict && !a->trusted && is_wide(a, nsize)) a->refuse(a);
        a->last_tag = osize;
    }
    if (a->strict && nsize > before && a->cap != 0 &&
        (a->used - before + nsize > a->cap || nsize > (ptr ? VM_STACK_MAX : VM_BLOCK_MAX)))
        return NULL;
    void *p = ptr ? realloc(ptr, room(nsize)) : take(nsize);
    if (p == NULL) {
        if (a->strict) return NULL;
        p = mem_realloc(ptr, room(nsize)); /* aborts: the machine itself is out of memory */
    }
    a->used = a->used - before + nsize;
    if (a->used > a->soft && a->strict) a->trip(a);
    if (a->cap != 0 && nsize > VM_STACK_DEEP && before > 0 && nsize > before && a->strict) a->deep(a);
    return p;
}
