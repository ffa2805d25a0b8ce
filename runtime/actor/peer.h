/* The far end of a session: a connection on some worker. The engine knows no
 * more of sockets than this. */
#ifndef ACTOR_PEER_H
#define ACTOR_PEER_H

#include <stdint.h>

enum peer_mode { PEER_HTTP, PEER_WEBSOCKET, PEER_STREAM };

struct peer {
    uint32_t index, generation; /* net/conn.h's conn_id on that worker */
    uint16_t worker;
    uint8_t mode; /* enum peer_mode */
};

#endif
