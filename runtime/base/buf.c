/* Growing byte buffer: doubles, starting at 64 bytes. */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

void buf_init(struct buf *b)
{
    b->data = NULL;
    b->len = b->cap = 0;
}

void buf_deinit(struct buf *b)
{
    mem_free(b->data);
    buf_init(b);
}

void buf_reset(struct buf *b) { b->len = 0; }

char *buf_reserve(struct buf *b, size_t more)
{
    if (b->cap - b->len < more) {
        size_t cap = b->cap ? b->cap : 64;
        while (cap - b->len < more) cap *= 2;
        b->data = mem_realloc(b->data, cap);
        b->cap = cap;
    }
    return b->data + b->len;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    if (n == 0) return;
    memcpy(buf_reserve(b, n), p, n);
    b->len += n;
}

void buf_str(struct buf *b, const char *s) { buf_add(b, s, strlen(s)); }
void buf_char(struct buf *b, char c) { buf_add(b, &c, 1); }
void buf_u16(struct buf *b, uint16_t v) { buf_add(b, &v, sizeof v); }
void buf_u32(struct buf *b, uint32_t v) { buf_add(b, &v, sizeof v); }
void buf_i64(struct buf *b, int64_t v) { buf_add(b, &v, sizeof v); }

void buf_fmt(struct buf *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    size_t room = b->cap - b->len;
    int n = vsnprintf(room ? b->data + b->len : NULL, room, format, args);
    assert(n >= 0);
    if ((size_t)n >= room) vsnprintf(buf_reserve(b, (size_t)n + 1), (size_t)n + 1, format, again);
    b->len += (size_t)n;
    va_end(again);
    va_end(args);
}

void buf_int(struct buf *b, int64_t v)
{
    char digits[20];
    size_t n = sizeof digits;
    uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        digits[--n] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (v < 0) buf_char(b, '-');
    buf_add(b, digits + n, sizeof digits - n);
}

/* Length of what needs no escape: neither a quote, a backslash, a control
 * character nor a byte of a sequence that is no UTF-8. */
static size_t plain_run(const char *s, size_t n)
{
    size_t i = 0, used;
    for (; i < n; i += used) {
        unsigned char c = (unsigned char)s[i];
        if (c < 0x20 || c == '"' || c == '\\' || c == 0x7f) break;
        used = c < 0x80 ? 1 : utf8_next(s + i, n - i);
        if (used == 0) break;
    }
    return i;
}

void buf_json(struct buf *b, const char *s, size_t n)
{
    buf_char(b, '"');
    for (;;) {
        size_t run = plain_run(s, n);
        buf_add(b, s, run);
        if (run == n) break;
        unsigned char c = (unsigned char)s[run];
        if (c == '"' || c == '\\')
            buf_char(b, '\\'), buf_char(b, (char)c);
        else if (c < 0x80)
            buf_fmt(b, "\\u%04x", c);
        else
            buf_str(b, "\xef\xbf\xbd"); /* a byte that is no UTF-8 */
        s += run + 1;
        n -= run + 1;
    }
    buf_char(b, '"');
}

const char *buf_cstr(struct buf *b)
{
    *buf_reserve(b, 1) = '\0';
    return b->data;
}

void buf_drop(struct buf *b, size_t n)
{
    assert(n <= b->len);
    b->len -= n;
    if (b->len != 0) memmove(b->data, b->data + n, b->len);
}
