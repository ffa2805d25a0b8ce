/* Bytes of a request into struct http_request: net/http_scan.c judges the raw
 * head, llhttp parses, net/http_rules.c judges the result. One reader serves
 * one request; it exists only while a request arrives or is answered, so a
 * waiting connection pays nothing. Text is collected in one buffer and
 * referred to by offset until the head is whole and the buffer stands still. */
#include "net/http.h"

#include <ctype.h>
#include <llhttp.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "net/http_rules.h"
#include "net/http_scan.h"
#include "net/http_taker.h"

/* Chunk heads may cost this much beyond the body itself: a body in chunks of
 * one byte is legal, endless chunk extensions are an attack. */
#define MAX_CHUNK_OVERHEAD(body) (16384 + 8 * (uint64_t)(body))

enum phase { PHASE_HEAD, PHASE_BODY, PHASE_READY, PHASE_REFUSED };

struct http {
    enum phase phase;
    llhttp_t parser; /* data: this */
    struct http_scan scan;
    struct http_refusal refusal;
    struct buf text; /* target NUL (name NUL value NUL)* */
    struct {
        uint32_t name, value; /* offsets in text */
    } at[HTTP_MAX_HEADERS];
    struct http_header headers[HTTP_MAX_HEADERS];
    size_t header_count;
    struct buf body;
    struct http_taker taker; /* wants NULL: nobody */
    bool taken;
    uint32_t body_max;
    size_t body_len;
    uint64_t body_wire; /* bytes after the head, chunk heads included */
    struct http_request request;
    bool wants_continue;
};

static int refuse(struct http *h, int status, const char *reason)
{
    if (h->phase != PHASE_REFUSED) h->refusal = (struct http_refusal){status, reason};
    h->phase = PHASE_REFUSED;
    return -1;
}

static int on_url(llhttp_t *p, const char *s, size_t n)
{
    struct http *h = p->data;
    if (h->text.len + n > HTTP_MAX_URL) return refuse(h, 414, "URL too long");
    buf_add(&h->text, s, n);
    return 0;
}

static int on_url_complete(llhttp_t *p)
{
    struct http *h = p->data;
    buf_char(&h->text, '\0');
    return 0;
}

/* The first piece of a name opens a row; at its value's end the row is counted. */
static int on_header_field(llhttp_t *p, const char *s, size_t n)
{
    struct http *h = p->data;
    if (h->phase != PHASE_HEAD) return 0; /* a trailer: dropped */
    if (h->header_count == HTTP_MAX_HEADERS) return refuse(h, 431, "too many headers");
    if (h->at[h->header_count].name == 0) h->at[h->header_count].name = (uint32_t)h->text.len;
    for (size_t i = 0; i < n; i++) buf_char(&h->text, (char)tolower((unsigned char)s[i]));
    return 0;
}

static int on_header_field_complete(llhttp_t *p)
{
    struct http *h = p->data;
    if (h->phase != PHASE_HEAD) return 0;
    buf_char(&h->text, '\0');
    h->at[h->header_count].value = (uint32_t)h->text.len;
    return 0;
}

static int on_header_value(llhttp_t *p, const char *s, size_t n)
{
    struct http *h = p->data;
    if (h->phase == PHASE_HEAD) buf_add(&h->text, s, n);
    return 0;
}

static int on_header_value_complete(llhttp_t *p)
{
    struct http *h = p->data;
    if (h->phase != PHASE_HEAD) return 0;
    while (h->text.len > h->at[h->header_count].value && strchr(" \t", h->text.data[h->text.len - 1]) != NULL)
        h->text.len--;
    buf_char(&h->text, '\0');
    h->header_count++;
    return 0;
}

static int on_headers_complete(llhttp_t *p)
{
    struct http *h = p->data;
    struct http_request *r = &h->request;
    for (size_t i = 0; i < h->header_count; i++) {
        h->headers[i].name = h->text.data + h->at[i].name;
        h->headers[i].value = h->text.data + h->at[i].value;
    }
    r->method = llhttp_method_name(p->method);
    r->query = "";
    r->headers = h->headers;
    r->header_count = h->header_count;
    r->keep_alive = llhttp_should_keep_alive(p) != 0;
    struct http_wire wire = {p->http_major, p->http_minor, (p->flags & F_CONTENT_LENGTH) != 0,
                             p->content_length, (p->flags & F_CHUNKED) != 0};
    struct http_refusal no = http_rules_check(r, &wire, h->text.data);
    if (no.status != 0) return refuse(h, no.status, no.reason);
    if (h->taker.wants != NULL) {
        int answer = h->taker.wants(h->taker.ctx, r);
        if (answer > 1) return refuse(h, answer, answer == 503 ? "too many uploads" : "body refused");
        h->taken = answer == 1;
    }
    h->body_max = h->taken ? h->taker.body_max : HTTP_MAX_BODY;
    if (wire.has_length && wire.length > h->body_max) return refuse(h, 413, "body too large");
    h->wants_continue =
        http_header(r, "expect") != NULL && wire.minor == 1 && (wire.chunked || wire.length != 0);
    h->phase = PHASE_BODY;
    return 0;
}

