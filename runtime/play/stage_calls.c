/* See stage_calls.h. */
#include "play/stage_calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "play/memory_store.h"
#include "play/stage.h"
#include "store/encode.h"

#define OUTBOX_MAX 1000

static int call_connect(void *ctx, const char *text, size_t len, struct buf *out)
{
    (void)text, (void)len, (void)out;
    stage_connect(*(struct stage **)ctx, STAGE_PUBLIC_KEY);
    return ERR_OK;
}

static int call_say(void *ctx, const char *text, size_t len, struct buf *out)
{
    (void)out;
    stage_say(*(struct stage **)ctx, text, len);
    return ERR_OK;
}

static int call_hear(void *ctx, const char *text, size_t len, struct buf *out)
{
    (void)text, (void)len;
    stage_hear(*(struct stage **)ctx, out);
    return ERR_OK;
}

static int call_clock(void *ctx, const char *text, size_t len, struct buf *out)
{
    (void)len, (void)out;
    stage_set_clock(*(struct stage **)ctx, strtoll(text, NULL, 10));
    return ERR_OK;
}

static int call_wait(void *ctx, const char *text, size_t len, struct buf *out)
{
    (void)len, (void)out;
    stage_wait(*(struct stage **)ctx, strtoll(text, NULL, 10));
    return ERR_OK;
}

static int call_jobs(void *ctx, const char *text, size_t len, struct buf *out)
{
    (void)text, (void)len, (void)out;
    stage_jobs(*(struct stage **)ctx);
    return ERR_OK;
}

/* When the next job is due, in ms; "" when there is none. */
static int call_due(void *ctx, const char *text, size_t len, struct buf *out)
{
    (void)text, (void)len;
    int64_t due = stage_next_job(*(struct stage **)ctx);
    if (due >= 0) buf_int(out, due);
    return ERR_OK;
}

static int call_restart(void *ctx, const char *text, size_t len, struct buf *out)
{
    (void)text, (void)len, (void)out;
    stage_restart(*(struct stage **)ctx);
    return ERR_OK;
}

static int call_store(void *ctx, const char *text, size_t len, struct buf *out)
{
    (void)len, (void)out;
    stage_store_works(*(struct stage **)ctx, strcmp(text, "works") == 0);
    return ERR_OK;
}

static int call_web(void *ctx, const char *text, size_t len, struct buf *out)
{
    if (stage_web(*(struct stage **)ctx, text, len)) return ERR_OK;
    buf_str(out, "write: web: https://HOST/PATH STATUS BODY");
    return ERR_INVALID;
}

static int call_requests(void *ctx, const char *text, size_t len, struct buf *out)
{
    (void)text, (void)len;
    stage_requests(*(struct stage **)ctx, out);
    return ERR_OK;
}

static int call_steps(void *ctx, const char *text, size_t len, struct buf *out)
{
    (void)text, (void)len;
    stage_steps(*(struct stage **)ctx, out);
    return ERR_OK;
}

static int call_print(void *ctx, const char *text, size_t len, struct buf *out)
{
    (void)ctx, (void)out;
    fwrite(text, 1, len, stdout);
    return ERR_OK;
}

static int call_errors(void *ctx, const char *text, size_t len, struct buf *out)
{
    (void)text, (void)len;
    stage_errors(*(struct stage **)ctx, out);
    return ERR_OK;
}

static void add_row(struct rows_reader *r, const struct param *value, struct buf *out)
{
    buf_char(out, '{');
    for (int c = 0; c < r->columns; c++) {
        if (c > 0) buf_char(out, ',');
        buf_json(out, r->name[c], r->name_len[c]);
        buf_char(out, ':');
        if (value[c].type == PARAM_TEXT)
            buf_json(out, value[c].text, value[c].len);
        else if (value[c].type == PARAM_INT)
            buf_int(out, value[c].integer); /* times and counts */
        else
            buf_str(out, "null");
    }
    buf_char(out, '}');
}

void stage_add_rows(const struct buf *rows, struct buf *out)
{
    struct rows_reader r;
    struct param value[ROWS_COLUMNS_MAX];
    size_t start = out->len + 1;
    buf_char(out, '[');
    if (rows_open(&r, rows) == ERR_OK)
        while (rows_next(&r, value)) {
            if (out->len > start) buf_char(out, ',');
            add_row(&r, value, out);
        }
    buf_char(out, ']');
}

/* What the scripts have told the world, oldest first. */
static int call_outbox(void *ctx, const char *text, size_t len, struct buf *out)
{
    (void)text, (void)len;
    struct store_job *job =
        memory_store_ask(stage_store(*(struct stage **)ctx), 0, "event.recent", "i", (int64_t)OUTBOX_MAX);
    int err = job->status;
    if (err == ERR_OK)
        stage_add_rows(&job->rows, out);
    else
        buf_str(out, job->error);
    store_job_free(job);
    return err;
}

const struct vm_tool_function stage_calls[] = {
    {"connect", call_connect},   {"say", call_say},       {"hear", call_hear},     {"clock", call_clock},
    {"wait", call_wait},         {"jobs", call_jobs},     {"due", call_due},       {"restart", call_restart},
    {"store", call_store},       {"outbox", call_outbox}, {"errors", call_errors}, {"web", call_web},
    {"requests", call_requests}, {"steps", call_steps},   {"print", call_print},   {NULL, NULL},
};
