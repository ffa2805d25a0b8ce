/* Items of one size in chunks of their own, for things that live for hours
 * (connections) beside things that live for microseconds: mixed in one heap,
 * the short-lived leave holes between the long-lived that no trim can return.
 * An item costs its size and nothing more. Chunks go with the slab. In
 * sanitizer builds every item is an allocation of its own (slab_checked.c). */
#ifndef BASE_SLAB_H
#define BASE_SLAB_H

#include <stddef.h>

struct slab {
    size_t item_size; /* at least a pointer's */
    void *free;       /* free items, linked through their first word */
    void *chunks;     /* linked through their first word */
};

void slab_init(struct slab *s, size_t item_size);
void slab_deinit(struct slab *s); /* every item must have been given back */
void *slab_take(struct slab *s);  /* zeroed */
void slab_give(struct slab *s, void *item);

#endif
