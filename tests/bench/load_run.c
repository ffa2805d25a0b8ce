/* The engine of azk_load: opens connections, greets on each, then walks
 * through phases: closed or open loop of messages, or idling with memory read.
 *
 * Closed loop: each connection sends when its reply is there. Open loop:
 * message i is due at start + i/rate on connection i mod N, and its latency
 * counts from then, so that a stall of the server shows in every message that
 * it delayed. A connection that still waits sends its next one late. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "load.h"
#include "process.h"
#include "ws_client.h"

#define CONNS_PER_SOURCE 10000 /* past half of an address's ports connect(2) gets slow */
#define OPENING_MAX 256        /* being opened at once */
#define TEXT_MAX 8192

enum phase { OPENING, SETTLED, WARMUP, MEASURING, TOUCHING, HOLDING };

struct conn {
    struct ws_client ws; /* first: events cast back */
    uint32_t id, next;   /* next: number of its next message */
    uint64_t due;        /* ns, of the message under way; 0: idle */
    bool greeted;        /* hello was answered */
};

static const struct load_options *opt;
static struct load_result *res;
static uv_loop_t loop;
static struct conn *conns;
static enum phase phase;
static uint32_t started, greeted, touched;
static uint64_t opening_at, origin, window_at, next_index; /* origin: message 0 is due */
static uv_timer_t phase_timer;
static uv_poll_t due_poll;
static int due_fd = -1;

/* Digits of n at out; printf would be a tenth of what a message costs here. */
static size_t put_number(char *out, uint32_t n)
{
    char digits[10];
    size_t len = 0;
    do digits[len++] = (char)('0' + n % 10);
    while ((n /= 10) != 0);
    for (size_t i = 0; i < len; i++) out[i] = digits[len - 1 - i];
    return len;
}

/* The template with {id} and {n} filled in; static storage. */
static const char *render(const char *template, const struct conn *c, size_t *len)
{
    static char text[TEXT_MAX + 32];
    size_t at = 0;
    for (const char *p = template; *p != 0 && at < TEXT_MAX;) {
        bool id = *p == '{' && strncmp(p, "{id}", 4) == 0, n = *p == '{' && strncmp(p, "{n}", 3) == 0;
        if (id || n) {
            at += put_number(text + at, id ? c->id : c->next);
            p += id ? 4 : 3;
        } else {
            text[at++] = *p++;
        }
    }
    text[at] = 0;
    *len = at;
    return text;
}

static void send_message(struct conn *c, uint64_t due)
{
    size_t len;
    const char *text = render(opt->message, c, &len);
    c->due = due;
    ws_client_send(&c->ws, text, len);
}

static bool matches(const char *template, const struct conn *c, const char *data, size_t len)
{
    size_t n;
    const char *wanted = render(template, c, &n);
    return n == 0 || memmem(data, len, wanted, n) != NULL;
}

static uint64_t due_at(uint64_t index) { return origin + (uint64_t)((double)index * 1e9 / opt->rate); }

