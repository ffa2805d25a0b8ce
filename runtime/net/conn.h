/* One connection as its owner sees it: a request to answer, then perhaps a
 * WebSocket or an event stream. All calls belong to the loop's thread and may
 * be made from inside any event of net/net_server.h. A connection is never
 * freed inside a call: it lives until on_closed has returned, but conn_find
 * stops finding it as soon as it is closing. */
#ifndef NET_CONN_H
#define NET_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "net/http.h"
#include "net/websocket.h"

struct conn;
struct net_server;

/* Never zero in both fields. A stale id finds nothing, which is normal. */
struct conn_id {
    uint32_t index, generation;
};

/* The owner's, zero at first; not looked at here. Small, for every idle visitor has one. */
struct conn_user {
    uint64_t name;
    uint16_t place;
    uint8_t role;
};

struct conn_id conn_id(const struct conn *c);
struct conn *conn_find(struct net_server *s, struct conn_id id); /* borrowed, NULL when gone or closing */
struct conn_user *conn_user(struct conn *c);
struct net_server *conn_server(const struct conn *c);

/* ---- answering the request in flight: exactly one of the three ---- */

/* Whole response, flushed at once. Content-Length, Date, Connection and
 * X-Content-Type-Options are added here. A header with a control character
 * makes it a 500. HEAD sends no body. Copies everything. */
void conn_respond(struct conn *c, int status, const struct http_header *headers, size_t n, const void *body,
                  size_t len);
/* The same with the body from a file of the intake's folder, by its name there;
 * 404 where there is none. Never more than two chunks of it are in memory. */
void conn_respond_file(struct conn *c, int status, const struct http_header *headers, size_t n,
                       const char *name);
/* application/problem+json (RFC 9457): title from the status, stable code, detail may be NULL. */
void conn_problem(struct conn *c, int status, const char *code, const char *detail);
/* 101; ERR_INVALID when the request was no handshake (it is still to be
 * answered). subprotocol may be NULL; limits are kept by pointer. */
int conn_upgrade(struct conn *c, const char *subprotocol, const struct ws_limits *limits) MUST_CHECK;
/* 200 text/event-stream; headers as in conn_respond. ERR_INVALID for HEAD. */
int conn_stream(struct conn *c, const struct http_header *headers, size_t n) MUST_CHECK;

/* ---- an open WebSocket or stream: appended to the output, sent by conn_flush ---- */

/* Over ws_limits.max_queue (streams: 256 KiB) the connection is dropped,
 * reason "slow reader". On a connection that is closing nothing happens. */
void conn_send_text(struct conn *c, const void *data, size_t len);
void conn_send_binary(struct conn *c, const void *data, size_t len);
void conn_send_event(struct conn *c, const char *id, const void *data, size_t len); /* SSE; id may be NULL */
/* One write(2) for everything pending; what the kernel refuses goes out later by itself. */
void conn_flush(struct conn *c);

/* Flushes, then ends it: WebSocket by a close frame and at most 2 s for the
 * peer's, a stream by end of file, a request in flight by closing. on_closed
 * follows from the loop, never from inside this call. reason: for the close
 * frame, copied, may be NULL. */
void conn_close(struct conn *c, uint16_t code, const char *reason);

bool conn_is_websocket(const struct conn *c);
bool conn_is_stream(const struct conn *c);
const char *conn_ip(const struct conn *c); /* cut; borrowed until the next call on this server */

#endif
