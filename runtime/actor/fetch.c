/* See fetch.h. The answers become rows in the store's encoding, in the order
 * of the requests: scripts read them as they read rows. Requests that must
 * wait for others of the list (the bound of their key, their order) are begun
 * when those have ended, so the list may be longer than its key is wide. */
#include "actor/fetch.h"

#include <stdbool.h>
#include <string.h>

#include "actor/engine.h"
#include "actor/engine_state.h"
#include "base/mem.h"
#include "out/http_client.h"
#include "store/encode.h"

enum call_state { QUEUED, UNDER_WAY, ENDED };

struct call {
    struct out_request r; /* its texts are in fetch.text */
    enum call_state state;
    struct buf row;
};

struct fetch {
    struct engine *e;
    struct http_client *client;
    int64_t tenant, actor;
    uint64_t begun_ns;
    uint32_t number;
    int count, under_way, queued; /* the first that may be queued still */
    bool stopped;
    struct buf text;
    struct call call[]; /* count */
};

static void add_text(struct buf *row, const struct buf *text)
{
    encode_text(row, text->data != NULL ? text->data : "", text->len);
}

void fetch_row_failed(struct buf *row, int code, const char *why, uint32_t ms)
{
    const char *name = err_name(code);
    for (int i = 0; i < 3; i++) encode_null(row);
    encode_int(row, ms);
    encode_null(row);
    encode_text(row, name, strlen(name));
    encode_text(row, why, strlen(why));
}

void fetch_row_answered(struct buf *row, const struct out_result *r)
{
    encode_int(row, r->status);
    add_text(row, &r->headers);
    add_text(row, &r->body);
    encode_int(row, r->ms);
    encode_int(row, r->cut);
    encode_null(row);
    encode_null(row);
}

void fetch_rows(struct buf *rows)
{
    static const char *const columns[] = {"status", "headers", "body", "ms", "cut", "code", "error"};
    rows_begin(rows, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) rows_column(rows, columns[i]);
}

static void finish(struct fetch *f)
{
    struct buf rows;
    buf_init(&rows);
    fetch_rows(&rows);
    for (int i = 0; i < f->count; i++) {
        buf_add(&rows, f->call[i].row.data, f->call[i].row.len);
        buf_deinit(&f->call[i].row);
    }
    buf_deinit(&f->text);
    engine_fetched(f->e, f->actor, f->number, &rows);
    mem_free(f);
}

static bool same(const struct out_text *a, const struct out_text *b)
{
    return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

enum verdict { START, SKIP, WAIT };

/* SKIP: it waits for another of its order; WAIT: its key has as many as it may. */
static enum verdict look(const struct fetch *f, const struct out_request *r)
{
    int of_key = 0, most = r->at_once > 0 ? r->at_once : OUT_KEY_MAX;
    bool behind = false;
    for (int i = 0, left = f->under_way; left > 0 && i < f->count; i++) {
        const struct call *c = &f->call[i];
        if (c->state != UNDER_WAY) continue;
        left--;
        behind |= r->order.len > 0 && same(&r->order, &c->r.order);
        of_key += r->key.len > 0 && same(&r->key, &c->r.key);
    }
    if (r->key.len > 0 && of_key >= most) return WAIT;
    return behind ? SKIP : START;
}

static void not_begun(struct call *c, int code, const char *why)
{
    c->state = ENDED;
    fetch_row_failed(&c->row, code, why, 0);
}

static void on_done(void *ctx, uint64_t tag, struct out_result *r);

/* false: its key is busy elsewhere, and what is under way here will end. */
static bool start(struct fetch *f, int i)
{
    const char *why = "";
    struct call *c = &f->call[i];
    int err = http_client_start(f->client, f->tenant, &c->r, on_done, f, (uint64_t)i, &why);
    if (err == ERR_LIMIT && f->under_way > 0) return false;
    if (err != ERR_OK) return not_begun(c, err, why), true;
    c->state = UNDER_WAY;
    f->under_way++;
    return true;
}

static bool too_late(const struct fetch *f, const struct out_request *r)
{
    if (r->start_ms == 0) return false;
    return now_ns(f->e) - f->begun_ns > (uint64_t)r->start_ms * 1000000u;
}

static void start_more(struct fetch *f)
{
    while (f->queued < f->count && f->call[f->queued].state != QUEUED) f->queued++;
    for (int i = f->queued; i < f->count; i++) {
        struct call *c = &f->call[i];
        if (c->state != QUEUED) continue;
        if (f->stopped || too_late(f, &c->r)) {
            not_begun(c, ERR_LIMIT, "not begun");
            continue;
        }
        enum verdict verdict = look(f, &c->r);
        if (verdict == WAIT || (verdict == START && !start(f, i))) return;
    }
}

static void on_done(void *ctx, uint64_t tag, struct out_result *r)
{
    struct fetch *f = ctx;
    struct call *c = &f->call[tag];
    c->state = ENDED;
    f->under_way--;
    if (r->code != ERR_OK)
        fetch_row_failed(&c->row, r->code, r->error, r->ms);
    else
        fetch_row_answered(&c->row, r);
    if (c->r.stop && (r->code != ERR_OK || r->status < 200 || r->status > 299)) f->stopped = true;
    start_more(f);
    if (f->under_way == 0) finish(f);
}

static int count(const struct buf *requests)
{
    struct out_request r;
    int n = 0;
    for (size_t at = 0; out_request_next(requests, &at, &r);) n++;
    return n;
}

void fetch_start(struct http_client *client, struct engine *e, int64_t tenant, int64_t actor, uint32_t number,
                 const struct buf *requests)
{
    int n = count(requests);
    struct fetch *f = mem_zalloc(sizeof *f + (size_t)n * sizeof f->call[0]);
    *f = (struct fetch){
        .e = e, .client = client, .tenant = tenant, .actor = actor, .number = number, .begun_ns = now_ns(e)};
    buf_add(&f->text, requests->data, requests->len);
    for (size_t at = 0; out_request_next(&f->text, &at, &f->call[f->count].r);) f->count++;
    start_more(f);
    if (f->under_way == 0) finish(f);
}
