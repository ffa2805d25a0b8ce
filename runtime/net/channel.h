/* The other side of an upgrade: WebSocket frames in and out, event streams
 * out. Public sends are in net/conn.h. */
#ifndef NET_CHANNEL_H
#define NET_CHANNEL_H

#include <stddef.h>
#include <stdint.h>

struct conn;

/* Takes all bytes of a framed connection, delivering what is whole. */
void channel_input(struct conn *c, char *data, size_t len);
void channel_ping(struct conn *c); /* WebSocket ping or SSE comment, flushed */
/* Close frame, then GOODBYE. reason: static text. */
void channel_goodbye(struct conn *c, uint16_t code, const char *text, const char *reason);

#endif
