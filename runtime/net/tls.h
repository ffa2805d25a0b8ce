/* TLS as a filter between socket bytes and plain bytes: OpenSSL over memory,
 * no sockets. Server side, TLS 1.2 and 1.3. */
#ifndef NET_TLS_H
#define NET_TLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct buf;
struct tls;
struct tls_context;

/* PEM files: certificate chain and key. *why: static text. */
int tls_context_open(const char *cert_file, const char *key_file, struct tls_context **out,
                     const char **why) MUST_CHECK;
void tls_context_free(struct tls_context *t); /* connections that use it live on */

struct tls *tls_new(struct tls_context *t);
void tls_free(struct tls *t); /* NULL is fine */
/* Sealed bytes from the peer; takes all. */
int tls_feed(struct tls *t, const char *data, size_t len) MUST_CHECK;
enum tls_result { TLS_DATA, TLS_AGAIN, TLS_END, TLS_FAILED };
/* Plain bytes, at most cap. TLS_AGAIN: needs more from the peer (and may have
 * sealed bytes of its own to send: handshake). TLS_END: the peer said goodbye. */
enum tls_result tls_open(struct tls *t, char *out, size_t cap, size_t *len);
int tls_seal(struct tls *t, const char *data, size_t len) MUST_CHECK;
size_t tls_sealed_len(const struct tls *t);
void tls_take_sealed(struct tls *t, struct buf *out); /* appends and empties */
bool tls_ready(const struct tls *t);                  /* the handshake is done */
bool tls_goodbye(struct tls *t);                      /* seals a close_notify; false: it was sent before */

#endif
