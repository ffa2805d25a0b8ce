/* Between the sockets of net/ and the sessions of the engine: which session a
 * connection has, and how effects reach it. Lives inside a worker. */
#ifndef ACTOR_EDGE_H
#define ACTOR_EDGE_H

#include <stdbool.h>

#include "actor/engine.h"
#include "actor/inbox.h"
#include "net/net_server.h"

struct worker;
struct node;
struct watchdog;
struct http_client;
struct asks;
struct streams;

struct edge {
    struct node *node;
    struct engine *engine;
    struct net_server *net;
    struct http_client *http;
    struct streams *streams;
    struct asks *asks; /* the helper (helper/ask.h) */
    int worker;
    struct watchdog *watchdog; /* woken before Lua runs */
    struct buf scratch;
};

extern const struct net_events edge_events; /* ctx: struct edge */
extern const struct engine_ops edge_ops;    /* ctx: struct edge */

/* Routes answered by C: health, metrics and, in test mode, the echo. */
const struct net_route *edge_routes(bool test_mode, size_t *count);
void edge_receive(struct edge *g, const struct envelope *v); /* an envelope of another worker; borrowed */
void edge_say_goodbye(struct edge *g);                       /* bye frame to every WebSocket and stream */

#endif
