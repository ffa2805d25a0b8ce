/* Cuts addresses. A mapped IPv6 address is its IPv4 address, so a dual-stack
 * listener counts and logs a visitor under one name. */
#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* The four bytes of an IPv4 or mapped address, or NULL. */
static const uint8_t *as_ipv4(const struct sockaddr *peer)
{
    if (peer->sa_family == AF_INET)
        return (const uint8_t *)&((const struct sockaddr_in *)(const void *)peer)->sin_addr;
    if (peer->sa_family != AF_INET6) return NULL;
    const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr;
    return IN6_IS_ADDR_V4MAPPED(six) ? six->s6_addr + 12 : NULL;
}

void address_cut(const struct sockaddr *peer, struct address_key *out)
{
    memset(out, 0, sizeof *out);
    const uint8_t *four = as_ipv4(peer);
    if (four != NULL) {
        out->family = 4;
        memcpy(out->net, four, 3);
    } else if (peer->sa_family == AF_INET6) {
        out->family = 6;
        memcpy(out->net, ((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr.s6_addr, 6);
    }
}

bool address_is_loopback(const struct sockaddr *peer)
{
    const uint8_t *four = as_ipv4(peer);
    if (four != NULL) return four[0] == 127;
    if (peer->sa_family != AF_INET6) return false;
    return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr);
}

void address_text(const struct address_key *key, char out[ADDRESS_TEXT_LEN])
{
    if (key->family == 4) {
        snprintf(out, ADDRESS_TEXT_LEN, "%u.%u.%u.0/24", key->net[0], key->net[1], key->net[2]);
    } else if (key->family == 6) {
        struct in6_addr six = {0};
        memcpy(six.s6_addr, key->net, 6);
        char text[INET6_ADDRSTRLEN] = "";
        inet_ntop(AF_INET6, &six, text, sizeof text);
        snprintf(out, ADDRESS_TEXT_LEN, "%s/48", text);
    } else {
        snprintf(out, ADDRESS_TEXT_LEN, "unknown");
    }
}
