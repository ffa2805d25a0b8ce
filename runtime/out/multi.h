/* libcurl's multi interface on a uv loop. One multi is one set of connections
 * that may be used again, so each tenant has its own (out/http_client.c).
 * Not for threads: the loop's own only. */
#ifndef OUT_MULTI_H
#define OUT_MULTI_H

#include <curl/curl.h>
#include <uv.h>

struct multi;

/* Tells how a transfer ended; the handle is out of the multi by then. */
typedef void (*multi_done)(void *ctx, CURL *easy, CURLcode code);

struct multi *multi_new(uv_loop_t *loop, long connections, multi_done done, void *ctx);
void multi_add(struct multi *m, CURL *easy);    /* the handle stays the caller's */
void multi_remove(struct multi *m, CURL *easy); /* ends it without done() */
void multi_close(struct multi *m); /* no transfer may be left; frees it once its handles are closed */

#endif
