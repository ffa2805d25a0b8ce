/* The encoding of a list of requests: a fixed head, then six texts. */
#include "out/request.h"

#include <assert.h>
#include <string.h>

struct head {
    uint32_t method, url, headers, body, key, order; /* lengths */
    int32_t timeout_ms, body_max, redirects, at_once, start_ms, stop;
};

void out_request_add(struct buf *b, const struct out_request *r)
{
    struct head h = {(uint32_t)r->method.len,
                     (uint32_t)r->url.len,
                     (uint32_t)r->headers.len,
                     (uint32_t)r->body.len,
                     (uint32_t)r->key.len,
                     (uint32_t)r->order.len,
                     r->timeout_ms,
                     r->body_max,
                     r->redirects,
                     r->at_once,
                     r->start_ms,
                     r->stop};
    buf_add(b, &h, sizeof h);
    buf_add(b, r->method.data, r->method.len);
    buf_add(b, r->url.data, r->url.len);
    buf_add(b, r->headers.data, r->headers.len);
    buf_add(b, r->body.data, r->body.len);
    buf_add(b, r->key.data, r->key.len);
    buf_add(b, r->order.data, r->order.len);
}

static struct out_text take(const struct buf *b, size_t *at, uint32_t len)
{
    struct out_text t = {b->data + *at, len};
    *at += len;
    assert(*at <= b->len);
    return t;
}

int out_request_next(const struct buf *b, size_t *at, struct out_request *r)
{
    struct head h;
    if (*at == b->len) return 0;
    assert(b->len - *at >= sizeof h);
    memcpy(&h, b->data + *at, sizeof h);
    *at += sizeof h;
    r->method = take(b, at, h.method);
    r->url = take(b, at, h.url);
    r->headers = take(b, at, h.headers);
    r->body = take(b, at, h.body);
    r->key = take(b, at, h.key);
    r->order = take(b, at, h.order);
    r->timeout_ms = h.timeout_ms;
    r->body_max = h.body_max;
    r->redirects = h.redirects;
    r->at_once = h.at_once;
    r->start_ms = h.start_ms;
    r->stop = h.stop;
    return 1;
}
