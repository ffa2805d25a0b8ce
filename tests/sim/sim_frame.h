/* Reading the server's frames: our own encoder writes them, so a search for
 * `"name":` is enough. Values of messages stand before the visitor's text. */
#ifndef SIM_FRAME_H
#define SIM_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool sim_frame_is(const char *frame, const char *type);
int64_t sim_frame_number(const char *frame, const char *name); /* 0 when it has none */
/* The last one: behind the blocks. */
int64_t sim_frame_last_number(const char *frame, const char *name);
/* false when it has none or it does not fit; escapes are left as they are. */
bool sim_frame_text(const char *frame, const char *name, char *out, size_t size);

#endif
