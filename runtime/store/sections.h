/* One SQL text for two databases: a line "-- on: sqlite", "-- on: postgres"
 * or "-- on: both" says for whom the lines after it are. */
#ifndef STORE_SECTIONS_H
#define STORE_SECTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct sections {
    struct buf sqlite, postgres;
    bool to_sqlite, to_postgres; /* where the next line goes */
};

void sections_init(struct sections *s); /* both */
void sections_deinit(struct sections *s);
/* Adds a line without its newline; false when it is an unknown "-- on:". */
bool sections_line(struct sections *s, const char *line, size_t len);
/* The rest of the line after "-- key: " into *value, when the line begins so. */
bool sections_directive(const char *line, size_t len, const char *key, const char **value, size_t *value_len);

#endif
