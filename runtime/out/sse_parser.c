/* See sse_parser.h. The rules are those of the HTML standard but for the end:
 * an event that the stream broke off after is given, since its data is whole
 * when its line is. `id` and `retry` mean nothing here: nobody reconnects. */
#include "out/sse_parser.h"

#include <string.h>

void sse_parser_init(struct sse_parser *p, sse_event on_event, void *ctx)
{
    memset(p, 0, sizeof *p);
    p->on_event = on_event;
    p->ctx = ctx;
}

void sse_parser_deinit(struct sse_parser *p)
{
    buf_deinit(&p->line);
    buf_deinit(&p->type);
    buf_deinit(&p->data);
}

static void dispatch(struct sse_parser *p)
{
    if (p->has_data)
        p->on_event(p->ctx, p->type.data ? p->type.data : "", p->type.len, p->data.data ? p->data.data : "",
                    p->data.len);
    p->has_data = false;
    buf_reset(&p->type);
    buf_reset(&p->data);
}

static void field(struct sse_parser *p, const char *name, size_t name_len, const char *value, size_t len)
{
    if (name_len == 4 && memcmp(name, "data", 4) == 0) {
        if (p->has_data) buf_char(&p->data, '\n');
        buf_add(&p->data, value, len);
        p->has_data = true;
    } else if (name_len == 5 && memcmp(name, "event", 5) == 0) {
        buf_reset(&p->type);
        buf_add(&p->type, value, len);
    }
}

static void take_line(struct sse_parser *p)
{
    const char *s = p->line.data;
    size_t n = p->line.len;
    if (!p->begun && n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0) s += 3, n -= 3;
    p->begun = true;
    if (n == 0) {
        dispatch(p);
    } else if (s[0] != ':') {
        const char *colon = memchr(s, ':', n);
        size_t name = colon != NULL ? (size_t)(colon - s) : n;
        size_t at = colon != NULL ? name + 1 : n;
        if (at < n && s[at] == ' ') at++;
        field(p, s, name, s + at, n - at);
    }
    buf_reset(&p->line);
}

int sse_parser_feed(struct sse_parser *p, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len && !p->failed;) {
        if (p->after_cr && bytes[i] == '\n') {
            p->after_cr = false;
            i++;
            continue;
        }
        p->after_cr = false;
        size_t n = 0;
        while (i + n < len && bytes[i + n] != '\n' && bytes[i + n] != '\r') n++;
        if (p->line.len + p->data.len + n > SSE_EVENT_MAX) {
            p->failed = true;
            break;
        }
        buf_add(&p->line, bytes + i, n);
        i += n;
        if (i == len) break;
        p->after_cr = bytes[i++] == '\r';
        take_line(p);
    }
    return p->failed ? ERR_LIMIT : ERR_OK;
}

int sse_parser_end(struct sse_parser *p)
{
    if (p->failed) return ERR_LIMIT;
    if (p->line.len > 0) take_line(p);
    dispatch(p);
    return ERR_OK;
}
