/* See slab.h. Chunks are 64 KiB, so a thousand connections cost six of them. */
#include "base/slab.h"

#include <string.h>

#include "base/mem.h"

#define CHUNK_BYTES 65536
#define CHUNK_HEAD 16 /* keeps items aligned */

void slab_init(struct slab *s, size_t item_size)
{
    s->item_size = (item_size + 15) & ~(size_t)15;
    s->free = s->chunks = NULL;
}

void slab_deinit(struct slab *s)
{
    while (s->chunks != NULL) {
        void *next;
        memcpy(&next, s->chunks, sizeof next);
        mem_pages_free(s->chunks, CHUNK_BYTES);
        s->chunks = next;
    }
    s->free = NULL;
}

static void push(struct slab *s, void *item)
{
    memcpy(item, &s->free, sizeof s->free);
    s->free = item;
}

static void grow(struct slab *s)
{
    char *chunk = mem_pages(CHUNK_BYTES);
    memcpy(chunk, &s->chunks, sizeof s->chunks);
    s->chunks = chunk;
    size_t count = (CHUNK_BYTES - CHUNK_HEAD) / s->item_size;
    for (size_t i = count; i-- > 0;) push(s, chunk + CHUNK_HEAD + i * s->item_size);
}

void *slab_take(struct slab *s)
{
    if (s->free == NULL) grow(s);
    void *item = s->free;
    memcpy(&s->free, item, sizeof s->free);
    return memset(item, 0, s->item_size);
}

void slab_give(struct slab *s, void *item) { push(s, item); }
