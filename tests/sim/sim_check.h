/* The invariants that are looked at when a run has become quiet. */
#ifndef SIM_CHECK_H
#define SIM_CHECK_H

#include <stddef.h>

struct sim_client;
struct sim_server;
struct sim_world;

/* What each client was told and shown against what the store holds. */
void sim_check_history(struct sim_world *w, struct sim_server *server, struct sim_client *const *clients,
                       size_t count);
/* Submissions and events: one for each dialog that ended, none besides. */
void sim_check_work(struct sim_world *w, struct sim_server *server, struct sim_client *const *clients,
                    size_t count, int tenants);
/* After all have left and nothing happened for long: an engine as new. */
void sim_check_empty(struct sim_world *w, struct sim_server *server);

#endif
