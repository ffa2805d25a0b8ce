/* A receiver of webhooks that costs as little as one can: answers each POST
 * 204 on a connection that stays open and counts. It stands for the other
 * side in `./dev bench deliveries`.
 *
 *   hook_sink      listens on 127.0.0.1, prints the port, runs until it is killed
 *
 * GET tells how many POSTs came and the times of the first and the last, in ms. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uv.h>

#define REQUEST_MAX 131072

struct peer {
    uv_tcp_t tcp;
    uv_write_t write;
    size_t len;
    char reply[256];
    char text[REQUEST_MAX + 1];
};

static unsigned long posts;
static double first_ms, last_ms;

static double now_ms(void)
{
    uv_timeval64_t t;
    uv_gettimeofday(&t);
    return (double)t.tv_sec * 1e3 + t.tv_usec / 1e3;
}

static void on_closed(uv_handle_t *h) { free(h->data); }

static void end(struct peer *p)
{
    if (!uv_is_closing((uv_handle_t *)&p->tcp)) uv_close((uv_handle_t *)&p->tcp, on_closed);
}

static void answer(struct peer *p)
{
    uv_buf_t b;
    if (p->text[0] == 'G') {
        char body[96];
        snprintf(body, sizeof body, "{\"posts\":%lu,\"first\":%.3f,\"last\":%.3f}", posts, first_ms, last_ms);
        snprintf(p->reply, sizeof p->reply, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(body),
                 body);
    } else {
        last_ms = now_ms();
        if (posts++ == 0) first_ms = last_ms;
        snprintf(p->reply, sizeof p->reply, "HTTP/1.1 204 No Content\r\n\r\n");
    }
    b = uv_buf_init(p->reply, (unsigned)strlen(p->reply));
    if (uv_try_write((uv_stream_t *)&p->tcp, &b, 1) < 0) end(p);
}

/* The bytes of the first request in the buffer; 0: it is not whole yet. */
static size_t whole(const struct peer *p)
{
    const char *head = strstr(p->text, "\r\n\r\n");
    size_t body = 0;
    if (head == NULL) return 0;
    for (const char *line = p->text; line < head; line = strstr(line, "\r\n") + 2)
        if (strncasecmp(line, "content-length:", 15) == 0) body = (size_t)atol(line + 15);
    size_t n = (size_t)(head + 4 - p->text) + body;
    return n <= p->len ? n : 0;
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *b)
{
    struct peer *p = h->data;
    (void)suggested;
    *b = uv_buf_init(p->text + p->len, (unsigned)(REQUEST_MAX - p->len));
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
    struct peer *p = s->data;
    (void)b;
    if (n < 0) return end(p);
    p->len += (size_t)n;
    p->text[p->len] = '\0';
    for (size_t one; (one = whole(p)) > 0;) {
        answer(p);
        memmove(p->text, p->text + one, p->len - one + 1);
        p->len -= one;
    }
}

static void on_connection(uv_stream_t *server, int status)
{
    struct peer *p = calloc(1, sizeof *p);
    if (status < 0 || p == NULL) abort();
    uv_tcp_init(server->loop, &p->tcp);
    p->tcp.data = p;
    if (uv_accept(server, (uv_stream_t *)&p->tcp) != 0) return end(p);
    uv_tcp_nodelay(&p->tcp, 1);
    uv_read_start((uv_stream_t *)&p->tcp, on_alloc, on_read);
}

int main(void)
{
    static uv_tcp_t server;
    struct sockaddr_in a;
    int len = sizeof a;
    uv_loop_t *loop = uv_default_loop();
    uv_ip4_addr("127.0.0.1", 0, &a);
    uv_tcp_init(loop, &server);
    if (uv_tcp_bind(&server, (struct sockaddr *)&a, 0) != 0 ||
        uv_listen((uv_stream_t *)&server, 512, on_connection) != 0)
        return 1;
    uv_tcp_getsockname(&server, (struct sockaddr *)&a, &len);
    printf("%d\n", ntohs(a.sin_port));
    fflush(stdout);
    return uv_run(loop, UV_RUN_DEFAULT);
}
