/* What a request and a header are to the rest of the runtime, and the reader
 * that makes requests out of bytes: llhttp plus the rules it leaves to the
 * server (net/http_rules.h). The reader knows no socket. */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_file; /* net/http_taker.h */
struct http_taker;

struct http_header {
    const char *name;  /* in a request: lower case */
    const char *value; /* NUL-terminated, trimmed; never holds CR, LF or NUL */
};

#define HTTP_MAX_HEAD 16384u     /* request line and headers; more is answered 431 */
#define HTTP_MAX_HEADERS 64u     /* 431 */
#define HTTP_MAX_URL 4096u       /* 414 */
#define HTTP_MAX_BODY (1u << 20) /* 413, before the body is read where its length is declared */

/* All text is NUL-terminated and borrowed from the connection. */
struct http_request {
    const char *method; /* GET HEAD POST PUT PATCH DELETE OPTIONS; others are answered 501 */
    const char *path;   /* begins with '/' (or is "*"), still percent-encoded */
    const char *query;  /* after '?', raw; "" without */
    const struct http_header *headers;
    size_t header_count;
    const char *body; /* NUL-terminated one byte past body_len */
    size_t body_len;
    const struct http_file *file; /* where the body is instead; NULL: it is in body */
    const char *ip;               /* cut: "203.0.113.0/24", "2001:db8:1::/48" */
    bool is_upgrade;              /* a correct WebSocket handshake: conn_upgrade may be called */
    bool is_tls;
    bool keep_alive;
};

/* Value of the first header of that (lower-case) name, borrowed, or NULL. */
const char *http_header(const struct http_request *r, const char *name);
/* Whether the comma-separated list in `name` (all its lines) has token, any case. */
bool http_has_token(const struct http_request *r, const char *name, const char *token);

/* ---- the reader (net/conn.c owns one while a request arrives) ---- */

enum http_result {
    HTTP_MORE,  /* all bytes used, request not whole */
    HTTP_READY, /* http_request() is whole; bytes after it were not used */
    HTTP_REFUSED
};

struct http_refusal {
    int status;         /* 400 413 414 417 426 431 501 505 */
    const char *reason; /* static text */
};

struct http;
struct http *http_new(const struct http_taker *taker); /* copied, may be NULL; caller frees with http_free */
void http_free(struct http *h);
/* Reads up to one request. *used: bytes taken from data. After HTTP_REFUSED
 * the reader only serves http_why and http_free. */
enum http_result http_feed(struct http *h, const char *data, size_t len, size_t *used);
struct http_refusal http_why(const struct http *h);
struct http_request *http_request(struct http *h); /* borrowed; valid after HTTP_READY */
bool http_head_done(const struct http *h);         /* the body is arriving */
bool http_wants_continue(struct http *h);          /* true once: the peer waits for 100 Continue */
size_t http_body_len(const struct http *h);        /* so far, also of what was taken */

#endif
