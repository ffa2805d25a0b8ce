/* Heads of HTTP/1.1 responses. */
#ifndef NET_RESPONSE_H
#define NET_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>

#include "net/http.h"

struct buf;

#define RESPONSE_NO_LENGTH ((size_t)-1) /* no Content-Length: 101 and streams */

const char *response_phrase(int status); /* "Not Found"; "Status" for what is not known */
/* Names are tokens and no value has a control character (tab excepted). */
bool response_headers_valid(const struct http_header *headers, size_t n);
/* Status line and headers with the empty line. date: value of Date. Headers
 * that are decided here (Content-Length, Connection, Date) are skipped in
 * `headers`. connection: "close", "keep-alive", "Upgrade" or NULL. */
void response_head(struct buf *out, int status, const char *date, const char *connection, size_t length,
                   const struct http_header *headers, size_t n);

#endif
