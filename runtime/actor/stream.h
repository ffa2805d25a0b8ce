/* Answers of outgoing requests that are taken while they arrive, as events
 * (out/sse_parser.h): the way in which AI providers answer. A stream belongs
 * to the turn of one actor, which opens it and then asks for what has come.
 *
 * Bounds: one stream an actor; STREAM_WAITING bytes of events that nobody has
 * asked for, then the sender is made to wait; SSE_EVENT_MAX bytes of one event;
 * the request's own limits of time and bytes. It ends with its turn, and when
 * the last visitor of its actor leaves. */
#ifndef ACTOR_STREAM_H
#define ACTOR_STREAM_H

#include <stdint.h>
#include <uv.h>

struct buf;
struct engine;
struct http_client;
struct streams;

#define STREAM_WAITING 65536

struct streams *streams_new(uv_loop_t *loop, struct http_client *client, struct engine *engine);
/* Before http_client_close; what is open ends, no more is opened. streams_free when the engine is gone, too.
 */
void streams_close(struct streams *s);
void streams_free(struct streams *s);

/* One call of vm/lib_http.c's stream functions; ends in engine_fetched, perhaps before it returns. */
void streams_call(struct streams *s, int64_t tenant, int64_t actor, uint32_t number, const struct buf *args);
/* The actor's turn is over: nobody asks any more. */
void streams_drop(struct streams *s, int64_t actor);
/* Nobody listens to the actor any more: the request is ended, its turn is told. */
void streams_gone(struct streams *s, int64_t actor);

#endif
