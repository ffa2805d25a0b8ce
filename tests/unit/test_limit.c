/* Addresses are cut before anything keeps them, and counted when cut. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "net/limit.h"

static const struct sockaddr *peer(const char *text)
{
    static struct sockaddr_storage s;
    memset(&s, 0, sizeof s);
    struct sockaddr_in *four = (struct sockaddr_in *)&s;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&s;
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        s.ss_family = AF_INET;
    } else if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
        s.ss_family = AF_INET6;
    } else {
        s.ss_family = AF_UNIX;
    }
    return (const struct sockaddr *)&s;
}

static void addresses_are_cut(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"203.0.113.77", "203.0.113.0/24"},
        {"0.0.0.0", "0.0.0.0/24"},
        {"255.255.255.255", "255.255.255.0/24"},
        {"::ffff:198.51.100.9", "198.51.100.0/24"},
        {"2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"},
        {"2001:db8:0:ffff::1", "2001:db8::/48"},
        {"::1", "::/48"},
        {"fe80::1", "fe80::/48"},
        {"/run/socket", "unknown"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct address_key key;
        char text[ADDRESS_TEXT_LEN];
        address_cut(peer(cases[i][0]), &key);
        address_text(&key, text);
        assert_string_equal(text, cases[i][1]);
    }
}

static void loopback_is_known(void **state)
{
    (void)state;
    assert_true(address_is_loopback(peer("127.0.0.1")));
    assert_true(address_is_loopback(peer("127.9.9.9")));
    assert_true(address_is_loopback(peer("::1")));
    assert_true(address_is_loopback(peer("::ffff:127.0.0.1")));
    assert_false(address_is_loopback(peer("128.0.0.1")));
    assert_false(address_is_loopback(peer("::2")));
    assert_false(address_is_loopback(peer("/run/socket")));
}

static void neighbours_share_a_count(void **state)
{
    (void)state;
    struct limit *l = limit_new(2, 100, false);
    struct address *a = limit_admit(l, peer("203.0.113.1"), 0);
    struct address *b = limit_admit(l, peer("203.0.113.2"), 0);
    assert_non_null(a);
    assert_ptr_equal(a, b);
    assert_null(limit_admit(l, peer("203.0.113.3"), 0));
    assert_non_null(limit_admit(l, peer("203.0.114.3"), 0));
    limit_release(l, a);
    assert_non_null(limit_admit(l, peer("203.0.113.3"), 0));
    limit_free(l);
}

static void accepts_have_a_rate(void **state)
{
    (void)state;
    struct limit *l = limit_new(1000, 2, false);
    uint32_t now = 0xffffff00u; /* wraps on the way */
    for (int i = 0; i < 8; i++) assert_non_null(limit_admit(l, peer("203.0.113.1"), now));
    assert_null(limit_admit(l, peer("203.0.113.1"), now));
    assert_null(limit_admit(l, peer("203.0.113.1"), now + 400));
    assert_non_null(limit_admit(l, peer("203.0.113.1"), now + 500));
    assert_null(limit_admit(l, peer("203.0.113.1"), now + 500));
    for (int i = 0; i < 8; i++) assert_non_null(limit_admit(l, peer("203.0.113.1"), now + 3000000));
    assert_null(limit_admit(l, peer("203.0.113.1"), now + 3000000));
    limit_free(l);
}

static void loopback_can_be_exempt(void **state)
{
    (void)state;
    struct limit *open = limit_new(1, 1, true), *shut = limit_new(1, 1, false);
    for (int i = 0; i < 100; i++) assert_non_null(limit_admit(open, peer("127.0.0.1"), 0));
    assert_non_null(limit_admit(shut, peer("127.0.0.1"), 0));
    assert_null(limit_admit(shut, peer("127.0.0.1"), 0));
    assert_non_null(limit_admit(open, peer("203.0.113.1"), 0));
    assert_null(limit_admit(open, peer("203.0.113.1"), 0));
    limit_free(open), limit_free(shut);
}

static void resting_addresses_are_forgotten(void **state)
{
    (void)state;
    struct limit *l = limit_new(10, 1, false);
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct address *kept = limit_admit(l, peer("203.0.113.1"), 0);
    for (uint32_t i = 1; i < LIMIT_MAX_ADDRESSES; i++) {
        four.sin_addr.s_addr = htonl(i << 8);
        limit_release(l, limit_admit(l, (struct sockaddr *)&four, 0));
    }
    assert_null(limit_admit(l, peer("198.51.100.1"), 0)); /* full */
    limit_sweep(l, 100);                                  /* none is at rest yet */
    assert_null(limit_admit(l, peer("198.51.100.1"), 100));
    limit_sweep(l, 5000);
    assert_non_null(limit_admit(l, peer("198.51.100.1"), 5000));
    assert_ptr_equal(limit_admit(l, peer("203.0.113.9"), 5000), kept);
    limit_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_cut),        cmocka_unit_test(loopback_is_known),
        cmocka_unit_test(neighbours_share_a_count), cmocka_unit_test(accepts_have_a_rate),
        cmocka_unit_test(loopback_can_be_exempt),   cmocka_unit_test(resting_addresses_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
