/* What a connection still has to send. It exists only while there is
 * something: made by the first byte, given back when the kernel took all.
 * Bytes are appended, then flushed with one write; what the kernel refuses
 * goes out by a request of the loop. Memory of up to a few outboxes is kept by
 * the server, so that a burst of small answers allocates nothing. */
#ifndef NET_OUTBOX_H
#define NET_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct conn;
struct net_server;

/* Where to append; made when needed. Borrowed until outbox_flush. */
struct buf *outbox_pending(struct conn *c);
size_t outbox_len(const struct conn *c); /* bytes not yet taken by the kernel */
/* Sends. True: all went out (or c had nothing to send). False: the rest follows,
 * then conn_drained is called from the loop; or c was dropped by an error. */
bool outbox_flush(struct conn *c);
/* Whether the peer took nothing for stall_ms. The janitor asks regularly. */
bool outbox_stalled(struct conn *c, uint32_t now, uint32_t stall_ms);
void outbox_free(struct conn *c);                /* only when c's handle is closed */
void outbox_deinit_spares(struct net_server *s); /* frees what the server kept */

#endif
