/* The listening socket of one worker. Several workers listen on one port; the
 * kernel deals out the connections (SO_REUSEPORT). */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

#include <stdint.h>

#include "base/err.h"

struct net_server;

/* ERR_IO and why ("address already in use") when another process listens
 * there. SO_REUSEPORT alone would let it share the port, and half of the
 * visitors would reach the wrong server. What cannot be tried is no error. */
int listener_probe(const char *host, uint16_t port, const char **why) MUST_CHECK;

/* s->listener is initialised by this also on failure, and must be closed. */
int listener_open(struct net_server *s, const char **why) MUST_CHECK;
void listener_close(struct net_server *s); /* twice is fine */
uint16_t listener_port(const struct net_server *s);

#endif
