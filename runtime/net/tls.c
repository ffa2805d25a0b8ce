/* OpenSSL between two memory BIOs. The connection feeds what it read and
 * sends what comes out, so TLS knows no loop and the rest of net/ no OpenSSL. */
#include "net/tls.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

struct tls_context {
    SSL_CTX *ctx;
};

struct tls {
    SSL *ssl;
    BIO *in, *out; /* owned by ssl */
};

static int select_http(SSL *ssl, const unsigned char **out, unsigned char *out_len, const unsigned char *in,
                       unsigned in_len, void *arg)
{
    (void)ssl, (void)arg;
    static const unsigned char http11[] = "\x08http/1.1";
    unsigned char *chosen;
    if (SSL_select_next_proto(&chosen, out_len, http11, sizeof http11 - 1, in, in_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static const char *load(SSL_CTX *ctx, const char *cert_file, const char *key_file)
{
    if (SSL_CTX_use_certificate_chain_file(ctx, cert_file) != 1) return "certificate file cannot be used";
    if (SSL_CTX_use_PrivateKey_file(ctx, key_file, SSL_FILETYPE_PEM) != 1) return "key file cannot be used";
    if (SSL_CTX_check_private_key(ctx) != 1) return "key does not belong to the certificate";
    return NULL;
}

int tls_context_open(const char *cert_file, const char *key_file, struct tls_context **out, const char **why)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    *why = ctx == NULL ? "TLS is not available" : load(ctx, cert_file, key_file);
    if (*why != NULL) {
        SSL_CTX_free(ctx);
        ERR_clear_error();
        return ERR_INVALID;
    }
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(ctx,
                        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_CTX_set_alpn_select_cb(ctx, select_http, NULL);
    *out = mem_alloc(sizeof **out);
    (*out)->ctx = ctx;
    return ERR_OK;
}

void tls_context_free(struct tls_context *t)
{
    if (t == NULL) return;
    SSL_CTX_free(t->ctx);
    mem_free(t);
}

struct tls *tls_new(struct tls_context *context)
{
    struct tls *t = mem_zalloc(sizeof *t);
    t->ssl = SSL_new(context->ctx);
    t->in = BIO_new(BIO_s_mem());
    t->out = BIO_new(BIO_s_mem());
    if (t->ssl == NULL || t->in == NULL || t->out == NULL) abort(); /* out of memory, as in base/mem.c */
    BIO_set_mem_eof_return(t->in, -1);
    SSL_set_bio(t->ssl, t->in, t->out);
    SSL_set_accept_state(t->ssl);
    return t;
}

void tls_free(struct tls *t)
{
    if (t == NULL) return;
    SSL_free(t->ssl);
    mem_free(t);
}

int tls_feed(struct tls *t, const char *data, size_t len)
{
    if (len > INT_MAX) return ERR_LIMIT;
    return BIO_write(t->in, data, (int)len) == (int)len ? ERR_OK : ERR_INTERNAL;
}

enum tls_result tls_open(struct tls *t, char *out, size_t cap, size_t *len)
{
    ERR_clear_error();
    if (SSL_read_ex(t->ssl, out, cap, len) == 1) return TLS_DATA;
    int error = SSL_get_error(t->ssl, 0);
    ERR_clear_error();
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return TLS_AGAIN;
    return error == SSL_ERROR_ZERO_RETURN ? TLS_END : TLS_FAILED;
}

/* A memory BIO takes everything, so a short write is a failure. */
int tls_seal(struct tls *t, const char *data, size_t len)
{
    ERR_clear_error();
    while (len != 0) {
        size_t n = 0;
        if (SSL_write_ex(t->ssl, data, len, &n) != 1) {
            ERR_clear_error();
            return ERR_IO;
        }
        data += n;
        len -= n;
    }
    return ERR_OK;
}

size_t tls_sealed_len(const struct tls *t) { return BIO_ctrl_pending(t->out); }

void tls_take_sealed(struct tls *t, struct buf *out)
{
    size_t n;
    while ((n = BIO_ctrl_pending(t->out)) != 0) {
        if (n > INT_MAX) n = INT_MAX;
        int got = BIO_read(t->out, buf_reserve(out, n), (int)n);
        if (got <= 0) break;
        out->len += (size_t)got;
    }
}

bool tls_ready(const struct tls *t) { return SSL_is_init_finished(t->ssl); }

bool tls_goodbye(struct tls *t)
{
    if (!tls_ready(t) || (SSL_get_shutdown(t->ssl) & SSL_SENT_SHUTDOWN)) return false;
    SSL_shutdown(t->ssl);
    ERR_clear_error();
    return true;
}
