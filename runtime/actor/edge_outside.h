/* The part of engine_ops that turns wait for outside the engine: requests,
 * streams, studies, mail, files. ctx is the worker's edge. */
#ifndef ACTOR_EDGE_OUTSIDE_H
#define ACTOR_EDGE_OUTSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

void outside_look(void *ctx, int64_t actor, uint32_t number, const char *name, int side);
void outside_drop_file(void *ctx, const char *name);
void outside_fetch(void *ctx, int64_t tenant, int64_t actor, uint32_t number, const struct buf *requests);
void outside_stream(void *ctx, int64_t tenant, int64_t actor, uint32_t number, const struct buf *args);
void outside_stream_end(void *ctx, int64_t actor, bool gone);
void outside_study(void *ctx, int64_t tenant, int64_t actor, uint32_t number, const char *text, size_t len);
void outside_mail(void *ctx, int64_t tenant, int64_t actor, uint32_t number, const char *to, size_t to_len,
                  const char *data, size_t len);

#endif
