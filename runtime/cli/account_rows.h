/* All rows of one account, table by table: the statements account.rows_*. */
#ifndef CLI_ACCOUNT_ROWS_H
#define CLI_ACCOUNT_ROWS_H

#include <stdint.h>

struct rows_reader;
struct store;

/* Calls on_page for each page of each table; an error of it or of the store
 * ends the walk and is returned. A page has at most a thousand rows. */
int account_rows(struct store *s, int64_t tenant,
                 int (*on_page)(void *ctx, const char *table, struct rows_reader *rows), void *ctx);
/* How many rows there are: into out a line "TABLE N" for each table that has some. */
struct buf;
int account_count(struct store *s, int64_t tenant, struct buf *out, int64_t *total);

#endif
