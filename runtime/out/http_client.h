/* The one way out: HTTP requests of tenants, checked by a guard. One for each
 * worker's loop.
 *
 * Bounds: OUT_KEY_MAX requests at once for one key (whoever is called),
 * tenant_max for one tenant, all_max for the client; past them a request is
 * refused at once with ERR_LIMIT, nothing waits here. Each has a time limit
 * and a byte limit. Connections are used again within one tenant only, never
 * across two. No proxy, netrc, cookie or redirect from elsewhere has a say. */
#ifndef OUT_HTTP_CLIENT_H
#define OUT_HTTP_CLIENT_H

#include <stdint.h>
#include <uv.h>

#include "out/guard.h"
#include "out/request.h"

struct http_client;

struct http_client_config {
    const struct guard *guard; /* borrowed, outlives the client */
    uint32_t tenant_max, all_max;
    const char *ca_file;           /* certificates that are trusted beside the system's; NULL: none */
    const char *const *test_names; /* tests: "name:port:address" entries instead of DNS, NULL at the end */
};

/* Borrowed for the call: take the buffers' contents by buf_init-ing them. */
typedef void (*out_done)(void *ctx, uint64_t tag, struct out_result *result);

struct http_client *http_client_new(uv_loop_t *loop, const struct http_client_config *config);
/* Ends what is under way (ERR_CLOSED) and frees all once the loop has closed its handles. */
void http_client_close(struct http_client *c);

/* done is called once, later, unless an error comes back: then *why says what. */
int http_client_start(struct http_client *c, int64_t tenant, const struct out_request *r, out_done done,
                      void *ctx, uint64_t tag, const char **why) MUST_CHECK;

uint32_t http_client_active(const struct http_client *c);

#endif