static int on_body(llhttp_t *p, const char *s, size_t n)
{
    struct http *h = p->data;
    if (h->body_len + n > h->body_max) return refuse(h, 413, "body too large");
    h->body_len += n;
    if (h->taken)
        h->taker.bytes(h->taker.ctx, s, n);
    else
        buf_add(&h->body, s, n);
    return 0;
}

/* llhttp puts a chunk's declared length into content_length. */
static int on_chunk_header(llhttp_t *p)
{
    struct http *h = p->data;
    if (p->content_length > h->body_max - h->body_len) return refuse(h, 413, "body too large");
    return 0;
}

static int on_message_complete(llhttp_t *p)
{
    struct http *h = p->data;
    h->request.body = buf_cstr(&h->body);
    h->request.body_len = h->body.len;
    h->phase = PHASE_READY;
    return HPE_PAUSED; /* what follows is the next request, or frames */
}

static const llhttp_settings_t settings = {
    .on_url = on_url,
    .on_header_field = on_header_field,
    .on_header_value = on_header_value,
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_chunk_header = on_chunk_header,
    .on_message_complete = on_message_complete,
    .on_url_complete = on_url_complete,
    .on_header_field_complete = on_header_field_complete,
    .on_header_value_complete = on_header_value_complete,
};

struct http *http_new(const struct http_taker *taker)
{
    struct http *h = mem_zalloc(sizeof *h);
    if (taker != NULL) h->taker = *taker;
    llhttp_init(&h->parser, HTTP_REQUEST, &settings);
    h->parser.data = h;
    return h;
}

void http_free(struct http *h)
{
    if (h == NULL) return;
    buf_deinit(&h->text);
    buf_deinit(&h->body);
    mem_free(h);
}

/* Returns the bytes that the parser took. */
static size_t parse(struct http *h, const char *data, size_t len)
{
    if (len == 0) return 0;
    enum llhttp_errno e = llhttp_execute(&h->parser, data, len);
    if (e == HPE_OK) return len;
    if (h->phase == PHASE_READY) return (size_t)(llhttp_get_error_pos(&h->parser) - data);
    refuse(h, 400, llhttp_get_error_reason(&h->parser));
    return len;
}

enum http_result http_feed(struct http *h, const char *data, size_t len, size_t *used)
{
    *used = 0;
    if (h->phase == PHASE_HEAD) {
        int status = 0;
        const char *reason = NULL;
        size_t head = http_scan_feed(&h->scan, data, len, &status, &reason);
        if (status != 0)
            refuse(h, status, reason);
        else
            *used = parse(h, data, head);
        if (h->phase == PHASE_HEAD && h->scan.state == SCAN_DONE) refuse(h, 400, "bad request");
    }
    if (h->phase == PHASE_BODY && *used < len) {
        size_t took = parse(h, data + *used, len - *used);
        *used += took;
        h->body_wire += took;
        if (h->phase == PHASE_BODY && h->body_wire > h->body_len + MAX_CHUNK_OVERHEAD(h->body_len))
            refuse(h, 413, "chunk overhead too large");
    }
    if (h->phase == PHASE_REFUSED) return HTTP_REFUSED;
    return h->phase == PHASE_READY ? HTTP_READY : HTTP_MORE;
}

struct http_refusal http_why(const struct http *h) { return h->refusal; }
struct http_request *http_request(struct http *h) { return &h->request; }
bool http_head_done(const struct http *h) { return h->phase != PHASE_HEAD; }
size_t http_body_len(const struct http *h) { return h->body_len; }

bool http_wants_continue(struct http *h)
{
    bool wants = h->wants_continue && h->phase == PHASE_BODY && h->body_wire == 0;
    h->wants_continue = false;
    return wants;
}

const char *http_header(const struct http_request *r, const char *name)
{
    for (size_t i = 0; i < r->header_count; i++)
        if (strcmp(r->headers[i].name, name) == 0) return r->headers[i].value;
    return NULL;
}

static bool list_has(const char *list, const char *token)
{
    size_t n = strlen(token);
    while (*list != '\0') {
        list += strspn(list, " \t,");
        size_t item = strcspn(list, ",");
        size_t end = item;
        while (end != 0 && (list[end - 1] == ' ' || list[end - 1] == '\t')) end--;
        if (end == n && strncasecmp(list, token, n) == 0) return true;
        list += item;
    }
    return false;
}

bool http_has_token(const struct http_request *r, const char *name, const char *token)
{
    for (size_t i = 0; i < r->header_count; i++)
        if (strcmp(r->headers[i].name, name) == 0 && list_has(r->headers[i].value, token)) return true;
    return false;
}