static void arm_due(void)
{
    uint64_t at = due_at(next_index);
    struct itimerspec when = {.it_value = {(time_t)(at / 1000000000u), (long)(at % 1000000000u)}};
    timerfd_settime(due_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void on_due(uv_poll_t *p, int status, int events)
{
    uint64_t times;
    (void)p, (void)status, (void)events;
    if (read(due_fd, &times, sizeof times) < 0) return;
    for (uint64_t now = uv_hrtime(); due_at(next_index) <= now; next_index++) {
        struct conn *c = &conns[next_index % opt->conns];
        if (c->due == 0 && c->ws.state == WS_OPEN) send_message(c, due_at(next_index));
    }
    arm_due();
}

static void on_phase(uv_timer_t *t);

static void phase_in(enum phase next, double seconds)
{
    phase = next;
    uv_timer_start(&phase_timer, on_phase, (uint64_t)(seconds * 1e3), 0);
}

static void on_reply(struct conn *c)
{
    uint64_t now = uv_hrtime();
    if (phase == MEASURING && c->due >= window_at) {
        histogram_add(&res->latency, now - c->due);
        res->messages++;
    }
    c->due = 0;
    c->next++;
    if (phase == TOUCHING && ++touched == greeted) phase_in(TOUCHING, opt->settle);
    if (phase != WARMUP && phase != MEASURING) return;
    uint64_t index = (uint64_t)c->next * opt->conns + c->id;
    if (opt->rate == 0)
        send_message(c, now);
    else if (index < next_index)
        send_message(c, due_at(index));
}

static void open_more(void);

static void on_greeted(struct conn *c)
{
    c->greeted = true;
    greeted++;
    open_more();
}

static void on_opened(struct ws_client *ws)
{
    struct conn *c = (struct conn *)ws;
    size_t len;
    res->opened++;
    if (opt->hello == NULL) {
        on_greeted(c);
        return;
    }
    const char *text = render(opt->hello, c, &len);
    ws_client_send(ws, text, len);
}

static void on_text(struct ws_client *ws, const char *data, size_t len)
{
    struct conn *c = (struct conn *)ws;
    if (!c->greeted) {
        if (matches(opt->hello_expect, c, data, len)) on_greeted(c);
    } else if (c->due != 0 && matches(opt->expect, c, data, len)) {
        on_reply(c);
    } else {
        res->unmatched++;
    }
}

static void on_gone(struct ws_client *ws, const char *why)
{
    struct conn *c = (struct conn *)ws;
    if (c->greeted) {
        res->closed++;
        return;
    }
    if (res->failed++ == 0) fprintf(stderr, "azk_load: connection %u: %s\n", c->id, why);
    open_more();
}

static void open_more(void)
{
    static const struct ws_events events = {on_opened, on_text, on_gone};
    while (started < opt->conns && started < greeted + res->failed + OPENING_MAX) {
        struct sockaddr_in from = {.sin_family = AF_INET};
        from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + started / CONNS_PER_SOURCE);
        struct conn *c = &conns[started];
        c->id = started++;
        ws_client_open(&c->ws, &loop, &from, &opt->to, opt->request, &events);
    }
    if (phase != OPENING || greeted + res->failed < opt->conns) return;
    res->open_seconds = (double)(uv_hrtime() - opening_at) / 1e9;
    phase_in(SETTLED, opt->idle ? opt->settle : 0.1);
}

static void start_load(void)
{
    phase_in(WARMUP, opt->warmup);
    origin = uv_hrtime();
    if (opt->rate > 0) {
        due_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
        uv_poll_init(&loop, &due_poll, due_fd);
        uv_poll_start(&due_poll, UV_READABLE, on_due);
        arm_due();
        return;
    }
    for (uint32_t i = 0; i < opt->conns; i++)
        if (conns[i].ws.state == WS_OPEN) send_message(&conns[i], uv_hrtime());
}

static void start_window(void)
{
    phase_in(MEASURING, opt->seconds);
    window_at = uv_hrtime();
    res->server_cpu = process_cpu_seconds(opt->pid);
    res->load_cpu = process_cpu_seconds(getpid());
}

static void end_window(void)
{
    uint64_t now = uv_hrtime();
    res->window_seconds = (double)(now - window_at) / 1e9;
    res->server_cpu = process_cpu_seconds(opt->pid) - res->server_cpu;
    res->load_cpu = process_cpu_seconds(getpid()) - res->load_cpu;
    /* A message that was never answered is as late as it is old. */
    for (uint32_t i = 0; opt->rate > 0 && i < opt->conns; i++)
        if (conns[i].due >= window_at) {
            histogram_add(&res->latency, now - conns[i].due);
            res->unfinished++;
        }
    uv_stop(&loop);
}

static void touch_all(void)
{
    res->rss_open = process_rss_bytes(opt->pid);
    phase = TOUCHING;
    for (uint32_t i = 0; i < opt->conns; i++)
        if (conns[i].ws.state == WS_OPEN) send_message(&conns[i], uv_hrtime());
}

static void hold(void)
{
    *(phase == TOUCHING ? &res->rss_touched : &res->rss_open) = process_rss_bytes(opt->pid);
    phase_in(HOLDING, opt->hold);
}

static void on_phase(uv_timer_t *t)
{
    (void)t;
    switch (phase) {
    case OPENING: break;
    case SETTLED:
        if (!opt->idle)
            start_load();
        else if (opt->touch)
            touch_all();
        else
            hold();
        break;
    case WARMUP: start_window(); break;
    case MEASURING: end_window(); break;
    case TOUCHING: hold(); break;
    case HOLDING:
        res->rss_held = process_rss_bytes(opt->pid);
        uv_stop(&loop);
        break;
    }
}

void load_run(const struct load_options *options, struct load_result *result)
{
    opt = options;
    res = result;
    memset(res, 0, sizeof *res);
    conns = calloc(opt->conns, sizeof *conns);
    assert(conns != NULL);
    uv_loop_init(&loop);
    uv_timer_init(&loop, &phase_timer);
    res->rss_before = process_rss_bytes(opt->pid);
    opening_at = uv_hrtime();
    open_more();
    uv_run(&loop, UV_RUN_DEFAULT);
}
