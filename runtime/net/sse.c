/* Writes events. A line end inside the data would end the field, so each line
 * gets a field of its own; the reader joins them again with LF. */
#include "net/sse.h"

#include <string.h>

#include "base/buf.h"

static size_t line_length(const char *data, size_t len)
{
    size_t n = 0;
    while (n < len && data[n] != '\n' && data[n] != '\r') n++;
    return n;
}

void sse_event(struct buf *out, const char *id, const char *data, size_t len)
{
    if (id != NULL) {
        buf_str(out, "id: ");
        buf_add(out, id, strcspn(id, "\r\n"));
        buf_char(out, '\n');
    }
    for (;;) {
        size_t n = line_length(data, len);
        buf_str(out, "data: ");
        buf_add(out, data, n);
        buf_char(out, '\n');
        if (n == len) break;
        size_t end = data[n] == '\r' && n + 1 < len && data[n + 1] == '\n' ? 2 : 1;
        data += n + end;
        len -= n + end;
    }
    buf_char(out, '\n');
}

void sse_ping(struct buf *out) { buf_str(out, ": ping\n\n"); }
