/* Files in memory, served without asking the owner. The caller fills a table
 * (bytes from cmake/embed.cmake, compressed at build time); net serves it with
 * ETag, 304, content negotiation and HEAD. */
#ifndef NET_STATIC_FILE_H
#define NET_STATIC_FILE_H

#include "net/http.h"

struct conn;

struct static_bytes {
    const char *data; /* NULL: no such variant */
    size_t len;
};

struct static_file {
    const char *path; /* exact, or a prefix when it ends with '*' (a page that reads its own URL) */
    const char *type; /* Content-Type */
    struct static_bytes plain, gzip, brotli;
    const char *cache;                 /* Cache-Control; NULL: "no-cache" */
    const struct http_header *headers; /* more headers, such as Content-Security-Policy; kept by pointer */
    size_t header_count;
};

/* Borrowed or NULL. Exact paths win over prefixes, longer prefixes over shorter. */
const struct static_file *static_file_find(const struct static_file *files, size_t count, const char *path);
/* Answers GET and HEAD; other methods get 405. */
void static_file_serve(const struct static_file *f, struct conn *c, const struct http_request *r);

#endif
