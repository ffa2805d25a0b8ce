/* See fetch.h. The answers become rows in the store's encoding, in the order
 * of the requests: scripts read them as they read rows. */
#include "actor/fetch.h"

#include <string.h>

#include "actor/engine.h"
#include "base/mem.h"
#include "out/http_client.h"
#include "store/encode.h"

struct fetch {
    struct engine *e;
    int64_t actor;
    uint32_t number;
    int count, left;
    struct buf row[OUT_REQUESTS_MAX];
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
        buf_add(&rows, f->row[i].data, f->row[i].len);
        buf_deinit(&f->row[i]);
    }
    engine_fetched(f->e, f->actor, f->number, &rows);
    mem_free(f);
}

static void on_done(void *ctx, uint64_t tag, struct out_result *r)
{
    struct fetch *f = ctx;
    if (r->code != ERR_OK)
        fetch_row_failed(&f->row[tag], r->code, r->error, r->ms);
    else
        fetch_row_answered(&f->row[tag], r);
    if (--f->left == 0) finish(f);
}

void fetch_start(struct http_client *client, struct engine *e, int64_t tenant, int64_t actor, uint32_t number,
                 const struct buf *requests)
{
    struct fetch *f = mem_zalloc(sizeof *f);
    struct out_request r;
    size_t at = 0;
    f->e = e;
    f->actor = actor;
    f->number = number;
    f->left = 1; /* until all have been started */
    for (; out_request_next(requests, &at, &r); f->count++) {
        const char *why = "";
        int err = http_client_start(client, tenant, &r, on_done, f, (uint64_t)f->count, &why);
        if (err == ERR_OK)
            f->left++;
        else
            fetch_row_failed(&f->row[f->count], err, why, 0);
    }
    if (--f->left == 0) finish(f);
}
