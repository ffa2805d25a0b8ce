/* RFC 6455 framing, server side: bytes in, whole messages out. Knows no
 * socket. Between messages a connection costs nothing here: a reader is
 * allocated when a frame or a fragmented message is cut by the end of a read,
 * and freed when it is whole. No extension is negotiated. */
#ifndef NET_WEBSOCKET_H
#define NET_WEBSOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum ws_opcode { WS_CONTINUATION = 0, WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };

/* Passed by pointer and kept: must outlive the connections that use it. */
struct ws_limits {
    uint32_t max_message;   /* bytes, all fragments together; over it: close 1009 */
    uint32_t max_queue;     /* bytes waiting to be sent; over it the peer is dropped: "slow reader" */
    uint32_t max_fragments; /* of one message; over it: close 1008 */
    bool text, binary;      /* what is not allowed closes with 1003 */
};

extern const struct ws_limits ws_limits_default; /* 64 KiB, 256 KiB, 1,024, text only */
extern const struct ws_limits ws_limits_echo;    /* 16 MiB, 32 MiB, 16,384, text and binary */

enum ws_result {
    WS_MORE,    /* all input used */
    WS_MESSAGE, /* opcode, data, len: a whole message or control frame */
    WS_BROKEN   /* code, reason: the peer broke a rule; close with that code */
};

struct ws_event {
    enum ws_opcode opcode; /* WS_TEXT WS_BINARY WS_CLOSE WS_PING WS_PONG */
    char *data;            /* unmasked; valid until the next ws_next */
    size_t len;
    uint16_t code;      /* WS_CLOSE: the peer's code, 1005 when it gave none; WS_BROKEN: ours */
    const char *reason; /* WS_BROKEN: static text */
};

struct ws_partial; /* a cut frame or message; NULL between messages */

/* Takes the next event from *data (unmasked in place) and moves *data, *len
 * on. Call until it says WS_MORE or WS_BROKEN. *partial starts as NULL. */
enum ws_result ws_next(struct ws_partial **partial, const struct ws_limits *limits, char **data, size_t *len,
                       struct ws_event *out);
void ws_partial_free(struct ws_partial *p); /* NULL is fine */

/* Appends one unmasked, unfragmented frame. */
void ws_write(struct buf *out, enum ws_opcode opcode, const void *data, size_t len);
void ws_write_close(struct buf *out, uint16_t code, const char *reason); /* reason is cut at 123 bytes */
bool ws_close_code_valid(uint16_t code);                                 /* may travel in a frame */

#endif
