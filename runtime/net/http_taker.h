/* Bodies that are too large for memory, between the reader (net/http.h) and
 * who takes them (net/intake.h). */
#ifndef NET_HTTP_TAKER_H
#define NET_HTTP_TAKER_H

#include <stddef.h>
#include <stdint.h>

struct http_request;

/* A body that went into a file (net/intake.h). */
struct http_file {
    const char *name;   /* of the file in its store; random, nobody's words */
    const char *sha256; /* 64 hexadecimal digits */
    uint64_t size;
};

/* Somebody who may want a body that is too large for memory. */
struct http_taker {
    uint32_t body_max; /* of a body that is taken */
    /* The head is whole and keeps the rules: 1 takes the body, 0 does not, any
     * other value is the status with which the request is refused. */
    int (*wants)(void *ctx, const struct http_request *r);
    void (*bytes)(void *ctx, const char *data, size_t len);
    void *ctx;
};

#endif
