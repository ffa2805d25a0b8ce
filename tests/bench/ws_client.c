/* See ws_client.h. One write for each frame, tried at once; only what the
 * kernel did not take is copied and queued. */
#include "ws_client.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define READ_MAX (256u << 10)
#define SEND_MAX (64u << 10)

struct rest {
    uv_write_t req;
    char data[];
};

static char read_buffer[READ_MAX];

static void on_closed(uv_handle_t *h)
{
    struct ws_client *c = h->data;
    free(c->kept);
    c->kept = NULL;
}

static void fail(struct ws_client *c, const char *why)
{
    if (c->state == WS_CLOSED) return;
    ws_client_close(c);
    c->events->closed(c, why);
}

static void on_written(uv_write_t *req, int status)
{
    struct ws_client *c = req->handle->data;
    free(req->data);
    if (status != 0 && status != UV_ECANCELED) fail(c, uv_strerror(status));
}

static void put(struct ws_client *c, const char *data, size_t len)
{
    uv_buf_t b = uv_buf_init((char *)(uintptr_t)data, (unsigned)len);
    int n = uv_try_write((uv_stream_t *)&c->tcp, &b, 1);
    if (n == (int)len) return;
    if (n < 0 && n != UV_EAGAIN) {
        fail(c, uv_strerror(n));
        return;
    }
    size_t done = n > 0 ? (size_t)n : 0;
    struct rest *r = malloc(sizeof *r + len - done);
    assert(r != NULL);
    memcpy(r->data, data + done, len - done);
    r->req.data = r;
    b = uv_buf_init(r->data, (unsigned)(len - done));
    if (uv_write(&r->req, (uv_stream_t *)&c->tcp, &b, 1, on_written) != 0) {
        free(r);
        fail(c, "write");
    }
}

/* Length of the frame at p and where its payload lies; 0 while it is not whole. */
static size_t frame_at(const unsigned char *p, size_t n, size_t *head, size_t *payload)
{
    if (n < 2) return 0;
    *head = 2;
    *payload = p[1] & 0x7f;
    if (*payload == 126) {
        if (n < 4) return 0;
        *head = 4;
        *payload = (size_t)p[2] << 8 | p[3];
    } else if (*payload == 127) {
        if (n < 10) return 0;
        *head = 10;
        *payload = 0;
        for (int i = 2; i < 10; i++) *payload = *payload << 8 | p[i];
    }
    return n >= *head + *payload ? *head + *payload : 0;
}

static void pong(struct ws_client *c, const char *data, size_t len)
{
    char frame[6 + 125] = {(char)0x8a, (char)(0x80 | len), 0, 0, 0, 0};
    memcpy(frame + 6, data, len);
    put(c, frame, 6 + len);
}

/* Handles whole frames; returns how many bytes they were. */
static size_t take_frames(struct ws_client *c, const char *data, size_t len)
{
    size_t used = 0, head, payload, whole;
    while (c->state == WS_OPEN &&
           (whole = frame_at((const unsigned char *)data + used, len - used, &head, &payload)) > 0) {
        int opcode = data[used] & 0x0f;
        const char *body = data + used + head;
        used += whole;
        if (opcode == 1)
            c->events->text(c, body, payload);
        else if (opcode == 9 && payload <= 125)
            pong(c, body, payload);
        else if (opcode == 8)
            fail(c, "closed by the server");
    }
    return used;
}

static size_t take_head(struct ws_client *c, const char *data, size_t len)
{
    const char *end = memmem(data, len, "\r\n\r\n", 4);
    if (end == NULL) return 0;
    if (len < 12 || memcmp(data + 9, "101", 3) != 0) {
        fail(c, "not upgraded");
        return len;
    }
    c->state = WS_OPEN;
    c->events->opened(c);
    return (size_t)(end + 4 - data);
}

static void take(struct ws_client *c, const char *data, size_t len)
{
    size_t used = c->state == WS_UPGRADING ? take_head(c, data, len) : 0;
    if (c->state == WS_OPEN) used += take_frames(c, data + used, len - used);
    if (c->state == WS_CLOSED || used == len) return;
    c->kept_len = len - used;
    c->kept = malloc(c->kept_len);
    assert(c->kept != NULL);
    memcpy(c->kept, data + used, c->kept_len);
}

static void on_alloc(uv_handle_t *h, size_t wanted, uv_buf_t *b)
{
    struct ws_client *c = h->data;
    (void)wanted;
    if (c->kept_len >= READ_MAX) {
        *b = uv_buf_init(NULL, 0); /* a frame larger than any that we ask for */
        return;
    }
    if (c->kept != NULL) memcpy(read_buffer, c->kept, c->kept_len);
    *b = uv_buf_init(read_buffer + c->kept_len, (unsigned)(READ_MAX - c->kept_len));
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
    struct ws_client *c = s->data;
    (void)b;
    if (n == 0) return;
    if (n < 0) {
        fail(c, uv_strerror((int)n));
        return;
    }
    size_t len = c->kept_len + (size_t)n;
    free(c->kept);
    c->kept = NULL;
    c->kept_len = 0;
    take(c, read_buffer, len);
}

static void on_connected(uv_connect_t *req, int status)
{
    struct ws_client *c = req->data;
    if (c->state == WS_CLOSED) return;
    if (status != 0) {
        fail(c, uv_strerror(status));
        return;
    }
    uv_tcp_nodelay(&c->tcp, 1);
    c->state = WS_UPGRADING;
    put(c, c->request, strlen(c->request));
    if (c->state != WS_CLOSED) uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read);
}

void ws_client_open(struct ws_client *c, uv_loop_t *loop, const struct sockaddr_in *from,
                    const struct sockaddr_in *to, const char *request, const struct ws_events *events)
{
    memset(c, 0, sizeof *c);
    c->events = events;
    c->request = request;
    c->connect.data = c;
    uv_tcp_init_ex(loop, &c->tcp, AF_INET);
    c->tcp.data = c;
    /* The port is chosen by connect(2): bind(2) alone searches long once many wait in TIME_WAIT. */
    uv_os_fd_t fd;
    int on = 1;
    if (uv_fileno((uv_handle_t *)&c->tcp, &fd) == 0)
        setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    int r = uv_tcp_bind(&c->tcp, (const struct sockaddr *)from, 0);
    if (r == 0) r = uv_tcp_connect(&c->connect, &c->tcp, (const struct sockaddr *)to, on_connected);
    if (r != 0) fail(c, uv_strerror(r));
}

void ws_client_send(struct ws_client *c, const char *text, size_t len)
{
    static uint32_t key = 0x9e3779b9;
    static char frame[14 + SEND_MAX];
    assert(len <= SEND_MAX - 1);
    key = key * 1664525u + 1013904223u;
    size_t at = 0;
    frame[at++] = (char)0x81;
    if (len < 126) {
        frame[at++] = (char)(0x80 | len);
    } else {
        frame[at++] = (char)(0x80 | 126);
        frame[at++] = (char)(len >> 8);
        frame[at++] = (char)len;
    }
    memcpy(frame + at, &key, 4);
    const char *mask = frame + at;
    at += 4;
    for (size_t i = 0; i < len; i++) frame[at + i] = (char)(text[i] ^ mask[i & 3]);
    put(c, frame, at + len);
}

void ws_client_close(struct ws_client *c)
{
    if (c->state == WS_CLOSED) return;
    c->state = WS_CLOSED;
    if (!uv_is_closing((uv_handle_t *)&c->tcp)) uv_close((uv_handle_t *)&c->tcp, on_closed);
}
