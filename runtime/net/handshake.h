/* The WebSocket handshake's arithmetic, RFC 6455 section 4.2. */
#ifndef NET_HANDSHAKE_H
#define NET_HANDSHAKE_H

#include <stdbool.h>

#define HANDSHAKE_ACCEPT_LEN 29 /* 28 characters and a NUL */

void handshake_prepare(void);              /* thread-safe; spares the first visitor OpenSSL's start-up */
bool handshake_key_valid(const char *key); /* base64 of 16 bytes */
void handshake_accept(const char *key, char out[HANDSHAKE_ACCEPT_LEN]);

#endif
