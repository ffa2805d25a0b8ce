/* Waiting for the helper's answers on a loop. One set of asks a loop; not thread-safe. */
#ifndef HELPER_ASK_H
#define HELPER_ASK_H

#include <uv.h>

#include "helper/helper.h"

struct asks;

/* data: the answer, borrowed, "" unless status is ERR_OK. ERR_INVALID: the
 * cell died over this input. ERR_TIMEOUT, ERR_LIMIT, ERR_CLOSED (asks_close). */
typedef void (*ask_done)(void *ctx, int status, const char *data, size_t len);

struct asks *asks_new(uv_loop_t *loop, struct helper *h); /* h may be NULL: every ask is ERR_UNAVAILABLE */
/* Answers what is open with ERR_CLOSED and frees itself when the loop has closed its handles. */
void asks_close(struct asks *a);
uv_loop_t *asks_loop(struct asks *a);
/* done comes exactly once, from the loop, unless an error is returned. fd is borrowed. */
int ask_send(struct asks *a, uint8_t job, int64_t argument, int fd, ask_done done, void *ctx) MUST_CHECK;

#endif
