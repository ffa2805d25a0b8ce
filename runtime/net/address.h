/* A peer's address, cut to its network: /24 for IPv4, /48 for IPv6. Nothing
 * behind this file ever sees a whole address. */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* Also a hash key: every byte counts, unused ones are zero. */
struct address_key {
    uint8_t family; /* 4, 6, 0: unknown */
    uint8_t net[6];
    uint8_t zero;
};

#define ADDRESS_TEXT_LEN 48

void address_cut(const struct sockaddr *peer, struct address_key *out); /* ::ffff:a.b.c.d is IPv4 */
bool address_is_loopback(const struct sockaddr *peer);
/* "203.0.113.0/24", "2001:db8:1::/48", "unknown" */
void address_text(const struct address_key *key, char out[ADDRESS_TEXT_LEN]);

#endif
