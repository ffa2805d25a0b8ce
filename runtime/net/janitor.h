/* All deadlines of all connections, kept by one timer: ten times a second it
 * visits a tenth of them, so each is looked at once a second and no visit of
 * many connections holds up the loop. A deadline is late by up to 1.1 s. */
#ifndef NET_JANITOR_H
#define NET_JANITOR_H

struct net_server;

#define JANITOR_TICK_MS 100
#define JANITOR_LINGER_MS 2000 /* close handshake, and the peer's end of file */

void janitor_start(struct net_server *s);     /* runs until there are no connections */
void janitor_visit_all(struct net_server *s); /* refreshes the clock and visits every one (tests) */

#endif
