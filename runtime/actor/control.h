/* The control socket <data>/control.sock (mode 0600): how the command line
 * talks to a running server of the same user. One request line, then the
 * answer: "ok" or "error" on the first line, text after it, end of file. */
#ifndef ACTOR_CONTROL_H
#define ACTOR_CONTROL_H

#include <uv.h>

#include "base/buf.h"
#include "base/err.h"

struct control;

#define CONTROL_LINE_MAX 256
#define CONTROL_CLIENTS_MAX 8

/* handle appends the answer's text and returns 0 or an error. */
int control_open(uv_loop_t *loop, const char *data_dir,
                 int (*handle)(void *ctx, const char *line, struct buf *answer), void *ctx,
                 struct control **out, char *why, size_t why_len) MUST_CHECK;
void control_close(struct control *c); /* asynchronous: freed by the loop */

/* Client side, blocking, for the command line. ERR_UNAVAILABLE: no server there. */
int control_ask(const char *data_dir, const char *line, struct buf *answer) MUST_CHECK;

#endif
