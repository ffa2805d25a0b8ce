/* One outgoing HTTP request and its answer, as plain data. */
#ifndef OUT_REQUEST_H
#define OUT_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct out_text {
    const char *data; /* borrowed, not NUL-terminated */
    size_t len;
};

struct out_request {
    struct out_text method, url;
    struct out_text headers; /* "Name: value\n" each */
    struct out_text body;
    struct out_text key; /* who is called: bounds how many at once; "" : nobody in particular */
    struct out_text
        order;          /* of one text never two at once, in the order of the list; "": it does not matter */
    int32_t timeout_ms; /* for everything, 1 to OUT_TIMEOUT_MAX_MS */
    int32_t body_max;   /* bytes of the answer that are read; more: cut */
    int32_t redirects;  /* hops that are followed, each checked anew; 0 to OUT_REDIRECTS_MAX */
    int32_t at_once;    /* requests to `key` at once, at most OUT_KEY_MAX */
    int32_t start_ms;   /* one that has not begun so long after the call is not begun at all; 0: no matter */
    int32_t stop;       /* 1: once one was not answered 2xx, no further one of the list is begun */
};

#define OUT_REQUESTS_MAX 64 /* in one call; those that must wait do so in it (actor/fetch.c) */
#define OUT_TIMEOUT_MAX_MS 120000
#define OUT_BODY_MAX (4 << 20)
#define OUT_REDIRECTS_MAX 5
#define OUT_KEY_MAX 4

/* A list of requests in one buffer. */
void out_request_add(struct buf *b, const struct out_request *r);
int out_request_next(const struct buf *b, size_t *at, struct out_request *r); /* 1, or 0 at the end */

struct out_result {
    int code;           /* 0, or enum err: no complete answer; status is 0 unless its head came */
    const char *error;  /* "" or why, for the log of whoever asked; borrowed */
    int status;         /* of the last hop */
    uint32_t ms;        /* from start to end */
    struct buf headers; /* "name: value\n", names in lower case */
    struct buf body;
    int cut; /* the body was longer than body_max */
};

#endif
