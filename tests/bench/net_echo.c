/* Echo over runtime/net alone: no actors, no Lua. Beside raw_echo it shows
 * what the edge costs; beside the whole server, what is behind the edge.
 *
 *   net_echo [PORT [CERT KEY]]     listens on 127.0.0.1, prints the port, runs until TERM or INT
 *
 * GET with an upgrade is echoed; /events is a stream that tells each POST's
 * body; other requests get their body back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "net/net_server.h"

static struct net_server *server;
static uv_signal_t on_term, on_int;

static void on_request(void *ctx, struct conn *c, const struct http_request *r)
{
    (void)ctx;
    if (r->is_upgrade) {
        if (conn_upgrade(c, NULL, &ws_limits_echo) != 0) abort();
    } else if (strcmp(r->path, "/events") == 0) {
        if (conn_stream(c, NULL, 0) != 0) conn_problem(c, 405, NULL, NULL);
    } else {
        uint32_t at = 0;
        struct conn *other;
        while ((other = net_server_next(server, &at)) != NULL) {
            conn_send_event(other, NULL, r->body, r->body_len);
            conn_flush(other);
        }
        static const struct http_header type[] = {{"Content-Type", "text/plain"}};
        conn_respond(c, 200, type, 1, r->body, r->body_len);
    }
}

static void on_frame(void *ctx, struct conn *c, enum ws_opcode opcode, const char *data, size_t len)
{
    (void)ctx;
    if (opcode == WS_TEXT)
        conn_send_text(c, data, len);
    else
        conn_send_binary(c, data, len);
}

static void on_closed(void *ctx, struct conn *c, const char *reason) { (void)ctx, (void)c, (void)reason; }

static void on_signal(uv_signal_t *handle, int number)
{
    (void)handle, (void)number;
    net_server_close(server, NULL);
    uv_close((uv_handle_t *)&on_term, NULL);
    uv_close((uv_handle_t *)&on_int, NULL);
}

static void watch(uv_loop_t *loop, uv_signal_t *s, int number)
{
    uv_signal_init(loop, s);
    uv_signal_start(s, on_signal, number);
}

int main(int argc, char **argv)
{
    static const struct net_events events = {on_request, on_frame, on_closed, NULL};
    struct net_config config;
    const char *why;
    struct rlimit files;
    uv_loop_t *loop = uv_default_loop();
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    net_config_init(&config);
    config.port = (uint16_t)(argc > 1 ? atoi(argv[1]) : 0);
    config.exempt_loopback = true;
    if (argc > 3) {
        config.cert_file = argv[2];
        config.key_file = argv[3];
    }
    if (net_server_open(loop, &config, &events, NULL, &server, &why) != 0) {
        fprintf(stderr, "cannot listen: %s\n", why);
        return 1;
    }
    watch(loop, &on_term, SIGTERM);
    watch(loop, &on_int, SIGINT);
    printf("%d\n", net_server_port(server));
    fflush(stdout);
    uv_run(loop, UV_RUN_DEFAULT);
    return uv_loop_close(loop) == 0 ? 0 : 1;
}
