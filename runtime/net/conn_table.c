/* The slots are an array that only grows; free ones form a list through
 * themselves, marked by their lowest bit, which no pointer has. */
#include "net/conn_table.h"

#include "base/mem.h"
#include "net/conn_state.h"

void conn_table_deinit(struct conn_table *t)
{
    mem_free(t->slot);
    *t = (struct conn_table){0};
}

void conn_table_add(struct conn_table *t, struct conn *c)
{
    if (t->free != 0) {
        c->index = t->free - 1;
        t->free = (uint32_t)(t->slot[c->index] >> 1);
    } else {
        if (t->count == t->cap) {
            t->cap = t->cap != 0 ? t->cap + t->cap / 2 : 64;
            t->slot = mem_realloc(t->slot, t->cap * sizeof *t->slot);
        }
        c->index = t->count++;
    }
    t->slot[c->index] = (uintptr_t)c;
    if (++t->serial == 0) t->serial = 1; /* so that no id is all zero */
    c->generation = t->serial;
}

void conn_table_take(struct conn_table *t, struct conn *c)
{
    t->slot[c->index] = (uintptr_t)t->free << 1 | 1;
    t->free = c->index + 1;
}

struct conn *conn_table_at(const struct conn_table *t, uint32_t index)
{
    if (index >= t->count || (t->slot[index] & 1)) return NULL;
    return (struct conn *)t->slot[index];
}
