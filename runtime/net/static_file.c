/* Serves files from memory. The table is small, so it is searched from the
 * front. The ETag is a hash of the plain bytes, made for each answer that
 * needs one: hashing 100 KB costs less than sending it. */
#include "net/static_file.h"

#include <stdio.h>
#include <string.h>

#include "net/conn.h"

const struct static_file *static_file_find(const struct static_file *files, size_t count, const char *path)
{
    const struct static_file *best = NULL;
    size_t best_len = 0;
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(files[i].path);
        if (n == 0 || files[i].path[n - 1] != '*') {
            if (strcmp(files[i].path, path) == 0) return &files[i];
        } else if (n > best_len && strncmp(files[i].path, path, n - 1) == 0) {
            best = &files[i];
            best_len = n;
        }
    }
    return best;
}

/* FNV-1a: names a version of a file, protects nothing. */
static void make_etag(const struct static_bytes *b, char encoding, char out[24])
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < b->len; i++) h = (h ^ (unsigned char)b->data[i]) * 0x100000001b3u;
    snprintf(out, 24, "\"%016llx-%c\"", (unsigned long long)h, encoding);
}

/* Whether the client takes the coding: listed, and not with q=0. */
static bool accepts(const struct http_request *r, const char *coding)
{
    const char *list = http_header(r, "accept-encoding");
    size_t n = strlen(coding);
    for (const char *p = list; p != NULL && *p; p += strcspn(p, ",")) {
        p += strspn(p, ", \t");
        if (strncmp(p, coding, n) != 0 || strchr("; \t,", p[n]) == NULL) continue;
        const char *q = p + n + strspn(p + n, "; \t");
        return strncmp(q, "q=0", 3) != 0 || strspn(q + 3, ".0") != strcspn(q + 3, ", \t");
    }
    return false;
}

struct choice {
    const struct static_bytes *bytes;
    const char *encoding; /* NULL: plain */
};

static struct choice choose(const struct static_file *f, const struct http_request *r)
{
    if (f->brotli.data != NULL && accepts(r, "br")) return (struct choice){&f->brotli, "br"};
    if (f->gzip.data != NULL && accepts(r, "gzip")) return (struct choice){&f->gzip, "gzip"};
    return (struct choice){&f->plain, NULL};
}

void static_file_serve(const struct static_file *f, struct conn *c, const struct http_request *r)
{
    if (strcmp(r->method, "GET") != 0 && strcmp(r->method, "HEAD") != 0) {
        static const struct http_header allow[] = {{"Allow", "GET, HEAD"}};
        conn_respond(c, 405, allow, 1, NULL, 0);
        return;
    }
    struct choice chosen = choose(f, r);
    char etag[24];
    make_etag(&f->plain, chosen.encoding != NULL ? chosen.encoding[0] : 'p', etag);
    struct http_header headers[HTTP_MAX_HEADERS] = {
        {"ETag", etag},
        {"Vary", "Accept-Encoding"},
        {"Cache-Control", f->cache != NULL ? f->cache : "no-cache"},
        {"Content-Type", f->type}};
    size_t n = 4;
    if (chosen.encoding != NULL) headers[n++] = (struct http_header){"Content-Encoding", chosen.encoding};
    for (size_t i = 0; i < f->header_count && n < HTTP_MAX_HEADERS; i++) headers[n++] = f->headers[i];
    if (http_has_token(r, "if-none-match", etag))
        conn_respond(c, 304, headers, 3, NULL, 0);
    else
        conn_respond(c, 200, headers, n, chosen.bytes->data, chosen.bytes->len);
}
