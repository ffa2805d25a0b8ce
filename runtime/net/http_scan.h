/* The raw bytes of a request's head, before the parser sees them. */
#ifndef NET_HTTP_SCAN_H
#define NET_HTTP_SCAN_H

#include <stddef.h>
#include <stdint.h>

enum http_scan_state {
    SCAN_BLANK,
    SCAN_REQUEST,
    SCAN_START,
    SCAN_NAME,
    SCAN_VALUE,
    SCAN_LF,
    SCAN_LAST_LF,
    SCAN_DONE
};

/* Embedded by net/http.c; starts as zero. */
struct http_scan {
    enum http_scan_state state;
    uint32_t bytes;
    uint32_t request_line;
};

/* Bytes that belong to the head; fewer than len only at its end (SCAN_DONE).
 * On failure *status and *reason are set and the result means nothing. */
size_t http_scan_feed(struct http_scan *scan, const char *data, size_t len, int *status, const char **reason);

#endif
