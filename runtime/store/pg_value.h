/* Parameters to and rows from libpq, and what its errors mean to us. */
#ifndef STORE_PG_VALUE_H
#define STORE_PG_VALUE_H

#include <libpq-fe.h>

#include "store/encode.h"
#include "store/statements.h"
#include "store/store.h"

/* The values of one statement as libpq wants them; on the caller's stack. */
struct pg_values {
    int count;
    const char *value[STATEMENT_PARAMS_MAX];
    int length[STATEMENT_PARAMS_MAX];
    int format[STATEMENT_PARAMS_MAX];
    char digits[STATEMENT_PARAMS_MAX][32];
};

void pg_values_init(struct pg_values *v);
void pg_values_null(struct pg_values *v);
void pg_values_int(struct pg_values *v, int64_t n);
void pg_values_text(struct pg_values *v, const char *s, size_t n);             /* borrows s */
void pg_values_decode(struct pg_values *v, struct decoder *d, uint8_t params); /* borrows the buffer */

/* Result of a statement into rows (replaced). 0, ERR_LIMIT, or ERR_INTERNAL for a column type we do not use.
 */
int pg_rows(const PGresult *r, struct buf *rows, const char **problem);
int64_t pg_rows_changed(const PGresult *r); /* rows inserted, updated or deleted */

enum pg_failure {
    PG_FAILURE_BATCH,   /* this batch's own fault */
    PG_FAILURE_RETRY,   /* deadlock, serialization: the same again may work */
    PG_FAILURE_SERVER,  /* the server cannot write now: all batches would fail */
    PG_FAILURE_SESSION, /* the server is ending this session */
};
enum pg_failure pg_failure(const PGresult *r, int *status); /* status: enum err */

#endif
