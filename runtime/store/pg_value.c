/* Values between our encoding and libpq's. Integers and reals go as text,
 * which every column type parses; text and blobs go in binary format, which
 * for them is the bytes as they are and needs no NUL and no copy. Results come
 * in binary: eight swapped bytes are cheaper to read than digits, and a blob
 * is not quoted. */
#include "store/pg_value.h"

#include <assert.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT4 = 23, OID_TEXT = 25, OID_FLOAT8 = 701 };

void pg_values_init(struct pg_values *v) { v->count = 0; }

static int next(struct pg_values *v)
{
    assert(v->count < STATEMENT_PARAMS_MAX);
    return v->count++;
}

static void put(struct pg_values *v, int i, const char *value, int length, int binary)
{
    v->value[i] = value;
    v->length[i] = length;
    v->format[i] = binary;
}

void pg_values_null(struct pg_values *v) { put(v, next(v), NULL, 0, 0); }

/* snprintf is a tenth of the cost of a statement; this is not. */
void pg_values_int(struct pg_values *v, int64_t n)
{
    int i = next(v);
    char *p = v->digits[i] + sizeof v->digits[i];
    uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    *--p = '\0';
    do {
        *--p = (char)('0' + left % 10);
        left /= 10;
    } while (left != 0);
    if (n < 0) *--p = '-';
    put(v, i, p, 0, 0);
}

void pg_values_text(struct pg_values *v, const char *s, size_t n)
{
    static const char empty[] = "";
    put(v, next(v), n != 0 ? s : empty, (int)n, 1); /* NULL would mean the null value */
}

static void add_real(struct pg_values *v, double real)
{
    int i = next(v);
    snprintf(v->digits[i], sizeof v->digits[i], "%.17g", real);
    put(v, i, v->digits[i], 0, 0);
}

void pg_values_decode(struct pg_values *v, struct decoder *d, uint8_t params)
{
    struct param p;
    while (params-- > 0) {
        decode_param(d, &p);
        switch (p.type) {
        case PARAM_NULL: pg_values_null(v); break;
        case PARAM_INT: pg_values_int(v, p.integer); break;
        case PARAM_REAL: add_real(v, p.real); break;
        case PARAM_TEXT:
        case PARAM_BLOB: pg_values_text(v, p.text, p.len); break;
        }
    }
}

static int64_t big_endian_8(const char *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return (int64_t)be64toh(v);
}

static int add_value(struct buf *rows, Oid type, const char *p, size_t len)
{
    uint32_t four;
    double real;
    switch (type) {
    case OID_INT8: encode_int(rows, big_endian_8(p)); return 0;
    case OID_INT4:
        memcpy(&four, p, 4);
        encode_int(rows, (int32_t)be32toh(four));
        return 0;
    case OID_BOOL: encode_int(rows, p[0] != 0); return 0;
    case OID_FLOAT8: {
        int64_t bits = big_endian_8(p);
        memcpy(&real, &bits, 8);
        encode_real(rows, real);
        return 0;
    }
    case OID_TEXT: encode_text(rows, p, len); return 0;
    case OID_BYTEA: encode_blob(rows, p, len); return 0;
    default: return ERR_INTERNAL;
    }
}

int pg_rows(const PGresult *r, struct buf *rows, const char **problem)
{
    int columns = PQnfields(r), count = PQntuples(r);
    buf_reset(rows);
    *problem = "the result has too many rows";
    if (count > STORE_ROWS_MAX) return ERR_LIMIT;
    rows_begin(rows, (uint16_t)columns);
    for (int c = 0; c < columns; c++) rows_column(rows, PQfname(r, c));
    for (int i = 0; i < count; i++) {
        if (rows->len > STORE_RESULT_BYTES_MAX) return ERR_LIMIT;
        for (int c = 0; c < columns; c++) {
            if (PQgetisnull(r, i, c)) {
                encode_null(rows);
                continue;
            }
            *problem = PQfname(r, c); /* cast it in the statement */
            int err = add_value(rows, PQftype(r, c), PQgetvalue(r, i, c), (size_t)PQgetlength(r, i, c));
            if (err != 0) return err;
        }
    }
    return 0;
}

int64_t pg_rows_changed(const PGresult *r)
{
    /* libpq declares these two without const, but only reads. */
    PGresult *reads = (PGresult *)(uintptr_t)r;
    return strncmp(PQcmdStatus(reads), "SELECT", 6) == 0 ? 0 : strtoll(PQcmdTuples(reads), NULL, 10);
}

/* SQLSTATE classes: https://www.postgresql.org/docs/15/errcodes-appendix.html */
enum pg_failure pg_failure(const PGresult *r, int *status)
{
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    *status = ERR_UNAVAILABLE;
    if (state == NULL || strncmp(state, "08", 2) == 0 || strncmp(state, "57P", 3) == 0)
        return PG_FAILURE_SESSION;
    if (strncmp(state, "40", 2) == 0 || strcmp(state, "55P03") == 0) return PG_FAILURE_RETRY;
    static const char *const server[] = {"25006", "53", "54", "57", "58", "F0", "XX", NULL};
    for (int i = 0; server[i] != NULL; i++)
        if (strncmp(state, server[i], strlen(server[i])) == 0) return PG_FAILURE_SERVER;
    if (strcmp(state, "23505") == 0 || strcmp(state, "23503") == 0)
        *status = ERR_CONFLICT;
    else if (strncmp(state, "22", 2) == 0 || strncmp(state, "23", 2) == 0)
        *status = ERR_INVALID;
    else
        *status = strcmp(state, "42501") == 0 ? ERR_DENIED : ERR_INTERNAL;
    return PG_FAILURE_BATCH;
}
