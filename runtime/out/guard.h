/* Where outgoing requests may go. The URL is looked at first, for an early
 * and friendly refusal; what protects is guard_address, which sees the
 * address that is being connected to, whatever names and redirects led there
 * (out/http_client.c calls it for each socket). */
#ifndef OUT_GUARD_H
#define OUT_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"

#define GUARD_OWN_MAX 32
#define GUARD_PORTS_MAX 16
#define GUARD_URL_MAX 2048

/* Public: filled once at start, then read by every worker. */
struct guard {
    bool loopback;   /* tests only: 127.0.0.0/8 and ::1, any port, plain HTTP */
    bool plain_http; /* the operator allows http:// */
    uint16_t port[GUARD_PORTS_MAX];
    size_t ports;
    unsigned char own[GUARD_OWN_MAX][16]; /* addresses of this machine, IPv4 as ::ffff:a.b.c.d */
    size_t owned;
};

void guard_init(struct guard *g); /* HTTPS only, ports 80 443 8080 8443, nothing own */
/* "203.0.113.7, 2001:db8::1": more own addresses. */
int guard_add_own(struct guard *g, const char *list) MUST_CHECK;
void guard_add_interfaces(struct guard *g);                        /* those that the machine has now */
int guard_set_ports(struct guard *g, const char *list) MUST_CHECK; /* "443, 8443" */

/* ERR_DENIED for addresses that are not the public Internet's, our own, or of a
 * port that is not listed. */
int guard_address(const struct guard *g, const struct sockaddr *address) MUST_CHECK;
/* ERR_INVALID or ERR_DENIED with *why in words for the URL's author. */
int guard_url(const struct guard *g, const char *url, size_t len, const char **why) MUST_CHECK;

#endif
