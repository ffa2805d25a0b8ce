/* Accepts. What is over a limit is accepted and closed at once: a connection
 * left in the backlog would wake the loop for ever. When the process is out of
 * descriptors libuv gives up its reserved one to do the same, so a flood ends
 * in closed connections and not in a busy loop. */
#include "net/listener.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "net/conn_state.h"
#include "net/janitor.h"
#include "net/limit.h"
#include "net/proxy.h"
#include "net/server_state.h"

/* A trusted proxy is not limited itself: those for whom it speaks are, request
 * by request (net/exchange.c). */
static struct address *admit(struct net_server *s, struct conn *c, const struct sockaddr *peer)
{
    struct address_key key;
    c->proxied = proxies_trust(s->config.proxies, peer);
    if (!c->proxied) return limit_admit(s->limit, peer, s->now);
    address_cut(peer, &key);
    return limit_admit_cut(s->limit, &key, true, s->now);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct net_server *s = listener->data;
    server_refresh(s);
    if (status < 0) {
        s->stats.refused++;
        return;
    }
    struct conn *c = conn_new(s);
    struct sockaddr_storage peer = {0};
    int len = sizeof peer;
    struct address *a = NULL;
    if (uv_accept(listener, (uv_stream_t *)&c->tcp) == 0 && s->stats.open < s->config.max_conns &&
        uv_tcp_getpeername(&c->tcp, (struct sockaddr *)&peer, &len) == 0)
        a = admit(s, c, (struct sockaddr *)&peer);
    if (a == NULL) {
        s->stats.refused++;
        conn_drop(c, "refused");
        return;
    }
    conn_start(c, a);
    janitor_start(s);
}

int listener_probe(const char *host, uint16_t port, const char **why)
{
    struct sockaddr_storage address = {0};
    int on = 1, e = 0;
    if (uv_ip4_addr(host, port, (struct sockaddr_in *)&address) != 0 &&
        uv_ip6_addr(host, port, (struct sockaddr_in6 *)&address) != 0)
        return ERR_OK;
    socklen_t len = address.ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return ERR_OK;
    /* As libuv does it: connections of an earlier server in TIME_WAIT do not count. */
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(fd, (struct sockaddr *)&address, len) != 0)
        e = errno;
    close(fd);
    if (e != EADDRINUSE) return ERR_OK;
    *why = uv_strerror(UV_EADDRINUSE);
    return ERR_IO;
}

static int bind_to(struct net_server *s, const struct sockaddr *address, const char **why)
{
    uv_os_fd_t fd;
    int on = 1;
    int e = uv_fileno((uv_handle_t *)&s->listener, &fd);
    if (e == 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) e = UV_EINVAL;
    if (e == 0) e = uv_tcp_bind(&s->listener, address, 0);
    if (e == 0) e = uv_listen((uv_stream_t *)&s->listener, s->config.backlog, on_connection);
    if (e == 0) return ERR_OK;
    *why = uv_strerror(e);
    return ERR_IO;
}

int listener_open(struct net_server *s, const char **why)
{
    struct sockaddr_storage address = {0};
    const struct net_config *config = &s->config;
    bool four = uv_ip4_addr(config->host, config->port, (struct sockaddr_in *)&address) == 0;
    bool six = !four && uv_ip6_addr(config->host, config->port, (struct sockaddr_in6 *)&address) == 0;
    int e = uv_tcp_init_ex(s->loop, &s->listener, four ? AF_INET : six ? AF_INET6 : AF_UNSPEC);
    if (e != 0) uv_tcp_init(s->loop, &s->listener); /* a handle without a socket, to be closed */
    s->listener.data = s;
    s->pending++;
    if (e != 0 || (!four && !six)) {
        *why = e != 0 ? uv_strerror(e) : "not a numeric address";
        return e != 0 ? ERR_IO : ERR_INVALID;
    }
    return bind_to(s, (struct sockaddr *)&address, why);
}

static void on_closed(uv_handle_t *handle) { server_release(handle->data); }

void listener_close(struct net_server *s)
{
    if (!uv_is_closing((uv_handle_t *)&s->listener)) uv_close((uv_handle_t *)&s->listener, on_closed);
}

uint16_t listener_port(const struct net_server *s)
{
    struct sockaddr_storage address = {0};
    int len = sizeof address;
    if (uv_tcp_getsockname(&s->listener, (struct sockaddr *)&address, &len) != 0) return 0;
    if (address.ss_family == AF_INET) return ntohs(((struct sockaddr_in *)&address)->sin_port);
    return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
}
