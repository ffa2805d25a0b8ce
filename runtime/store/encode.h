/* How a batch's statements and parameters travel from a turn to the store's
 * thread: one flat buffer, no allocation a parameter.
 *
 *   statement:  u16 id, u8 parameter count (without $1), then the parameters
 *   parameter:  u8 type, then nothing (null) | i64 | f64 | u32 length + bytes
 *
 * Host byte order: it never leaves the process. */
#ifndef STORE_ENCODE_H
#define STORE_ENCODE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum param_type { PARAM_NULL, PARAM_INT, PARAM_REAL, PARAM_TEXT, PARAM_BLOB };

struct param {
    enum param_type type;
    int64_t integer;
    double real;
    const char *text; /* borrowed from the buffer, not NUL-terminated */
    size_t len;
};

void encode_statement(struct buf *b, uint16_t statement, uint8_t params);
void encode_null(struct buf *b);
void encode_int(struct buf *b, int64_t v);
void encode_real(struct buf *b, double v);
void encode_text(struct buf *b, const char *s, size_t n);
void encode_blob(struct buf *b, const void *p, size_t n);

struct decoder {
    const char *at, *end;
};
void decode_init(struct decoder *d, const struct buf *b);
/* 1: next statement in *statement and *params; 0: the end. Aborts on a broken buffer (our bug). */
int decode_statement(struct decoder *d, uint16_t *statement, uint8_t *params);
void decode_param(struct decoder *d, struct param *out);

/* Result rows: u16 columns, then for each column its name (u8 length + bytes), then rows
 * of `columns` parameters in the encoding above, to the end of the buffer. */
void rows_begin(struct buf *b, uint16_t columns);
void rows_column(struct buf *b, const char *name);
#define ROWS_COLUMNS_MAX 64
struct rows_reader {
    struct decoder d;
    uint16_t columns;
    const char *name[ROWS_COLUMNS_MAX]; /* not NUL-terminated, lengths beside */
    uint8_t name_len[ROWS_COLUMNS_MAX];
};
int rows_open(struct rows_reader *r, const struct buf *b); /* 0, or ERR_NOT_FOUND when there is no result */
int rows_next(struct rows_reader *r, struct param *row);   /* 1 with r->columns values, 0 at the end */

#endif
