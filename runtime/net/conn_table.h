/* Connections by index, eight bytes a slot. A generation is a serial number of
 * the whole table, so a slot needs none of its own and an id that outlived its
 * connection finds nothing (until 2^32 connections later). */
#ifndef NET_CONN_TABLE_H
#define NET_CONN_TABLE_H

#include <stdint.h>

#include "net/conn.h"

/* Embedded by struct net_server; starts as zero. */
struct conn_table {
    uintptr_t *slot; /* a connection, or the next free index * 2 + 1 */
    uint32_t count, cap;
    uint32_t free;   /* index + 1 of the first free slot, 0: none */
    uint32_t serial; /* last generation given */
};

void conn_table_deinit(struct conn_table *t);
void conn_table_add(struct conn_table *t, struct conn *c); /* sets c's index and generation */
void conn_table_take(struct conn_table *t, struct conn *c);
struct conn *conn_table_at(const struct conn_table *t, uint32_t index); /* NULL: free slot or past the end */

#endif
