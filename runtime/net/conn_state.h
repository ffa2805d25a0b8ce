/* Inside of a connection, for the files of net/ only. 336 bytes, since an
 * idle visitor costs one of these and nothing else of ours. */
#ifndef NET_CONN_STATE_H
#define NET_CONN_STATE_H

#include <uv.h>

#include "net/conn.h"

struct address;
struct exchange;
struct outbox;
struct tls;

/*  SECURING -> WAITING -> READING -> ASKED -> SENDING -> WAITING     (HTTP)
 *                                    ASKED -> OPEN -> GOODBYE       (WebSocket)
 *                                    ASKED -> STREAM                (SSE)
 *  any -> LINGER (flush, end of file, wait for the peer's) -> GONE
 *  any -> GONE (uv_close called; freed in its callback) */
enum conn_state {
    CONN_SECURING, /* TLS handshake */
    CONN_WAITING,  /* for a request */
    CONN_READING,  /* part of a request has come */
    CONN_ASKED,    /* the owner has it; later bytes are kept */
    CONN_SENDING,  /* answered, but the peer has not taken it all; later bytes are kept */
    CONN_OPEN,     /* WebSocket */
    CONN_STREAM,   /* SSE */
    CONN_GOODBYE,  /* close frame sent, the peer's is awaited */
    CONN_LINGER,
    CONN_GONE,
};

struct conn {
    uv_tcp_t tcp; /* data: the server */
    struct conn_user user;
    union {
        struct exchange *exchange;  /* while there is a request or kept bytes; else NULL */
        struct ws_partial *partial; /* when `framed` */
    };
    struct outbox *out; /* NULL when nothing waits to be sent */
    struct tls *tls;    /* NULL: plain */
    const struct ws_limits *limits;
    struct address *address;
    const char *reason; /* first reason why it ends; static text */
    uint32_t index, generation;
    uint32_t since;       /* server_now() when the state began or, OPEN and STREAM, we last sent a ping */
    uint32_t heard;       /* server_now() of the last byte */
    uint8_t state;        /* enum conn_state; written by conn_set_state */
    uint8_t controls;     /* control frames since the janitor's last visit */
    bool framed : 1;      /* frames come now: HTTP is over, also for kept bytes */
    bool owed : 1;        /* on_closed is owed to the owner */
    bool half_closed : 1; /* the peer sent end of file */
    bool paused : 1;      /* reading is stopped */
    bool pinged : 1;      /* a ping went out and nothing came since */
    bool used : 1;        /* a request was answered: waiting is keep-alive now */
    bool proxied : 1;     /* the peer is a trusted proxy (net/proxy.h) */
};

/* Takes the socket that the listener just accepted into tcp. */
struct conn *conn_new(struct net_server *s);
void conn_start(struct conn *c, struct address *address);
void conn_set_state(struct conn *c, enum conn_state state);
/* Ends it now: nothing more is sent. reason: static text. */
void conn_drop(struct conn *c, const char *reason);
/* Ends it politely: what is pending is sent, then end of file. */
void conn_linger(struct conn *c, const char *reason);
/* Plain bytes from the peer, decrypted where there is TLS; data is written to. */
void conn_input(struct conn *c, char *data, size_t len);
void conn_drained(struct conn *c); /* outbox: all pending output went out */
void conn_pause(struct conn *c);
void conn_resume(struct conn *c);
static inline bool conn_closing(const struct conn *c) { return c->state >= CONN_GOODBYE; }

#endif
