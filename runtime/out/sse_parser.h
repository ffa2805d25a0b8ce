/* Reads a stream of server-sent events that arrives in pieces of any size, as
 * AI providers send them: LF, CRLF or CR line ends, comments, several data
 * lines in one event, a byte order mark, no blank line at the end.
 * Bound: SSE_EVENT_MAX bytes of one event; past it the stream is at fault. */
#ifndef OUT_SSE_PARSER_H
#define OUT_SSE_PARSER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

#define SSE_EVENT_MAX (256u << 10)

/* One event; the texts are borrowed for the call. type is "" when none was named. */
typedef void (*sse_event)(void *ctx, const char *type, size_t type_len, const char *data, size_t data_len);

/* Public: embedded by value in what owns the stream. */
struct sse_parser {
    struct buf line, type, data;
    bool has_data, after_cr, begun;
    bool failed;
    sse_event on_event;
    void *ctx;
};

void sse_parser_init(struct sse_parser *p, sse_event on_event, void *ctx);
void sse_parser_deinit(struct sse_parser *p);
/* ERR_LIMIT once an event or line is too long; then nothing more is taken. */
int sse_parser_feed(struct sse_parser *p, const char *bytes, size_t len) MUST_CHECK;
/* The stream has ended: a last event without its blank line counts (some servers leave it out). */
int sse_parser_end(struct sse_parser *p) MUST_CHECK;

#endif
