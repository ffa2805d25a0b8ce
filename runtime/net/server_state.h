/* Inside of a server, for the files of net/ only. */
#ifndef NET_SERVER_STATE_H
#define NET_SERVER_STATE_H

#include "base/buf.h"
#include "base/slab.h"
#include "net/address.h"
#include "net/conn_table.h"
#include "net/net_server.h"

struct limit;
struct outbox;
struct tls_context;

#define SERVER_READ_SIZE 65536u /* one read; shared by all connections, since reads do not nest */
#define SERVER_DATE_LEN 32

enum server_state { SERVER_RUNNING, SERVER_DRAINING, SERVER_CLOSING };

struct net_server {
    enum server_state state;
    uv_loop_t *loop;
    struct net_config config;
    struct net_events events;
    void *ctx;
    void (*done)(void *ctx);
    uv_tcp_t listener;
    uv_timer_t tick;   /* the janitor's; runs while there are connections */
    uv_idle_t later;   /* runs while a connection has kept bytes to go on with */
    int pending;       /* handles and connections not closed yet */
    uint32_t intakes;  /* uploads under way */
    struct slab conns; /* their memory */
    struct conn_table table;
    struct limit *limit;
    struct tls_context *tls; /* NULL: plain */
    struct outbox *spare;    /* see net/outbox.c */
    unsigned spare_count;
    struct conn *reading; /* the connection whose read is being handled */
    bool delivered;       /* an event was delivered in this read */
    uint32_t now;         /* ms, wraps; refreshed by server_refresh */
    uint32_t janitor_at;  /* next slot to visit */
    uint32_t swept;       /* when limits were swept */
    int64_t date_second;
    char date[SERVER_DATE_LEN]; /* for the Date header */
    struct buf resume;          /* struct conn_id of connections with kept bytes */
    struct net_stats stats;
    char ip[ADDRESS_TEXT_LEN]; /* for conn_ip */
    char *plain;               /* SERVER_READ_SIZE bytes out of TLS; NULL without */
    char read_buffer[SERVER_READ_SIZE];
};

/* Milliseconds with 0.1 s resolution, wrapping: compare by difference. */
static inline uint32_t server_now(const struct net_server *s) { return s->now; }
void server_refresh(struct net_server *s); /* reads the clock */
/* Goes on with c's kept bytes from the loop, outside of any owner's call. */
void server_resume_later(struct net_server *s, struct conn *c);
/* Tells the owner that a group of events is over, if there was any. */
void server_batch_end(struct net_server *s);
void server_release(struct net_server *s); /* one of `pending` is closed */

#endif
