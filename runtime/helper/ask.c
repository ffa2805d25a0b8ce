/* See ask.h. An ask owns a pipe and a timer; it is freed when both are closed. */
#include "helper/ask.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/list.h"
#include "base/mem.h"

struct asks {
    uv_loop_t *loop;
    struct helper *helper;
    struct list open;
    int count; /* asks, and 1 while open: freed at 0 */
};

struct ask {
    struct asks *asks;
    struct list link;
    uv_pipe_t pipe;
    uv_timer_t timer;
    struct buf in;
    ask_done done;
    void *ctx;
    int handles; /* not closed yet */
};

static void release(struct asks *a)
{
    if (--a->count == 0) mem_free(a);
}

static void on_closed(uv_handle_t *h)
{
    struct ask *k = h->data;
    if (--k->handles > 0) return;
    list_remove(&k->link);
    release(k->asks);
    buf_deinit(&k->in);
    mem_free(k);
}

static void finish(struct ask *k, int status)
{
    ask_done done = k->done;
    if (done == NULL) return; /* told already */
    k->done = NULL;
    uv_close((uv_handle_t *)&k->pipe, on_closed);
    uv_close((uv_handle_t *)&k->timer, on_closed);
    if (status != ERR_OK && k->asks->helper != NULL) helper_count_failed(k->asks->helper);
    const char *data = status == ERR_OK ? k->in.data + sizeof(struct helper_head) : "";
    done(k->ctx, status, data, status == ERR_OK ? k->in.len - sizeof(struct helper_head) : 0);
}

/* The stream ended: is what came an answer? The writer may have been taken over. */
static int judge(const struct ask *k)
{
    struct helper_head head;
    if (k->in.len < sizeof head) return ERR_INVALID;
    memcpy(&head, k->in.data, sizeof head);
    if (head.status != ERR_OK)
        return head.status == ERR_LIMIT || head.status == ERR_UNAVAILABLE ? head.status : ERR_INVALID;
    return head.len == k->in.len - sizeof head ? ERR_OK : ERR_INVALID;
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *b)
{
    struct ask *k = h->data;
    *b = uv_buf_init(buf_reserve(&k->in, suggested), (unsigned)suggested);
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
    struct ask *k = s->data;
    (void)b;
    if (n > 0) k->in.len += (size_t)n;
    if (k->in.len > sizeof(struct helper_head) + HELPER_ANSWER_MAX)
        finish(k, ERR_INVALID);
    else if (n < 0)
        finish(k, judge(k));
}

static void on_late(uv_timer_t *t) { finish(t->data, ERR_TIMEOUT); }

struct asks *asks_new(uv_loop_t *loop, struct helper *h)
{
    struct asks *a = mem_zalloc(sizeof *a);
    a->loop = loop;
    a->helper = h;
    a->count = 1;
    list_init(&a->open);
    return a;
}

uv_loop_t *asks_loop(struct asks *a) { return a->loop; }

void asks_close(struct asks *a)
{
    for (struct list *at = a->open.next; at != &a->open; at = at->next)
        finish(container_of(at, struct ask, link), ERR_CLOSED);
    release(a);
}

int ask_send(struct asks *a, uint8_t job, int64_t argument, int fd, ask_done done, void *ctx)
{
    int answer;
    int err = helper_send(a->helper, job, argument, fd, &answer);
    if (err != ERR_OK) return err;
    struct ask *k = mem_zalloc(sizeof *k);
    k->asks = a;
    k->done = done;
    k->ctx = ctx;
    k->handles = 2;
    buf_init(&k->in);
    uv_pipe_init(a->loop, &k->pipe, 0);
    uv_timer_init(a->loop, &k->timer);
    k->pipe.data = k->timer.data = k;
    list_push_back(&a->open, &k->link);
    a->count++;
    if (uv_pipe_open(&k->pipe, answer) != 0) close(answer); /* then the time limit answers */
    if (uv_read_start((uv_stream_t *)&k->pipe, on_alloc, on_read) != 0)
        uv_timer_start(&k->timer, on_late, 0, 0);
    else
        uv_timer_start(&k->timer, on_late, HELPER_WAIT_MS, 0);
    return ERR_OK;
}
