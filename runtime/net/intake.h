/* A request's body on its way into a file: for bodies too large for memory.
 * Chunks are written and synced by the loop's thread pool; at most two chunks
 * are in memory, then the connection's reading pauses. For net/exchange.c. */
#ifndef NET_INTAKE_H
#define NET_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/http.h"

struct conn;
struct intake;

/* In net_config: which requests, where to, how much. */
struct intake_config {
    const char *path;          /* POST to this path; NULL: none. Kept by pointer */
    const char *dir;           /* holds folders "00" to "ff", which exist; kept by pointer */
    uint32_t body_max;         /* bytes; more is answered 413 */
    uint32_t at_once;          /* of one server; more are answered 503 */
    uint32_t bytes_per_second; /* slower ones are answered 408 */
};

#define INTAKE_CHUNK 65536u
#define INTAKE_NAME_LEN 32 /* hexadecimal digits; the first two name the folder */

/* "DIR/ab/ab01...": false when name is none of ours ("NAME" or "NAME.t", a companion). */
bool intake_path(const char *dir, const char *name, char *out, size_t len);

/* NULL: too many at once. */
struct intake *intake_open(struct conn *c);
void intake_take(struct intake *i, const char *data, size_t len); /* copied; pauses c when it falls behind */
/* The body is whole. When all is on the disk, or that failed, exchange_received(c) follows from the loop. */
void intake_end(struct intake *i);
int intake_status(const struct intake *i); /* 0, or the HTTP status of what went wrong: 507 or 500 */
const struct http_file *intake_file(const struct intake *i); /* after exchange_received */
/* Ends it. keep: the file stays, it has an owner now, or may have. */
void intake_close(struct intake *i, bool keep);

#endif
