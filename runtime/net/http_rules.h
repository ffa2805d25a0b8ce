/* What a request must fulfil beyond its grammar: RFC 9112 and RFC 6455. */
#ifndef NET_HTTP_RULES_H
#define NET_HTTP_RULES_H

#include "net/http.h"

struct http_wire {
    int major, minor;
    bool has_length;
    uint64_t length; /* Content-Length */
    bool chunked;
};

/* Judges method, version, target, Host, body framing, Expect and handshake,
 * and sets is_upgrade. target is the raw request target, which must be the
 * path form (or "*" for OPTIONS, or absolute with Host's authority): *path
 * points into it. status 0: fine. */
struct http_refusal http_rules_check(struct http_request *r, const struct http_wire *wire, char *target);

#endif
