/* A server of runtime/net in the test's own loop, a clock that only the test
 * moves, and clients as plain sockets. What the owner is told is logged as
 * text: "request GET /hello|frame T hi|closed peer closed|". */
#ifndef TESTS_NET_KIT_H
#define TESTS_NET_KIT_H

#include "base/buf.h"
#include "base/clock.h"
#include "net/net_server.h"
#include "net/server_state.h"

/* Paths that the kit's owner knows:
 *   /hello answers "hi" · /ip the address · /echo the body · /later nothing: the test answers by kit->last
 *   /ws upgrades · /events streams · /drop closes · /inject sends a header with a line end
 *   others: 404
 * Frames: "bye" closes 1000, "drop-twice" closes twice, others are echoed. */
struct net_kit {
    struct clock clock; /* first: the clock's functions find the kit by it */
    uint64_t now_ms;
    uv_loop_t loop;
    struct net_config config; /* changed by the test before net_kit_open */
    struct net_server *server;
    struct ws_limits limits;
    struct buf log;
    struct conn_id last; /* of the latest request */
    int batches;
    bool silent; /* frames are not echoed */
    bool done;
};

void net_kit_init(struct net_kit *k);
void net_kit_open(struct net_kit *k);
void net_kit_close(struct net_kit *k); /* fails the test when a handle is left */
int net_kit_connect(struct net_kit *k);
void net_kit_write(struct net_kit *k, int fd, const void *data, size_t len);
void net_kit_say(struct net_kit *k, int fd, const char *text);
/* Reads until `end` was seen (NULL: end of file, "": anything), at most 2 s. NUL-terminated, in out. */
bool net_kit_read(struct net_kit *k, int fd, struct buf *out, const char *end);
void net_kit_upgrade(struct net_kit *k, int fd, const char *path); /* and reads the 101 */
void net_kit_frame(struct net_kit *k, int fd, unsigned first, const char *payload, size_t len);
void net_kit_turn(struct net_kit *k);                       /* a few rounds of the loop */
bool net_kit_wait_log(struct net_kit *k, const char *want); /* until the log contains it, at most 2 s */
void net_kit_pass(struct net_kit *k, uint64_t ms); /* moves the clock, then lets the janitor visit all */

#endif
