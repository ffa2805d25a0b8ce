/* See stream.h. States: WAITING for a moment to begin, OPENING until the
 * answer's head is there, PLAIN when it is no stream of events (all of it is
 * the answer to the opening), FLOWING, ENDED. A call that has to wait is
 * remembered by its number and answered when something comes or its time ends. */
#include "actor/stream.h"

#include <stdio.h>
#include <string.h>

#include "actor/engine.h"
#include "base/list.h"
#include "base/mem.h"
#include "out/http_client.h"
#include "out/sse_parser.h"
#include "store/encode.h"
#include "vm/stream_call.h"

#define PLAIN_MAX 65536 /* bytes of an answer that is no stream */

enum stream_state { WAITING, OPENING, PLAIN, FLOWING, ENDED };

struct stream {
    struct list link;
    struct streams *all;
    int64_t tenant, actor;
    enum stream_state state;
    uint32_t number; /* of the call that waits; 0: none */
    bool opening;    /* that call is the opening */
    bool paused, failed_parse;
    uint32_t taken; /* bytes of the body */
    struct buf request;
    int32_t head_ms;
    struct transfer *transfer; /* NULL once it has ended */
    struct sse_parser parser;
    struct buf rows, headers, body;
    int status, code;
    char error[200];
    uv_timer_t timer;
};

struct streams {
    uv_loop_t *loop;
    struct http_client *client;
    struct engine *engine;
    struct list list;
    bool closed;
};

/* ---- what the turn gets: rows { kind, a, b, n } ---- */

static void row(struct buf *b, const char *kind, const char *a, size_t a_len, const char *text, size_t len,
                int64_t n)
{
    encode_text(b, kind, strlen(kind));
    encode_text(b, a, a_len);
    encode_text(b, text, len);
    encode_int(b, n);
}

static void begin_rows(struct buf *b)
{
    static const char *const columns[] = {"kind", "a", "b", "n"};
    buf_init(b);
    rows_begin(b, 4);
    for (int i = 0; i < 4; i++) rows_column(b, columns[i]);
}

static void row_failed(struct buf *b, int code, const char *why)
{
    row(b, "failed", err_name(code), strlen(err_name(code)), why, strlen(why), 0);
}

static const char *bytes(const struct buf *b) { return b->len > 0 ? b->data : ""; }

static void answer(struct stream *s)
{
    struct buf out;
    uint32_t number = s->number;
    bool opening = s->opening;
    uv_timer_stop(&s->timer);
    s->number = 0;
    s->opening = false;
    begin_rows(&out);
    if (opening && s->status != 0 && s->code == ERR_OK)
        row(&out, s->state == FLOWING ? "stream" : "answer", bytes(&s->headers), s->headers.len,
            bytes(&s->body), s->body.len, s->status);
    if (!opening && s->rows.len > 0) buf_add(&out, s->rows.data, s->rows.len);
    if (!opening) buf_reset(&s->rows);
    if (s->code != ERR_OK)
        row_failed(&out, s->code, s->error);
    else if (!opening && s->state == ENDED)
        row(&out, "end", "", 0, "", 0, 0);
    engine_fetched(s->all->engine, s->actor, number, &out);
}

static void answer_failed(struct streams *all, int64_t actor, uint32_t number, int code, const char *why)
{
    struct buf out;
    begin_rows(&out);
    row_failed(&out, code, why);
    engine_fetched(all->engine, actor, number, &out);
}

/* ---- what arrives ---- */

static void finish(struct stream *s, int code, const char *why)
{
    if (s->state == ENDED) return;
    s->state = ENDED;
    s->code = code;
    snprintf(s->error, sizeof s->error, "%s", why);
    if (s->transfer != NULL) http_client_abort(s->transfer);
    s->transfer = NULL;
    if (s->number != 0) answer(s);
}

static void on_event(void *ctx, const char *type, size_t type_len, const char *data, size_t data_len)
{
    struct stream *s = ctx;
    row(&s->rows, "event", type, type_len, data, data_len, 0);
}

static void on_head(void *ctx, int status, const struct buf *headers)
{
    struct stream *s = ctx;
    s->status = status;
    buf_reset(&s->headers);
    buf_add(&s->headers, headers->data, headers->len);
    buf_char(&s->headers, '\0'); /* for strstr */
    s->headers.len--;
    bool flows =
        status >= 200 && status < 300 && strstr(s->headers.data, "content-type: text/event-stream") != NULL;
    s->state = flows ? FLOWING : PLAIN;
    if (flows) answer(s);
}

static enum out_taken on_data(void *ctx, const char *data, size_t len)
{
    struct stream *s = ctx;
    if (s->state == PLAIN) {
        size_t room = PLAIN_MAX - s->body.len;
        buf_add(&s->body, data, len < room ? len : room);
        return len <= room ? OUT_TAKEN : OUT_STOP;
    }
    if (s->rows.len > STREAM_WAITING) return s->paused = true, OUT_LATER;
    if (sse_parser_feed(&s->parser, data, len) != ERR_OK) return s->failed_parse = true, OUT_STOP;
    if (s->number != 0 && s->rows.len > 0) answer(s);
    return OUT_TAKEN;
}

