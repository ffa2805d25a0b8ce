/* The slab of sanitizer builds: no reuse, so a use after free is seen. */
#include "base/mem.h"
#include "base/slab.h"

void slab_init(struct slab *s, size_t item_size)
{
    s->item_size = item_size;
    s->free = s->chunks = NULL;
}

void slab_deinit(struct slab *s) { (void)s; }
void *slab_take(struct slab *s) { return mem_zalloc(s->item_size); }

void slab_give(struct slab *s, void *item)
{
    (void)s;
    mem_free(item);
}
