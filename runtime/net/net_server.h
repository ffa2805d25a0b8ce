/* The edge of one worker: its own listener (SO_REUSEPORT) and the connections
 * it accepted. What is no file or route given here goes to the owner through
 * net_events. Not thread-safe: one loop, one server. */
#ifndef NET_NET_SERVER_H
#define NET_NET_SERVER_H

#include "net/conn.h"
#include "net/intake.h"
#include <uv.h>

struct clock;
struct proxies;
struct static_file;
/* Called on the loop's thread. Whatever is borrowed is valid until the event returns. */
struct net_events {
    /* A whole request. Answer now or later (by conn_id), see conn.h; unanswered
     * for net_config.answer_ms it is closed. */
    void (*on_request)(void *ctx, struct conn *c, const struct http_request *r);
    /* A whole message: WS_TEXT (valid UTF-8) or WS_BINARY */
    void (*on_frame)(void *ctx, struct conn *c, enum ws_opcode opcode, const char *data, size_t len);
    /* Exactly once for each connection that was upgraded or streaming, or had
     * an unanswered request; from the loop, never inside a call to conn.h. */
    void (*on_closed)(void *ctx, struct conn *c, const char *reason);
    void (*on_batch_end)(void *ctx); /* all events of one read were delivered; may be NULL */
};

/* A route answered by C. Files come first, then routes in order, then on_request. */
struct net_route {
    const char *path; /* exact, or a prefix when it ends with '*' */
    void (*handle)(void *ctx, struct conn *c, const struct http_request *r);
};

struct net_config {
    const char *host; /* numeric IPv4 or IPv6 address */
    uint16_t port;    /* 0: any, see net_server_port */
    int backlog;
    const char *cert_file, *key_file; /* PEM; both NULL: plain TCP */
    const struct static_file *files;  /* net/static_file.h; kept by pointer */
    size_t file_count;
    const struct net_route *routes; /* kept by pointer */
    size_t route_count;
    uint32_t max_conns;             /* of this server; more are closed at accept */
    uint32_t max_conns_per_address; /* an address is a /24 or /48 */
    uint32_t accepts_per_second;    /* for each address, burst of four seconds */
    struct intake_config intake;    /* bodies that go into files */
    bool exempt_loopback;           /* test mode: 127/8 and ::1 have no address limits */
    const struct proxies *proxies;  /* net/proxy.h; NULL: none; kept by pointer */
    uint32_t header_ms, body_bytes_per_second, answer_ms, keep_alive_ms; /* slow clients */
    uint32_t ping_ms;                                                    /* WebSocket silence before a ping */
    uint32_t idle_ms;        /* WebSocket silence (no pong either) before it is dropped */
    uint32_t stream_ping_ms; /* SSE comment */
    uint32_t stall_ms;       /* output that the peer does not take */
    struct clock *clock;
};

struct net_stats {
    uint64_t accepted, refused, requests, bad_requests, slow_readers;
    uint64_t frames_in, frames_out, bytes_in, bytes_out;
    uint32_t open;
};

/* Fills every field with its default; host 127.0.0.1, port 0, real clock. */
void net_config_init(struct net_config *config);

/* On failure *why is static text or uv's. config is copied, its pointers are kept. */
int net_server_open(uv_loop_t *loop, const struct net_config *config, const struct net_events *events,
                    void *ctx, struct net_server **out, const char **why) MUST_CHECK;
/* Closes all (WebSockets get 1001), calls done from the loop; the server is freed after it returns. */
void net_server_close(struct net_server *s, void (*done)(void *ctx));
/* Stops accepting, closes HTTP connections that wait for a request, the others
 * after their answer. WebSockets and streams stay: their owner says goodbye. */
void net_server_drain(struct net_server *s);
/* Reads certificate and key again; on failure the old ones stay. No TLS: ERR_OK. */
int net_server_reload_tls(struct net_server *s, const char **why) MUST_CHECK;
uint16_t net_server_port(const struct net_server *s);
const struct net_stats *net_server_stats(const struct net_server *s); /* borrowed */
/* Walks open connections: *at starts at 0, NULL at the end. */
struct conn *net_server_next(struct net_server *s, uint32_t *at);

#endif
