/* The baseline of the benchmarks: the least that a WebSocket echo over libuv
 * can be. It takes any handshake, trusts its clients, and answers all frames
 * of one read with one write. It shares no code with the server, so that the
 * ratio of the two says what the server's own checks and layers cost.
 *
 *   raw_echo [PORT]     listens on 127.0.0.1, prints the port, runs until a signal */
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define READ_SIZE 65536u
#define MAX_PARTIAL (17u << 20)
#define MAGIC "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

struct peer {
    uv_tcp_t tcp;
    char *partial; /* the handshake or frame that a read cut */
    size_t partial_len;
    int open;
};

static char read_buffer[READ_SIZE];
static char *out;
static size_t out_len, out_cap;

static void *need(void *p)
{
    if (p == NULL) abort();
    return p;
}

static void append(const void *data, size_t len)
{
    if (out_cap - out_len < len) {
        out_cap = (out_cap + len) * 2;
        out = need(realloc(out, out_cap));
    }
    if (len != 0) memcpy(out + out_len, data, len);
    out_len += len;
}

static void on_closed(uv_handle_t *handle)
{
    struct peer *p = (struct peer *)(void *)handle;
    free(p->partial);
    free(p);
}

static void drop(struct peer *p)
{
    if (!uv_is_closing((uv_handle_t *)&p->tcp)) uv_close((uv_handle_t *)&p->tcp, on_closed);
}

static void on_written(uv_write_t *req, int status)
{
    (void)status;
    free(req);
}

static void flush(struct peer *p)
{
    uv_buf_t all = uv_buf_init(out, (unsigned)out_len);
    int n = out_len != 0 ? uv_try_write((uv_stream_t *)&p->tcp, &all, 1) : 0;
    size_t sent = n > 0 ? (size_t)n : 0, rest = out_len - sent;
    if (rest != 0) {
        uv_write_t *req = need(malloc(sizeof *req + rest));
        uv_buf_t copy = uv_buf_init((char *)(req + 1), (unsigned)rest);
        memcpy(copy.base, out + sent, rest);
        if (uv_write(req, (uv_stream_t *)&p->tcp, &copy, 1, on_written) != 0) drop(p);
    }
    out_len = 0;
}

/* Bytes of the handshake at data, 0: not whole. */
static size_t handshake(struct peer *p, const char *data, size_t len)
{
    static const char name[] = "Sec-WebSocket-Key: ";
    const char *end = memmem(data, len, "\r\n\r\n", 4);
    if (end == NULL) return 0;
    const char *key = memmem(data, len, name, sizeof name - 1);
    if (key == NULL || end - key < (long)sizeof name + 23) {
        drop(p);
        return len;
    }
    char text[24 + sizeof MAGIC], head[256];
    unsigned char digest[EVP_MAX_MD_SIZE], accept[32];
    memcpy(text, key + sizeof name - 1, 24);
    memcpy(text + 24, MAGIC, sizeof MAGIC);
    EVP_Digest(text, 24 + sizeof MAGIC - 1, digest, NULL, EVP_sha1(), NULL);
    EVP_EncodeBlock(accept, digest, 20);
    int n = snprintf(head, sizeof head,
                     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Accept: %s\r\n\r\n",
                     (char *)accept);
    append(head, (size_t)n);
    p->open = 1;
    return (size_t)(end + 4 - data);
}

static void echo(unsigned opcode, char *payload, size_t len, const char mask[4])
{
    unsigned char head[10] = {(unsigned char)(0x80 | opcode)};
    size_t n = len < 126 ? 2 : len <= 0xffff ? 4 : 10;
    head[1] = len < 126 ? (unsigned char)len : len <= 0xffff ? 126 : 127;
    for (size_t i = 2; i < n; i++) head[i] = (unsigned char)((uint64_t)len >> (8 * (n - 1 - i)));
    append(head, n);
    append(payload, len);
    uint32_t word, key;
    char *to = out + out_len - len;
    memcpy(&key, mask, 4);
    size_t i = 0;
    for (; i + 4 <= len; i += 4) {
        memcpy(&word, to + i, 4);
        word ^= key;
        memcpy(to + i, &word, 4);
    }
    for (; i < len; i++) to[i] = (char)(to[i] ^ mask[i & 3]);
}

/* Bytes of the frame at data, 0: not whole. */
static size_t frame(struct peer *p, char *data, size_t len)
{
    if (len < 2) return 0;
    const unsigned char *u = (const unsigned char *)data;
    uint64_t n = u[1] & 0x7f;
    size_t head = n == 127 ? 14 : n == 126 ? 8 : 6;
    if (len < head) return 0;
    if (head > 6) n = 0;
    for (size_t i = 2; i < head - 4; i++) n = n << 8 | u[i];
    if (n > MAX_PARTIAL - head) {
        drop(p);
        return len;
    }
    if (len < head + n) return 0;
    unsigned opcode = u[0] & 15;
    echo(opcode == 9 ? 10 : opcode, data + head, (size_t)n, data + head - 4);
    return head + (size_t)n;
}

static void take(struct peer *p, char *data, size_t len)
{
    char *joined = NULL;
    if (p->partial != NULL) {
        joined = need(realloc(p->partial, p->partial_len + len));
        memcpy(joined + p->partial_len, data, len);
        data = joined;
        len += p->partial_len;
        p->partial = NULL;
    }
    size_t n;
    while (len != 0 && (n = p->open ? frame(p, data, len) : handshake(p, data, len)) != 0) {
        data += n;
        len -= n;
    }
    flush(p);
    if (len != 0) {
        p->partial = need(malloc(len));
        memcpy(p->partial, data, len);
        p->partial_len = len;
    }
    free(joined);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *b)
{
    struct peer *p = (struct peer *)(void *)stream;
    if (n > 0) take(p, b->base, (size_t)n);
    if (n < 0) drop(p);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *b)
{
    (void)handle, (void)suggested;
    *b = uv_buf_init(read_buffer, READ_SIZE);
}

static void on_connection(uv_stream_t *listener, int status)
{
    if (status < 0) return;
    struct peer *p = need(calloc(1, sizeof *p));
    uv_tcp_init(listener->loop, &p->tcp);
    if (uv_accept(listener, (uv_stream_t *)&p->tcp) != 0) {
        drop(p);
        return;
    }
    uv_tcp_nodelay(&p->tcp, 1);
    uv_read_start((uv_stream_t *)&p->tcp, on_alloc, on_read);
}

int main(int argc, char **argv)
{
    uv_loop_t *loop = uv_default_loop();
    uv_tcp_t listener;
    struct sockaddr_in address;
    int len = sizeof address;
    uv_ip4_addr("127.0.0.1", argc > 1 ? atoi(argv[1]) : 0, &address);
    uv_tcp_init(loop, &listener);
    if (uv_tcp_bind(&listener, (struct sockaddr *)&address, 0) != 0 ||
        uv_listen((uv_stream_t *)&listener, 4096, on_connection) != 0) {
        fprintf(stderr, "cannot listen\n");
        return 1;
    }
    uv_tcp_getsockname(&listener, (struct sockaddr *)&address, &len);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return uv_run(loop, UV_RUN_DEFAULT);
}
