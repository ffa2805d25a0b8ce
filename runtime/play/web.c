/* See web.h. Called by stage.c. */
#include "play/web.h"

#include <stdlib.h>
#include <string.h>

#include "actor/fetch.h"
#include "base/mem.h"
#include "out/request.h"

#define PAGES_MAX 32

struct page {
    struct buf url, body;
    int status;
};

struct web {
    struct page page[PAGES_MAX];
    int count;
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

void web_answer(const struct web *w, const struct buf *requests, struct buf *rows)
{
    struct out_request r;
    fetch_rows(rows);
    for (size_t at = 0; out_request_next(requests, &at, &r);) {
        const struct page *p = find(w, r.url.data, r.url.len);
        if (p == NULL) {
            fetch_row_failed(rows, ERR_UNAVAILABLE, "nobody answers at this address in the play", 0);
            continue;
        }
        struct out_result answer = {.status = p->status, .body = p->body};
        fetch_row_answered(rows, &answer);
    }
}
