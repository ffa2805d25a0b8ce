/* The listening socket of one worker. Several workers listen on one port; the
 * kernel deals out the connections (SO_REUSEPORT). */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

#include <stdint.h>

#include "base/err.h"

struct net_server;

/* s->listener is initialised by this also on failure, and must be closed. */
int listener_open(struct net_server *s, const char **why) MUST_CHECK;
void listener_close(struct net_server *s); /* twice is fine */
uint16_t listener_port(const struct net_server *s);

#endif
