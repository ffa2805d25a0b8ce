/* See multi.h. libcurl says which sockets to watch and when to come back; uv
 * tells it what happened. Transfers that ended are collected after each step,
 * outside libcurl's own callbacks, where handles may be removed. */
#include "out/multi.h"

#include "base/mem.h"

struct multi {
    CURLM *curl;
    uv_loop_t *loop;
    uv_timer_t timer;
    multi_done done;
    void *ctx;
};

struct watch {
    uv_poll_t poll;
    curl_socket_t socket;
    struct multi *m;
};

static void collect(struct multi *m)
{
    int left;
    for (CURLMsg *msg; (msg = curl_multi_info_read(m->curl, &left)) != NULL;) {
        if (msg->msg != CURLMSG_DONE) continue;
        CURL *easy = msg->easy_handle;
        CURLcode code = msg->data.result; /* msg is gone with the removal */
        curl_multi_remove_handle(m->curl, easy);
        m->done(m->ctx, easy, code);
    }
}

static void step(struct multi *m, curl_socket_t socket, int events)
{
    int running;
    curl_multi_socket_action(m->curl, socket, events, &running);
    collect(m);
}

static void on_timer(uv_timer_t *t) { step(t->data, CURL_SOCKET_TIMEOUT, 0); }

static int on_timeout_wanted(CURLM *curl, long ms, void *ctx)
{
    struct multi *m = ctx;
    (void)curl;
    if (ms < 0)
        uv_timer_stop(&m->timer);
    else
        uv_timer_start(&m->timer, on_timer, (uint64_t)ms,
                       0); /* 0: at the next turn of the loop, never from here */
    return 0;
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct watch *w = (struct watch *)poll->data;
    int flags = (events & UV_READABLE ? CURL_CSELECT_IN : 0) | (events & UV_WRITABLE ? CURL_CSELECT_OUT : 0);
    step(w->m, w->socket, status < 0 ? CURL_CSELECT_ERR : flags);
}

static void on_watch_closed(uv_handle_t *h) { mem_free(h->data); }

static void unwatch(struct multi *m, curl_socket_t socket, struct watch *w)
{
    if (w == NULL) return;
    curl_multi_assign(m->curl, socket, NULL);
    uv_poll_stop(&w->poll);
    uv_close((uv_handle_t *)&w->poll, on_watch_closed);
}

static int on_socket_wanted(CURL *easy, curl_socket_t socket, int what, void *ctx, void *watched)
{
    struct multi *m = ctx;
    struct watch *w = watched;
    (void)easy;
    if (what == CURL_POLL_REMOVE) return unwatch(m, socket, w), 0;
    if (w == NULL) {
        w = mem_zalloc(sizeof *w);
        w->m = m;
        w->socket = socket;
        w->poll.data = w;
        if (uv_poll_init_socket(m->loop, &w->poll, socket) != 0) return mem_free(w), -1;
        curl_multi_assign(m->curl, socket, w);
    }
    int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    uv_poll_start(&w->poll, events, on_ready);
    return 0;
}

struct multi *multi_new(uv_loop_t *loop, long connections, multi_done done, void *ctx)
{
    struct multi *m = mem_zalloc(sizeof *m);
    m->curl = curl_multi_init();
    m->loop = loop;
    m->done = done;
    m->ctx = ctx;
    uv_timer_init(loop, &m->timer);
    m->timer.data = m;
    curl_multi_setopt(m->curl, CURLMOPT_SOCKETFUNCTION, on_socket_wanted);
    curl_multi_setopt(m->curl, CURLMOPT_SOCKETDATA, m);
    curl_multi_setopt(m->curl, CURLMOPT_TIMERFUNCTION, on_timeout_wanted);
    curl_multi_setopt(m->curl, CURLMOPT_TIMERDATA, m);
    curl_multi_setopt(m->curl, CURLMOPT_MAXCONNECTS, connections);
    curl_multi_setopt(m->curl, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    return m;
}

void multi_add(struct multi *m, CURL *easy) { curl_multi_add_handle(m->curl, easy); }
void multi_remove(struct multi *m, CURL *easy) { curl_multi_remove_handle(m->curl, easy); }

static void on_timer_closed(uv_handle_t *h) { mem_free(h->data); }

void multi_close(struct multi *m)
{
    curl_multi_cleanup(m->curl); /* closes idle connections; their watches go through unwatch */
    uv_close((uv_handle_t *)&m->timer, on_timer_closed);
}
