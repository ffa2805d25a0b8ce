/* Server-sent events, as the HTML standard writes them. */
#ifndef NET_SSE_H
#define NET_SSE_H

#include <stddef.h>

struct buf;

/* One event: data's lines (CR, LF or CRLF) become data: lines. id may be NULL;
 * what follows a line end or NUL in it is cut. */
void sse_event(struct buf *out, const char *id, const char *data, size_t len);
void sse_ping(struct buf *out); /* a comment: keeps the way through proxies open */

#endif
