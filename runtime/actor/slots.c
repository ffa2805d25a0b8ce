/* See slots.h. */
#include "actor/slots.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

#define NONE UINT32_MAX

void slots_init(struct slots *s, size_t item_size)
{
    memset(s, 0, sizeof *s);
    s->item_size = item_size;
    s->free_head = NONE;
}

void slots_deinit(struct slots *s)
{
    for (uint32_t i = 0; i < s->count / SLOTS_CHUNK; i++)
        mem_pages_free(s->chunk[i], SLOTS_CHUNK * s->item_size);
    mem_free(s->chunk);
    slots_init(s, s->item_size);
}

static struct slot *at(const struct slots *s, uint32_t i)
{
    return (struct slot *)(void *)(s->chunk[i / SLOTS_CHUNK] + (i % SLOTS_CHUNK) * s->item_size);
}

static void grow(struct slots *s)
{
    uint32_t chunks = s->count / SLOTS_CHUNK;
    if ((chunks & (chunks - 1)) == 0) /* the directory doubles at powers of two */
        s->chunk = mem_realloc(s->chunk, (chunks ? 2 * chunks : 1) * sizeof *s->chunk);
    s->chunk[chunks] = mem_pages(SLOTS_CHUNK * s->item_size);
    s->count += SLOTS_CHUNK;
    for (uint32_t i = s->count; i-- > s->count - SLOTS_CHUNK;) {
        at(s, i)->index = s->free_head;
        s->free_head = i;
    }
}

void *slots_take(struct slots *s)
{
    if (s->free_head == NONE) grow(s);
    uint32_t i = s->free_head;
    struct slot *item = at(s, i);
    s->free_head = item->index;
    uint32_t generation = (item->generation + 1) & 0x7fffffff;
    memset(item, 0, s->item_size);
    item->generation = generation;
    item->index = i;
    s->used++;
    return item;
}

void slots_give(struct slots *s, void *p)
{
    struct slot *item = p;
    uint32_t i = item->index;
    assert(item->generation & 1);
    item->generation = (item->generation + 1) & 0x7fffffff;
    item->index = s->free_head;
    s->free_head = i;
    s->used--;
}

void *slots_find(const struct slots *s, uint32_t index, uint32_t generation)
{
    if (index >= s->count || !(generation & 1)) return NULL;
    struct slot *item = at(s, index);
    return item->generation == generation ? item : NULL;
}

void *slots_at(const struct slots *s, uint32_t index)
{
    assert(index < s->count);
    struct slot *item = at(s, index);
    assert(item->generation & 1);
    return item;
}

void *slots_next(const struct slots *s, uint32_t *i)
{
    while (*i < s->count) {
        struct slot *item = at(s, (*i)++);
        if (item->generation & 1) return item;
    }
    return NULL;
}

int64_t slot_name(const struct slot *s) { return (int64_t)s->generation << 32 | s->index; }

void *slots_named(const struct slots *s, int64_t name)
{
    return slots_find(s, (uint32_t)name, (uint32_t)(name >> 32));
}
