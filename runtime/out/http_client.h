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

struct transfer;
enum out_taken { OUT_TAKEN, OUT_LATER, OUT_STOP };
/* ctx is that of done. head: of the answer, once; data: OUT_LATER takes nothing of it and
 * makes the sender wait, OUT_STOP ends it with ERR_LIMIT. */
struct out_stream {
    void (*head)(void *ctx, int status, const struct buf *headers);
    enum out_taken (*data)(void *ctx, const char *bytes, size_t len);
};

struct http_client *http_client_new(uv_loop_t *loop, const struct http_client_config *config);
/* Ends what is under way (ERR_CLOSED) and frees all once the loop has closed its handles. */
void http_client_close(struct http_client *c);

/* done is called once, later, unless an error comes back: then *why says what. */
int http_client_start(struct http_client *c, int64_t tenant, const struct out_request *r, out_done done,
                      void *ctx, uint64_t tag, const char **why) MUST_CHECK;

/* The same for an answer that is taken as it arrives. done comes at its end, unless it was
 * aborted; *out names it until then. The body's limit is of all bytes. */
int http_client_stream(struct http_client *c, int64_t tenant, const struct out_request *r,
                       const struct out_stream *taker, out_done done, void *ctx, uint64_t tag,
                       struct transfer **out, const char **why) MUST_CHECK;
void http_client_resume(struct transfer *t); /* after OUT_LATER: the bytes come again */
void http_client_abort(struct transfer *t);  /* never from a call back of the taker; nothing comes after it */

uint32_t http_client_active(const struct http_client *c);

#endif
