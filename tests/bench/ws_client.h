/* A WebSocket client connection for the load generator, on libuv: RFC 6455
 * client side, text frames, no extensions, loopback only.
 *
 * Memory of a sleeping connection is this struct alone: what is read goes
 * through one buffer of the whole program, and only a frame that arrived in
 * part is kept aside. */
#ifndef BENCH_WS_CLIENT_H
#define BENCH_WS_CLIENT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct ws_client;

struct ws_events {
    void (*opened)(struct ws_client *c);                             /* upgraded */
    void (*text)(struct ws_client *c, const char *data, size_t len); /* borrowed, not terminated */
    void (*closed)(struct ws_client *c, const char *why);            /* once; also if never opened */
};

enum ws_state { WS_NEW, WS_UPGRADING, WS_OPEN, WS_CLOSED };

/* Public because the generator embeds it by value. */
struct ws_client {
    uv_tcp_t tcp;
    uv_connect_t connect;
    const struct ws_events *events;
    const char *request; /* borrowed: the whole upgrade request */
    char *kept;          /* bytes of an unfinished frame or head; NULL when there are none */
    size_t kept_len;
    enum ws_state state;
};

/* request: the upgrade's head, borrowed for the life of the client. from: source address. */
void ws_client_open(struct ws_client *c, uv_loop_t *loop, const struct sockaddr_in *from,
                    const struct sockaddr_in *to, const char *request, const struct ws_events *events);
void ws_client_send(struct ws_client *c, const char *text, size_t len); /* at most 64 KiB */
void ws_client_close(struct ws_client *c); /* at once, no close frame; no event */

#endif
