/* The named statements of schema/queries/ (embedded in the binary).
 *
 *   -- name: message.insert        a name: area.verb
 *   -- expect: one                 optional: exactly one row changed, else the batch fails with ERR_CONFLICT
 *   -- on: postgres | sqlite       optional: this text is for one backend only
 *   -- tenant: none                optional: the statement is for the system tenant only and has no $1
 *                                  bound by the host (all its parameters are the caller's)
 *   -- use: store | script         optional: the store's own, refused (ERR_DENIED) in jobs
 *   INSERT INTO message (tenant, ...) VALUES ($1, $2, ...);
 *
 * Any other comment is for the reader.
 *
 * $1 is always the tenant, bound by C from the job. */
#ifndef STORE_STATEMENTS_H
#define STORE_STATEMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum statement_use {
    USE_CALLER, /* by name in jobs */
    USE_STORE,  /* prepared, but run by the store only */
    USE_SCRIPT, /* several statements that the store runs as one text */
};

struct statement {
    const char *name;
    const char *sqlite; /* SQL text for each backend; NULL: not on this one */
    const char *postgres;
    uint8_t params; /* without $1 */
    bool expect_one;
    bool system_only; /* refused (ERR_DENIED) for any tenant but 0 */
    enum statement_use use;
};

#define STATEMENT_NONE 0xffff
#define STATEMENT_PARAMS_MAX 32 /* $1 included */

/* Parsed once, at first use, thread-safe; a broken file aborts with its name and line. */
uint16_t statement_find(const char *name, size_t len); /* STATEMENT_NONE when unknown */
const struct statement *statement_get(uint16_t id);
uint16_t statement_count(void);

#endif
