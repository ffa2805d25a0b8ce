/* The server of a simulated run: the real engine, its store and its
 * connections. It can crash at any moment and start again on the same
 * database. What a worker's edge does with sockets (runtime/actor/edge.c) is
 * done here with events: frames arrive late but in order, a connection's end
 * is noticed late, and what was sent but not flushed stays where it is. */
#ifndef SIM_SERVER_H
#define SIM_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "actor/engine.h"

struct sim_scripts;
struct sim_server;
struct sim_store;
struct sim_world;

#define SIM_CONNS 512

/* What a visitor's end of a connection hears. closed: code 1006 when it was
 * cut; nothing comes after it. */
struct sim_ear {
    void (*opened)(void *ctx, int conn);
    void (*frame)(void *ctx, int conn, const char *text, size_t len);
    void (*answered)(void *ctx, int conn, int status, const char *body, size_t len); /* of a POST */
    void (*closed)(void *ctx, int conn, int code);
};

/* config's clock and port are set here. */
struct sim_server *sim_server_new(struct sim_world *w, struct sim_scripts *scripts,
                                  const struct engine_config *config);
void sim_server_free(struct sim_server *s);

/* json: the request as the edge tells it to the engine; copied. The ear is
 * called with ctx until closed or sim_server_hang_up. -1: no connection is left. */
int sim_server_connect(struct sim_server *s, const char *json, const struct sim_ear *ear, void *ctx);
void sim_server_say(struct sim_server *s, int conn, const char *frame); /* copied */
/* The visitor's end goes away; silent: the server notices only much later. */
void sim_server_hang_up(struct sim_server *s, int conn, bool silent);

void sim_server_crash(struct sim_server *s, uint64_t down_ns);
void sim_server_reload(struct sim_server *s, int version);
/* Lets ready actors run for budget_ns; true when some are still ready. */
bool sim_server_run(struct sim_server *s, uint64_t budget_ns);
uint64_t sim_server_next_due(const struct sim_server *s);

struct engine *sim_server_engine(struct sim_server *s); /* NULL while it is down */
struct sim_store *sim_server_store(struct sim_server *s);
uint64_t sim_server_state_peak(const struct sim_server *s); /* bytes of all Lua states at their highest */

#endif
