/* A growing byte buffer. Public because owners embed it by value; fields may
 * be read, and written only through the functions here. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

struct buf {
    char *data; /* not NUL-terminated unless buf_cstr was called */
    size_t len;
    size_t cap;
};

void buf_init(struct buf *b);   /* no allocation until the first byte */
void buf_deinit(struct buf *b); /* frees; b may be used again */
void buf_reset(struct buf *b);  /* len = 0, memory kept */
/* Room for `more` bytes past len; returns where they go. */
char *buf_reserve(struct buf *b, size_t more);
void buf_add(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_u16(struct buf *b, uint16_t v); /* host byte order: never leaves the process */
void buf_u32(struct buf *b, uint32_t v);
void buf_i64(struct buf *b, int64_t v);
void buf_fmt(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_int(struct buf *b, int64_t v);                /* decimal */
void buf_json(struct buf *b, const char *s, size_t n); /* quoted JSON string; bad UTF-8 becomes U+FFFD */
const char *buf_cstr(struct buf *b);                   /* NUL-terminates; borrowed */
void buf_drop(struct buf *b, size_t n);                /* removes n bytes from the front */

#endif
