/* A table of fixed-size items named by {index, generation}: memory never
 * moves, a stale name finds nothing. Items live in chunks of 256, whole
 * pages when the item's size is a multiple of 16: an item costs its size and no
 * more. */
#ifndef ACTOR_SLOTS_H
#define ACTOR_SLOTS_H

#include <stddef.h>
#include <stdint.h>

/* Every item begins with this. */
struct slot {
    uint32_t generation; /* odd while in use, changes with every take and give; below 2^31 */
    uint32_t index;      /* own index; while free: the next free one */
};

struct slots {
    char **chunk;
    size_t item_size;
    uint32_t count, free_head, used;
};

#define SLOTS_CHUNK 256

void slots_init(struct slots *s, size_t item_size);
void slots_deinit(struct slots *s);
void *slots_take(struct slots *s); /* item zeroed behind its slot head */
void slots_give(struct slots *s, void *item);
void *slots_find(const struct slots *s, uint32_t index, uint32_t generation); /* NULL when stale */
void *slots_at(const struct slots *s, uint32_t index); /* of one that is known to be in use */
void *slots_next(const struct slots *s, uint32_t *at); /* items in use; *at starts at 0; NULL at the end */

/* One positive int64 for Lua and job tags. */
int64_t slot_name(const struct slot *s);
void *slots_named(const struct slots *s, int64_t name); /* NULL when stale */

#endif
