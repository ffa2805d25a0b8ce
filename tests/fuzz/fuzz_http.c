/* Any bytes as requests. However they are cut, the result is the same, and
 * what is taken for a request keeps the promises of net/http.h. The first byte
 * of the input says how it is cut. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "net/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool fine)
{
    if (!fine) abort();
}

static void check_text(const char *s)
{
    for (; *s; s++) require((unsigned char)*s >= 0x20 || *s == '\t');
}

static void check(const struct http_request *r)
{
    require(r->path[0] == '/' || strcmp(r->path, "*") == 0);
    require(strchr(r->path, '?') == NULL && strchr(r->path, ' ') == NULL && strlen(r->path) <= HTTP_MAX_URL);
    check_text(r->path);
    check_text(r->query);
    require(r->header_count <= HTTP_MAX_HEADERS && r->body_len <= HTTP_MAX_BODY &&
            r->body[r->body_len] == '\0');
    for (size_t i = 0; i < r->header_count; i++) {
        check_text(r->headers[i].name);
        check_text(r->headers[i].value);
        require(r->headers[i].name[0] != '\0');
    }
    if (r->is_upgrade) require(http_has_token(r, "upgrade", "websocket") && r->body_len == 0);
}

/* Reads all requests of the input; says what came out. */
static void read_all(const uint8_t *data, size_t len, size_t piece, struct buf *log)
{
    struct http *h = http_new(NULL);
    for (size_t at = 0; at < len;) {
        size_t n = piece < len - at ? piece : len - at, used = 0;
        char *copy = mem_dup(data + at, n);
        enum http_result r = http_feed(h, copy, n, &used);
        mem_free(copy);
        require(used <= n);
        if (r == HTTP_MORE) require(used == n);
        at += used;
        if (r == HTTP_MORE) continue;
        if (r == HTTP_REFUSED) {
            require(http_why(h).status >= 400 && http_why(h).reason != NULL);
            buf_char(log, '!'); /* of two faults the one that is read first counts: the status may differ */
            break;
        }
        check(http_request(h));
        buf_fmt(log, "%s %s?%s %zu %zu|", http_request(h)->method, http_request(h)->path,
                http_request(h)->query, http_request(h)->header_count, http_request(h)->body_len);
        http_free(h);
        h = http_new(NULL);
    }
    http_free(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len < 2) return 0;
    struct buf whole, cut;
    buf_init(&whole), buf_init(&cut);
    read_all(data + 1, len - 1, len, &whole);
    read_all(data + 1, len - 1, data[0] % 32u + 1, &cut);
    require(whole.len == cut.len && (whole.len == 0 || memcmp(whole.data, cut.data, whole.len) == 0));
    buf_deinit(&whole), buf_deinit(&cut);
    return 0;
}
