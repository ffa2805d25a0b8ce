/* The flat encoding of statements, parameters and result rows (encode.h).
 * Written by turns and by the backends' readers, read by the backends and by
 * the turns. One memcpy a value and no allocation but the buffer's growth.
 * The reader trusts the writer: both are ours, so a broken buffer is a bug
 * and aborts. */
#include "store/encode.h"

#include <assert.h>
#include <string.h>

#include "base/err.h"

void encode_statement(struct buf *b, uint16_t statement, uint8_t params)
{
    char *at = buf_reserve(b, 3);
    memcpy(at, &statement, 2);
    memcpy(at + 2, &params, 1);
    b->len += 3;
}

void encode_null(struct buf *b) { buf_char(b, PARAM_NULL); }

static void eight_bytes(struct buf *b, char type, const void *value)
{
    char *at = buf_reserve(b, 9);
    at[0] = type;
    memcpy(at + 1, value, 8);
    b->len += 9;
}

static void bytes(struct buf *b, char type, const void *p, size_t n)
{
    assert(n <= UINT32_MAX);
    uint32_t len = (uint32_t)n;
    char *at = buf_reserve(b, 5 + n);
    at[0] = type;
    memcpy(at + 1, &len, 4);
    if (n != 0) memcpy(at + 5, p, n);
    b->len += 5 + n;
}

void encode_int(struct buf *b, int64_t v) { eight_bytes(b, PARAM_INT, &v); }
void encode_real(struct buf *b, double v) { eight_bytes(b, PARAM_REAL, &v); }
void encode_text(struct buf *b, const char *s, size_t n) { bytes(b, PARAM_TEXT, s, n); }
void encode_blob(struct buf *b, const void *p, size_t n) { bytes(b, PARAM_BLOB, p, n); }

void decode_init(struct decoder *d, const struct buf *b)
{
    d->at = b->data;
    d->end = b->len != 0 ? b->data + b->len : b->data;
}

static const char *take(struct decoder *d, size_t n)
{
    assert((size_t)(d->end - d->at) >= n);
    const char *p = d->at;
    d->at += n;
    return p;
}

int decode_statement(struct decoder *d, uint16_t *statement, uint8_t *params)
{
    if (d->at == d->end) return 0;
    memcpy(statement, take(d, 2), 2);
    memcpy(params, take(d, 1), 1);
    return 1;
}

void decode_param(struct decoder *d, struct param *out)
{
    uint32_t len;
    const char *type = take(d, 1);
    out->type = (enum param_type)type[0];
    switch (out->type) {
    case PARAM_NULL: return;
    case PARAM_INT: memcpy(&out->integer, take(d, 8), 8); return;
    case PARAM_REAL: memcpy(&out->real, take(d, 8), 8); return;
    case PARAM_TEXT:
    case PARAM_BLOB:
        memcpy(&len, take(d, 4), 4);
        out->len = len;
        out->text = take(d, len);
        return;
    }
    assert(!"parameter type");
}

void rows_begin(struct buf *b, uint16_t columns)
{
    assert(columns <= ROWS_COLUMNS_MAX);
    buf_u16(b, columns);
}

void rows_column(struct buf *b, const char *name)
{
    size_t n = strlen(name);
    assert(n <= UINT8_MAX);
    buf_char(b, (char)n);
    buf_add(b, name, n);
}

int rows_open(struct rows_reader *r, const struct buf *b)
{
    if (b->len == 0) return ERR_NOT_FOUND;
    decode_init(&r->d, b);
    memcpy(&r->columns, take(&r->d, 2), 2);
    assert(r->columns <= ROWS_COLUMNS_MAX);
    for (unsigned i = 0; i < r->columns; i++) {
        r->name_len[i] = (uint8_t)*take(&r->d, 1);
        r->name[i] = take(&r->d, r->name_len[i]);
    }
    return 0;
}

int rows_next(struct rows_reader *r, struct param *row)
{
    if (r->d.at == r->d.end) return 0;
    for (unsigned i = 0; i < r->columns; i++) decode_param(&r->d, &row[i]);
    return 1;
}
