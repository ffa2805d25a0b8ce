/* A turn's look at a file that was sent: through the helper, then the small
 * picture goes beside the file. */
#ifndef ACTOR_LOOK_H
#define ACTOR_LOOK_H

#include <stdint.h>

struct asks;
struct engine;

/* Ends in engine_fetched with one row: type, width, height, thumb (1: there is
 * one, named NAME.t), code (nil, or "invalid", "unavailable", "limit", ...). */
void look_start(struct asks *asks, const char *dir, struct engine *e, int64_t actor, uint32_t number,
                const char *name, int side);

/* The names in one folder of stored files ("00" to "ff") that are older than an
 * hour, at most 500; ends in engine_fetched with rows of `name`. */
void look_list(struct asks *asks, const char *dir, struct engine *e, int64_t actor, uint32_t number,
               const char *folder);

#endif
