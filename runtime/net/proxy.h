/* Reverse proxies that the operator trusts, and the visitor's address behind
 * them. A connection from a listed address speaks for others: each of its
 * requests is counted and logged under the address that X-Forwarded-For names,
 * read from the right past further listed ones, since only what a trusted
 * proxy appended is true. From anybody else the header means nothing. */
#ifndef NET_PROXY_H
#define NET_PROXY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/err.h"

struct address_key;
struct http_request;
struct proxies;

#define PROXIES_MAX 64

/* "10.0.0.5, 10.1.0.0/16, 2001:db8::/32"; "" or NULL: none, *out is NULL.
 * ERR_INVALID: *why is static text. Immutable afterwards: any thread may read it. */
int proxies_parse(const char *list, struct proxies **out, const char **why) MUST_CHECK;
void proxies_free(struct proxies *p); /* NULL is fine */
bool proxies_trust(const struct proxies *p, const struct sockaddr *peer);
/* The visitor's address of a request that came from a trusted peer, cut; false:
 * the header is missing or names nobody, so the peer's own counts. */
bool proxies_client(const struct proxies *p, const struct http_request *r, struct address_key *out);

#endif