static void on_done(void *ctx, uint64_t tag, struct out_result *r)
{
    struct stream *s = ctx;
    (void)tag;
    s->transfer = NULL;
    int code = r->code;
    const char *why = r->error;
    if (s->state == PLAIN && code == ERR_LIMIT) code = ERR_OK; /* its first bytes say enough */
    if (s->failed_parse) code = ERR_LIMIT, why = "an event of the stream is too long";
    if (s->state == FLOWING && code == ERR_OK && sse_parser_end(&s->parser) != ERR_OK)
        code = ERR_LIMIT, why = "an event of the stream is too long";
    finish(s, code, why);
}

static void on_late(uv_timer_t *timer)
{
    struct stream *s = timer->data;
    finish(s, ERR_TIMEOUT, s->opening ? "no answer in time" : "the stream stood still");
}

/* ---- calls ---- */

static struct stream *find(const struct streams *all, int64_t actor)
{
    for (struct list *at = all->list.next; at != &all->list; at = at->next) {
        struct stream *s = container_of(at, struct stream, link);
        if (s->actor == actor) return s;
    }
    return NULL;
}

static void on_closed(uv_handle_t *h)
{
    struct stream *s = h->data;
    sse_parser_deinit(&s->parser);
    buf_deinit(&s->request);
    buf_deinit(&s->rows);
    buf_deinit(&s->headers);
    buf_deinit(&s->body);
    mem_free(s);
}

static void drop(struct stream *s)
{
    if (s->transfer != NULL) http_client_abort(s->transfer);
    s->transfer = NULL;
    list_remove(&s->link);
    uv_close((uv_handle_t *)&s->timer, on_closed);
}

static void start(struct stream *s)
{
    static const struct out_stream taker = {on_head, on_data};
    struct out_request r;
    size_t at = 0;
    const char *why = "";
    out_request_next(&s->request, &at, &r);
    s->state = OPENING;
    uv_timer_start(&s->timer, on_late, (uint64_t)s->head_ms, 0);
    int err = http_client_stream(s->all->client, s->tenant, &r, &taker, on_done, s, 0, &s->transfer, &why);
    if (err != ERR_OK) finish(s, err, why);
}

static void on_begin(uv_timer_t *timer) { start(timer->data); }

static void open_stream(struct streams *all, int64_t tenant, int64_t actor, uint32_t number,
                        const struct stream_call *call, const struct buf *args)
{
    struct stream *s = mem_zalloc(sizeof *s);
    s->all = all;
    s->tenant = tenant;
    s->actor = actor;
    s->number = number;
    s->opening = true;
    s->head_ms = call->wait_ms;
    buf_add(&s->request, args->data + sizeof *call, args->len - sizeof *call);
    sse_parser_init(&s->parser, on_event, s);
    list_push_back(&all->list, &s->link);
    uv_timer_init(all->loop, &s->timer);
    s->timer.data = s;
    if (call->delay_ms > 0)
        uv_timer_start(&s->timer, on_begin, (uint64_t)call->delay_ms, 0);
    else
        start(s);
}

static void next(struct stream *s, uint32_t number, int32_t wait_ms)
{
    s->number = number;
    if (s->rows.len > 0 || s->state == ENDED) {
        answer(s);
    } else {
        uv_timer_start(&s->timer, on_late, (uint64_t)wait_ms, 0);
    }
    if (!s->paused || s->transfer == NULL) return;
    s->paused = false;
    http_client_resume(s->transfer);
}

void streams_call(struct streams *all, int64_t tenant, int64_t actor, uint32_t number, const struct buf *args)
{
    struct stream_call call;
    struct stream *s = find(all, actor);
    memcpy(&call, args->data, sizeof call);
    if (s != NULL && call.op != STREAM_NEXT) drop(s), s = NULL; /* an actor has one */
    if (call.op == STREAM_OPEN && !all->closed) return open_stream(all, tenant, actor, number, &call, args);
    if (call.op == STREAM_NEXT && s != NULL) return next(s, number, call.wait_ms);
    answer_failed(all, actor, number, ERR_CLOSED, "there is no stream");
}

void streams_drop(struct streams *all, int64_t actor)
{
    struct stream *s = find(all, actor);
    if (s != NULL) drop(s);
}

void streams_gone(struct streams *all, int64_t actor)
{
    struct stream *s = find(all, actor);
    if (s != NULL) finish(s, ERR_CLOSED, "nobody listens any more");
}

struct streams *streams_new(uv_loop_t *loop, struct http_client *client, struct engine *engine)
{
    struct streams *all = mem_zalloc(sizeof *all);
    all->loop = loop;
    all->client = client;
    all->engine = engine;
    list_init(&all->list);
    return all;
}

void streams_close(struct streams *all)
{
    all->closed = true;
    while (!list_empty(&all->list)) drop(container_of(all->list.next, struct stream, link));
}

void streams_free(struct streams *all) { mem_free(all); }
