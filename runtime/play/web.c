/* See web.h. Called by stage.c. */
#include "play/web.h"

#include <stdlib.h>
#include <string.h>

#include "actor/fetch.h"
#include "base/mem.h"
#include "out/request.h"

#define PAGES_MAX 32
#define REQUESTS_BYTES_MAX (256u << 10)

struct page {
    struct buf url, body;
    int status;
};

struct web {
    struct page page[PAGES_MAX];
    int count;
    struct buf requests; /* items of a JSON list */
};

struct web *web_new(void) { return mem_zalloc(sizeof(struct web)); }

static void clear(struct page *p)
{
    buf_deinit(&p->url);
    buf_deinit(&p->body);
}

void web_free(struct web *w)
{
    for (int i = 0; i < w->count; i++) clear(&w->page[i]);
    buf_deinit(&w->requests);
    mem_free(w);
}

static struct page *find(const struct web *w, const char *url, size_t len)
{
    for (int i = 0; i < w->count; i++) {
        const struct buf *at = &w->page[i].url;
        if (at->len == len && memcmp(at->data, url, len) == 0) return (struct page *)(uintptr_t)&w->page[i];
    }
    return NULL;
}

/* What answers at an address: the page of that name, or the first '*' that fits. */
static const struct page *answering(const struct web *w, const struct out_text *url)
{
    const struct page *p = find(w, url->data, url->len);
    for (int i = 0; p == NULL && i < w->count; i++) {
        const struct buf *at = &w->page[i].url;
        size_t n = at->len > 0 && at->data[at->len - 1] == '*' ? at->len - 1 : SIZE_MAX;
        if (n <= url->len && memcmp(at->data, url->data, n) == 0) p = &w->page[i];
    }
    return p;
}

const struct buf *web_requests(const struct web *w) { return &w->requests; }

static void keep(struct web *w, const struct out_request *r)
{
    struct buf *b = &w->requests;
    if (b->len + r->url.len + r->body.len > REQUESTS_BYTES_MAX) return;
    buf_str(b, b->len > 0 ? ",{\"url\":" : "{\"url\":");
    buf_json(b, r->url.data, r->url.len);
    buf_str(b, ",\"body\":");
    buf_json(b, r->body.data, r->body.len);
    buf_char(b, '}');
}

bool web_put(struct web *w, const char *line, size_t len)
{
    const char *end = line + len, *url_end = memchr(line, ' ', len);
    if (url_end == NULL || end - url_end < 4) return false;
    int status = (int)strtol(url_end + 1, NULL, 10);
    if (status < 100 || status > 599 || (url_end + 4 < end && url_end[4] != ' ')) return false;
    struct page *p = find(w, line, (size_t)(url_end - line));
    if (p == NULL && w->count == PAGES_MAX) return false;
    if (p == NULL)
        p = &w->page[w->count++];
    else
        clear(p);
    buf_init(&p->url);
    buf_init(&p->body);
    buf_add(&p->url, line, (size_t)(url_end - line));
    if (url_end + 5 < end) buf_add(&p->body, url_end + 5, (size_t)(end - url_end - 5));
    p->status = status;
    return true;
}

void web_answer(struct web *w, const struct buf *requests, struct buf *rows)
{
    struct out_request r;
    fetch_rows(rows);
    for (size_t at = 0; out_request_next(requests, &at, &r);) {
        const struct page *p = answering(w, &r.url);
        keep(w, &r);
        if (p == NULL) {
            fetch_row_failed(rows, ERR_UNAVAILABLE, "nobody answers at this address in the play", 0);
            continue;
        }
        struct out_result answer = {.status = p->status, .body = p->body};
        fetch_row_answered(rows, &answer);
    }
}
