/* Every address that must not be called, in every spelling, and some that may. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "out/guard.h"

static int check4(const struct guard *g, const char *text, uint16_t port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    assert_int_equal(inet_pton(AF_INET, text, &a.sin_addr), 1);
    return guard_address(g, (struct sockaddr *)&a);
}

static int check6(const struct guard *g, const char *text, uint16_t port)
{
    struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    assert_int_equal(inet_pton(AF_INET6, text, &a.sin6_addr), 1);
    return guard_address(g, (struct sockaddr *)&a);
}

static const char *const bad4[] = {
    "0.0.0.0",         "0.0.0.1",         "0.255.255.255",   "10.0.0.0",        "10.0.0.1",
    "10.255.255.255",  "100.64.0.0",      "100.64.0.1",      "100.100.100.200", "100.127.255.255",
    "127.0.0.0",       "127.0.0.1",       "127.0.0.2",       "127.1.2.3",       "127.255.255.255",
    "169.254.0.0",     "169.254.0.1",     "169.254.169.253", "169.254.169.254", "169.254.170.2",
    "169.254.255.255", "172.16.0.0",      "172.16.0.1",      "172.20.10.1",     "172.31.255.255",
    "192.0.0.0",       "192.0.0.1",       "192.0.0.8",       "192.0.0.170",     "192.0.0.192",
    "192.0.0.255",     "192.0.2.0",       "192.0.2.1",       "192.0.2.255",     "192.88.99.0",
    "192.88.99.1",     "192.88.99.255",   "192.168.0.0",     "192.168.0.1",     "192.168.1.1",
    "192.168.255.255", "198.18.0.0",      "198.18.0.1",      "198.19.255.255",  "198.51.100.0",
    "198.51.100.1",    "198.51.100.255",  "203.0.113.0",     "203.0.113.1",     "203.0.113.255",
    "224.0.0.1",       "224.0.0.251",     "239.255.255.255", "240.0.0.1",       "250.1.2.3",
    "255.255.255.254", "255.255.255.255",
};

static const char *const good4[] = {
    "1.1.1.1",         "8.8.8.8",         "9.255.255.255",   "11.0.0.0",        "100.63.255.255",
    "100.128.0.0",     "126.255.255.255", "128.0.0.1",       "169.253.255.255", "169.255.0.0",
    "172.15.255.255",  "172.32.0.0",      "192.0.1.1",       "192.0.3.0",       "192.88.98.255",
    "192.167.255.255", "192.169.0.0",     "198.17.255.255",  "198.20.0.0",      "198.51.101.0",
    "203.0.112.255",   "203.0.114.0",     "223.255.255.255",
};

static const char *const bad6[] = {
    "::",
    "::1",
    "::2",
    "::127.0.0.1",
    "::169.254.169.254",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:192.168.1.1",
    "::ffff:172.16.0.1",
    "::ffff:100.64.0.1",
    "::ffff:0.0.0.0",
    "::ffff:224.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:1::1",
    "2001:1::1",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:1ff:ffff::1",
    "2001:db8::1",
    "2001:db8:ffff::1",
    "2002::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "2002:a00:1::1",
    "3fff::1",
    "3fff:fff::1",
    "4000::1",
    "5f00::1",
    "8000::1",
    "fc00::1",
    "fd00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::a9fe:a9fe",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "1fff::1",
    "::ffff:255.255.255.255",
};

static const char *const good6[] = {"2600::1",         "2606:4700::1111", "2a00:1450::1",   "2001:200::1",
                                    "2001:4860::8888", "3ffe::1",         "::ffff:8.8.8.8", "2003::1"};

static const char *const bad_url[] = {
    "",
    "x",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "dict://example.com:11211/",
    "//example.com/",
    "javascript:alert(1)",
    "http://example.com/",
    "https:/example.com",
    "https//example.com",
    "https://",
    "https:///path",
    "https://?x",
    "https://user@example.com/",
    "https://user:pw@example.com/",
    "https://example.com@127.0.0.1/",
    "https://127.0.0.1#@example.com/",
    "https://example.com\\@127.0.0.1/",
    "https://exam\\ple.com/",
    "https://exa mple.com/",
    "https://example.com/a b",
    "https://example.com/\r\nX: y",
    "https://example.com\t/",
    "https://ex%61mple.com/",
    "https://127.0.0.1%2f/",
    "https://[::1%25eth0]/",
    "https://\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1/",
    "https://\xef\xbd\x8cocalhost/",
    "https://m\xc3\xbcnchen.de/",
    "https://example..com/",
    "https://.example.com/",
    "https://example.com:/",
    "https://example.com:0/",
    "https://example.com:65536/",
    "https://example.com:99999999/",
    "https://example.com:4a3/",
    "https://example.com:22/",
    "https://example.com:25/",
    "https://example.com:6379/",
    "https://example.com:11211/",
    "https://127.0.0.1/",
    "https://127.0.0.1:8080/",
    "https://127.1/",
    "https://127.0.1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://2130706433/",
    "https://017700000001/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://0177.1/",
    "https://00000177.0.0.1/",
    "https://127.0.0.1./",
    "https://127.0.0.01/",
    "https://127.0.0.0x1/",
    "https://3232235777/",
    "https://0xa9fea9fe/",
    "https://2852039166/",
    "https://0251.0376.0251.0376/",
    "https://169.254.169.254/latest/meta-data/",
    "https://169.254.43518/",
    "https://169.16689662/",
    "https://10.1/",
    "https://192.168.257/",
    "https://1.2.3.4.5/",
    "https://256.1.1.1/",
    "https://1.2.3/",
    "https://[::1]/",
    "https://[::]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[0000::ffff:169.254.169.254]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[::1/",
    "https://[::1]x/",
    "https://[::1]:443x/",
    "https://[127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://foo.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://metadata.google.internal./computeMetadata/v1/",
    "https://db.internal/",
    "https://router.home.arpa/",
    "https://x.onion/",
    "https://localhost.localdomain/",
};

static const char *const good_url[] = {
    "https://example.com/",
    "https://example.com",
    "https://EXAMPLE.com:8443/a?b#c",
    "https://hooks.example.com/x/y%20z",
    "https://example.com:443/",
    "https://xn--mnchen-3ya.de/",
    "https://8.8.8.8/",
    "https://[2606:4700::1111]/",
    "https://[2606:4700::1111]:8443/",
    "https://a_b.example.com/",
    "https://example.com?u=https://127.0.0.1/",
    "https://localhost.example.com/",
    "HTTPS://example.com/",
};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static void test_addresses(void **state)
{
    struct guard g;
    (void)state;
    guard_init(&g);
    for (size_t i = 0; i < COUNT(bad4); i++)
        if (check4(&g, bad4[i], 443) != ERR_DENIED) fail_msg("%s is let through", bad4[i]);
    for (size_t i = 0; i < COUNT(bad6); i++)
        if (check6(&g, bad6[i], 443) != ERR_DENIED) fail_msg("%s is let through", bad6[i]);
    for (size_t i = 0; i < COUNT(good4); i++)
        if (check4(&g, good4[i], 443) != ERR_OK) fail_msg("%s is refused", good4[i]);
    for (size_t i = 0; i < COUNT(good6); i++)
        if (check6(&g, good6[i], 443) != ERR_OK) fail_msg("%s is refused", good6[i]);
    struct sockaddr local = {.sa_family = AF_UNIX};
    assert_int_equal(guard_address(&g, &local), ERR_DENIED);
    assert_true(COUNT(bad4) + COUNT(bad6) + COUNT(bad_url) >= 171);
}

static void test_urls(void **state)
{
    struct guard g;
    const char *why;
    (void)state;
    guard_init(&g);
    for (size_t i = 0; i < COUNT(bad_url); i++) {
        why = NULL;
        if (guard_url(&g, bad_url[i], strlen(bad_url[i]), &why) == ERR_OK)
            fail_msg("%s is let through", bad_url[i]);
        assert_non_null(why);
    }
    for (size_t i = 0; i < COUNT(good_url); i++)
        if (guard_url(&g, good_url[i], strlen(good_url[i]), &why) != ERR_OK)
            fail_msg("%s: %s", good_url[i], why);
    char longest[GUARD_URL_MAX + 2] = "https://example.com/";
    memset(longest + strlen(longest), 'x', sizeof longest - 1 - strlen(longest));
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(guard_url(&g, longest, GUARD_URL_MAX, &why), ERR_OK);
    assert_int_equal(guard_url(&g, longest, GUARD_URL_MAX + 1, &why), ERR_INVALID);
    assert_int_equal(guard_url(&g, "https://exa\0mple.com/", 21, &why), ERR_INVALID);
}

static void test_settings(void **state)
{
    struct guard g;
    const char *why;
    (void)state;
    guard_init(&g);
    assert_int_equal(check4(&g, "8.8.8.8", 22), ERR_DENIED);
    assert_int_equal(guard_set_ports(&g, "443, 9443"), ERR_OK);
    assert_int_equal(check4(&g, "8.8.8.8", 9443), ERR_OK);
    assert_int_equal(check4(&g, "8.8.8.8", 8443), ERR_DENIED);
    assert_int_equal(guard_set_ports(&g, "443,x"), ERR_INVALID);
    assert_int_equal(guard_set_ports(&g, "70000"), ERR_INVALID);
    assert_int_equal(guard_set_ports(&g, ""), ERR_INVALID);
    guard_init(&g);
    assert_int_equal(guard_add_own(&g, "8.8.4.4, 2606:4700::5"), ERR_OK);
    assert_int_equal(check4(&g, "8.8.4.4", 443), ERR_DENIED);
    assert_int_equal(check6(&g, "::ffff:8.8.4.4", 443), ERR_DENIED);
    assert_int_equal(check6(&g, "2606:4700::5", 443), ERR_DENIED);
    assert_int_equal(check4(&g, "8.8.8.8", 443), ERR_OK);
    assert_int_equal(guard_add_own(&g, "example.com"), ERR_INVALID);
    guard_add_interfaces(&g);
    assert_true(g.owned >= 3);
    g.plain_http = true;
    assert_int_equal(guard_url(&g, "http://example.com/", 19, &why), ERR_OK);
    assert_int_equal(guard_url(&g, "http://127.0.0.1/", 17, &why), ERR_DENIED);
}

static void test_loopback_switch_opens_loopback_only(void **state)
{
    struct guard g;
    const char *why;
    (void)state;
    guard_init(&g);
    g.loopback = true;
    assert_int_equal(check4(&g, "127.0.0.1", 1234), ERR_OK);
    assert_int_equal(check6(&g, "::1", 1234), ERR_OK);
    assert_int_equal(guard_url(&g, "http://127.0.0.1:1234/x", 23, &why), ERR_OK);
    for (size_t i = 0; i < COUNT(bad4); i++)
        if (strncmp(bad4[i], "127.", 4) != 0) assert_int_equal(check4(&g, bad4[i], 443), ERR_DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_loopback_switch_opens_loopback_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
