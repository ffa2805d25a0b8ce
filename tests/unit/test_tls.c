/* TLS from a real client's side: requests, frames, goodbyes, and a certificate
 * that changes under open connections. */
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "base/mem.h"
#include "net_kit.h"

static struct net_kit kit;
static SSL_CTX *client;
static char cert_file[] = "/tmp/test_tls_cert_XXXXXX", key_file[] = "/tmp/test_tls_key_XXXXXX";

static FILE *rewrite(const char *path)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    return f;
}

static void make_certificate(long serial)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), serial);
    X509_gmtime_adj(X509_getm_notBefore(cert), -60);
    X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC, (const unsigned char *)"kit",
                               -1, -1, 0);
    X509_set_issuer_name(cert, X509_get_subject_name(cert));
    X509_set_pubkey(cert, key);
    assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
    FILE *f = rewrite(cert_file);
    PEM_write_X509(f, cert);
    fclose(f);
    f = rewrite(key_file);
    PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
    fclose(f);
    X509_free(cert);
    EVP_PKEY_free(key);
}

static int setup(void **state)
{
    (void)state;
    int a = mkstemp(cert_file), b = mkstemp(key_file);
    close(a), close(b);
    make_certificate(1);
    client = SSL_CTX_new(TLS_client_method());
    net_kit_init(&kit);
    kit.config.cert_file = cert_file;
    kit.config.key_file = key_file;
    net_kit_open(&kit);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net_kit_close(&kit);
    SSL_CTX_free(client);
    unlink(cert_file), unlink(key_file);
    memcpy(cert_file + sizeof cert_file - 7, "XXXXXX", 6);
    memcpy(key_file + sizeof key_file - 7, "XXXXXX", 6);
    return 0;
}

static SSL *dial(int *fd)
{
    *fd = net_kit_connect(&kit);
    SSL *ssl = SSL_new(client);
    SSL_set_fd(ssl, *fd);
    for (int i = 0; i < 100 && SSL_connect(ssl) != 1; i++) net_kit_turn(&kit);
    assert_true(SSL_is_init_finished(ssl));
    return ssl;
}

static void hang_up(SSL *ssl, int fd)
{
    SSL_free(ssl);
    close(fd);
    net_kit_turn(&kit);
}

static void say(SSL *ssl, const char *data, size_t len)
{
    size_t n;
    while (len != 0) {
        if (SSL_write_ex(ssl, data, len, &n) == 1) data += n, len -= n;
        net_kit_turn(&kit);
    }
}

static void read_until(SSL *ssl, struct buf *out, size_t len)
{
    for (int i = 0; i < 10000 && out->len < len; i++) {
        size_t n = 0;
        if (SSL_read_ex(ssl, buf_reserve(out, 65536), 65535, &n) == 1) out->len += n;
        net_kit_turn(&kit);
    }
    buf_cstr(out);
}

static long serial_of(SSL *ssl)
{
    X509 *cert = SSL_get1_peer_certificate(ssl);
    long serial = ASN1_INTEGER_get(X509_get0_serialNumber(cert));
    X509_free(cert);
    return serial;
}

static void upgrade(SSL *ssl, struct buf *got)
{
    static const char text[] =
        "GET /ws HTTP/1.1\r\nHost: kit\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    say(ssl, text, sizeof text - 1);
    read_until(ssl, got, 1);
    assert_memory_equal(got->data, "HTTP/1.1 101 ", 13);
    buf_reset(got);
}

static void requests_and_frames(void **state)
{
    (void)state;
    static const char hello[] = "GET /hello HTTP/1.1\r\nHost: kit\r\n\r\n";
    int fd;
    SSL *ssl = dial(&fd);
    struct buf got, frame;
    buf_init(&got), buf_init(&frame);
    say(ssl, hello, sizeof hello - 1);
    read_until(ssl, &got, 1);
    assert_non_null(strstr(got.data, "\r\n\r\nhi"));
    buf_reset(&got);
    upgrade(ssl, &got);
    char *big = mem_zalloc(60000);
    buf_add(&frame, "\x82\xfe\xea\x60\0\0\0\0", 8);
    buf_add(&frame, big, 60000);
    for (int i = 0; i < 10; i++) say(ssl, frame.data, frame.len);
    read_until(ssl, &got, 600040);
    assert_int_equal(got.len, 600040);
    assert_memory_equal(got.data + 600040 - 60004, "\x82\x7e\xea\x60", 4);
    hang_up(ssl, fd);
    assert_true(net_kit_wait_log(&kit, "closed peer closed|"));
    mem_free(big);
    buf_deinit(&got), buf_deinit(&frame);
}

static void goodbye_comes_with_close_notify(void **state)
{
    (void)state;
    int fd;
    SSL *ssl = dial(&fd);
    struct buf got;
    buf_init(&got);
    upgrade(ssl, &got);
    say(ssl, "\x88\x82\0\0\0\0\x03\xe8", 8);
    read_until(ssl, &got, 4);
    assert_memory_equal(got.data, "\x88\x02\x03\xe8", 4);
    size_t n;
    for (int i = 0; i < 100 && SSL_read_ex(ssl, buf_reserve(&got, 100), 100, &n) != 1; i++)
        net_kit_turn(&kit);
    assert_true(SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN);
    hang_up(ssl, fd);
    buf_deinit(&got);
}

static void plain_bytes_are_refused(void **state)
{
    (void)state;
    struct buf got;
    buf_init(&got);
    int fd = net_kit_connect(&kit);
    net_kit_say(&kit, fd, "GET / HTTP/1.1\r\nHost: kit\r\n\r\n");
    net_kit_read(&kit, fd, &got, NULL);
    assert_null(memmem(got.data, got.len, "HTTP/1.1", 8));
    assert_int_equal(net_server_stats(kit.server)->open, 0);
    close(fd);
    fd = net_kit_connect(&kit);
    net_kit_say(&kit, fd, "\x16\x03\x01");
    net_kit_pass(&kit, 11000);
    assert_int_equal(net_server_stats(kit.server)->open, 0);
    close(fd);
    buf_deinit(&got);
}

static void certificates_are_reloaded(void **state)
{
    (void)state;
    const char *why = NULL;
    int old_fd, fd;
    SSL *old = dial(&old_fd);
    struct buf got;
    buf_init(&got);
    assert_int_equal(serial_of(old), 1);
    make_certificate(2);
    assert_int_equal(net_server_reload_tls(kit.server, &why), 0);
    SSL *ssl = dial(&fd);
    assert_int_equal(serial_of(ssl), 2);
    hang_up(ssl, fd);
    fclose(rewrite(cert_file)); /* broken: the loaded one stays */
    assert_true(net_server_reload_tls(kit.server, &why) < 0);
    assert_string_equal(why, "certificate file cannot be used");
    ssl = dial(&fd);
    assert_int_equal(serial_of(ssl), 2);
    hang_up(ssl, fd);
    upgrade(old, &got); /* and the oldest connection still works */
    hang_up(old, old_fd);
    buf_deinit(&got);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(requests_and_frames),
        TEST(goodbye_comes_with_close_notify),
        TEST(plain_bytes_are_refused),
        TEST(certificates_are_reloaded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
