/* Structured log: one JSON object a line on stderr, written with one
 * write(2), so lines of several threads never mix.
 *
 *   log_write(LOG_WARN, "script failed", LOG_STR("tenant", id), LOG_INT("line", 9));
 *
 * Callers never pass secrets or whole IP addresses (net/limit.h cuts them). */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_field {
    const char *key;
    const char *text; /* NULL: the number */
    int64_t number;
    size_t len; /* of text; SIZE_MAX: strlen */
};

static inline const char *log_text(const char *s) { return s != NULL ? s : ""; }

#define LOG_STR(k, v) ((struct log_field){(k), log_text(v), 0, SIZE_MAX})
#define LOG_STRN(k, v, n) ((struct log_field){(k), (v), 0, (n)})
#define LOG_INT(k, v) ((struct log_field){(k), NULL, (int64_t)(v), 0})

#define log_write(level, msg, ...) \
    log_fields(level, msg, (const struct log_field[]){{NULL, NULL, 0, 0}, ##__VA_ARGS__}, \
               sizeof((const struct log_field[]){{NULL, NULL, 0, 0}, ##__VA_ARGS__}) / \
                   sizeof(struct log_field))

void log_fields(enum log_level level, const char *msg, const struct log_field *fields, size_t count);
void log_set_level(enum log_level least);
/* Tests and the CLI redirect lines; NULL restores stderr. line ends with \n. */
void log_set_sink(void (*sink)(const char *line, size_t len));
/* The same for what the calling thread logs, before any other sink; NULL ends it. */
void log_capture(void (*sink)(const char *line, size_t len));

#endif
