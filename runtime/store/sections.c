/* Sorts the lines of an SQL file between two databases; used for the
 * statements and for the migrations. Comments are dropped, so that a text
 * that only comments differ in prepares alike. */
#include "store/sections.h"

#include <string.h>

void sections_init(struct sections *s)
{
    buf_init(&s->sqlite);
    buf_init(&s->postgres);
    s->to_sqlite = s->to_postgres = true;
}

void sections_deinit(struct sections *s)
{
    buf_deinit(&s->sqlite);
    buf_deinit(&s->postgres);
}

bool sections_directive(const char *line, size_t len, const char *key, const char **value, size_t *value_len)
{
    size_t n = strlen(key);
    if (len < n + 5 || memcmp(line, "-- ", 3) != 0 || memcmp(line + 3, key, n) != 0) return false;
    if (memcmp(line + 3 + n, ": ", 2) != 0) return false;
    *value = line + n + 5;
    *value_len = len - n - 5;
    return true;
}

static bool choose(struct sections *s, const char *value, size_t len)
{
    bool both = len == 4 && memcmp(value, "both", 4) == 0;
    s->to_sqlite = both || (len == 6 && memcmp(value, "sqlite", 6) == 0);
    s->to_postgres = both || (len == 8 && memcmp(value, "postgres", 8) == 0);
    return s->to_sqlite || s->to_postgres;
}

bool sections_line(struct sections *s, const char *line, size_t len)
{
    const char *value;
    size_t value_len;
    if (sections_directive(line, len, "on", &value, &value_len)) return choose(s, value, value_len);
    size_t indent = 0;
    while (indent < len && line[indent] == ' ') indent++;
    if (indent == len || (len - indent >= 2 && memcmp(line + indent, "--", 2) == 0)) return true;
    struct buf *to[] = {s->to_sqlite ? &s->sqlite : NULL, s->to_postgres ? &s->postgres : NULL};
    for (int i = 0; i < 2; i++) {
        if (to[i] == NULL) continue;
        buf_add(to[i], line, len);
        buf_char(to[i], '\n');
    }
    return true;
}
