/* A turn's outgoing requests, until all of them have ended. */
#ifndef ACTOR_FETCH_H
#define ACTOR_FETCH_H

#include <stdint.h>

struct buf;
struct engine;
struct http_client;
struct out_result;

/* Starts them, as many at once as they allow; ends in engine_fetched, perhaps before it returns. requests is
 * borrowed. An actor that is gone by then finds nothing. */
void fetch_start(struct http_client *client, struct engine *e, int64_t tenant, int64_t actor, uint32_t number,
                 const struct buf *requests);

/* The rows in which a turn gets its answers: the head, then one for each request. */
void fetch_rows(struct buf *rows);
void fetch_row_answered(struct buf *rows, const struct out_result *r);
void fetch_row_failed(struct buf *rows, int code, const char *why, uint32_t ms);

#endif
