/* The named statements of schema/queries/ (embedded in the binary).
 *
 *   -- name: message.insert        a name: area.verb
 *   -- expect: one                 optional: exactly one row changed, else the batch fails with ERR_CONFLICT
 *   -- on: postgres | sqlite       optional: this text is for one backend only
 *   -- tenant: none                optional: the statement is for the system tenant only and has no $1
 *                                  bound by the host (all its parameters are the caller's)
 *   INSERT INTO message (tenant, ...) VALUES ($1, $2, ...);
 *
 * $1 is always the tenant, bound by C from the job. */
#ifndef STORE_STATEMENTS_H
#define STORE_STATEMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct statement {
    const char *name;
    const char *sqlite;   /* SQL text for each backend */
    const char *postgres;
    uint8_t params;       /* without $1 */
    bool expect_one;
    bool system_only;     /* refused (ERR_DENIED) for any tenant but 0 */
};

#define STATEMENT_NONE 0xffff

/* Parsed once, at first use, thread-safe; a broken file aborts with its name and line. */
uint16_t statement_find(const char *name, size_t len); /* STATEMENT_NONE when unknown */
const struct statement *statement_get(uint16_t id);
uint16_t statement_count(void);

#endif
