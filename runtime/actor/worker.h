/* One worker: a thread with a uv loop, a listener and an engine. */
#ifndef ACTOR_WORKER_H
#define ACTOR_WORKER_H

#include "actor/engine.h"
#include "actor/inbox.h"
#include "actor/supervise.h"
#include "net/net_server.h"
#include "out/http_client.h"
#include "store/store.h"

struct busy;
struct node;
struct pulse;
struct worker;
struct watchdog;

struct worker_config {
    int index;
    struct node *node;           /* borrowed: routes between workers, holds the store */
    struct engine_config engine; /* port and preempt are filled in by the worker */
    struct net_config net;
    struct http_client_config out;
    bool test_mode;
};

/* Opens the listener on the calling thread; *why is static or uv's. */
int worker_new(const struct worker_config *config, struct bundle *bundle, struct worker **out,
               const char **why) MUST_CHECK;
void worker_start(struct worker *w, struct watchdog *watchdog); /* its thread begins */
bool worker_post(struct worker *w, struct envelope *v);         /* any thread; takes v; false: refused */
/* The end, in this order, since the store answers until it is closed: wait for
 * all workers' threads (after CONTROL_DRAIN), close the store, free the workers. */
void worker_wait(struct worker *w);
int worker_free(struct worker *w); /* the number of leaked handles */

uint16_t worker_port(const struct worker *w);
/* The busiest tenants of the same moment, most first; at most max of them (SUPERVISE_TOP are kept). Any
 * thread. */
size_t worker_top(struct worker *w, struct tenant_load *out, size_t max);
struct preempt *worker_preempt(struct worker *w);
struct pulse *worker_pulse(struct worker *w);
/* A copy made by the worker about once a second, for /metrics. Any thread. */
void worker_stats(struct worker *w, struct engine_stats *engine, struct net_stats *net);
void worker_busy(struct worker *w, struct busy *out); /* of the same moment */

#endif
