/* A visitor's page: says hello, sends its messages under CIDs until each is
 * acknowledged, comes back after every loss with what it has seen, and checks
 * all that it sees. */
#ifndef SIM_CLIENT_H
#define SIM_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim_talk.h"

struct sim_client;
struct sim_server;
struct sim_world;

struct sim_habits {
    size_t window;     /* messages under way at once */
    uint64_t think_ns; /* between two messages at most */
    uint32_t hang_up;  /* per mille of the messages: the line breaks soon after */
    uint32_t twice;    /* sent twice */
    uint32_t post;     /* sent by HTTP POST */
    uint32_t hasty;    /* of the connections: a message follows hello without waiting */
    bool prompt;       /* the store is never slow: silence of the server is a fault */
    bool stream;       /* a listener reads an event stream instead of a socket */
    bool may_overtake; /* a message after one that the store refused is taken before it comes again */
};

/* tenant: 1 .. SIM_TENANTS; with: a client whose conversation this one joins,
 * or NULL. It begins by itself within start_ns. */
struct sim_client *sim_client_new(struct sim_world *w, struct sim_server *server, int tenant, int index,
                                  enum sim_mood mood, size_t messages, const struct sim_habits *habits,
                                  struct sim_client *with, uint64_t start_ns);
void sim_client_free(struct sim_client *c);
void sim_client_calm(struct sim_client *c);  /* no more faults of its own */
void sim_client_leave(struct sim_client *c); /* hangs up for good */

bool sim_client_done(const struct sim_client *c); /* seated, everything acknowledged or given up */
enum sim_mood sim_client_mood(const struct sim_client *c);
int sim_client_tenant(const struct sim_client *c);
const char *sim_client_mark(const struct sim_client *c);
const char *sim_client_conversation(const struct sim_client *c); /* "" before the first ready */
bool sim_client_joined(const struct sim_client *c);              /* it has the conversation of another */
const struct sim_said *sim_client_said(const struct sim_client *c, size_t *count);
int64_t sim_client_seen(const struct sim_client *c);                   /* all up to this seq */
const char *sim_client_frame(const struct sim_client *c, int64_t seq); /* as it came; NULL: not seen */
bool sim_client_in_order(const struct sim_client *c); /* its messages cannot have overtaken each other */

#endif
