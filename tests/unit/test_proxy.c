/* Whom X-Forwarded-For may speak for, and what that does to limits. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "net/proxy.h"
#include "net_kit.h"

static const struct sockaddr *peer(const char *text)
{
    static struct sockaddr_storage s;
    memset(&s, 0, sizeof s);
    s.ss_family = strchr(text, ':') ? AF_INET6 : AF_INET;
    void *at = s.ss_family == AF_INET6 ? (void *)&((struct sockaddr_in6 *)&s)->sin6_addr
                                       : (void *)&((struct sockaddr_in *)&s)->sin_addr;
    assert_int_equal(inet_pton(s.ss_family, text, at), 1);
    return (const struct sockaddr *)&s;
}

static struct proxies *parse(const char *list)
{
    const char *why;
    struct proxies *p;
    assert_int_equal(proxies_parse(list, &p, &why), ERR_OK);
    return p;
}

static void only_what_is_listed_is_trusted(void **state)
{
    (void)state;
    struct proxies *p = parse("10.0.0.5, 10.1.0.0/16,2001:db8::/33 ::1");
    static const char *const yes[] = {"10.0.0.5", "10.1.255.1", "::ffff:10.1.0.1", "2001:db8:7fff::1", "::1"};
    static const char *const no[] = {"10.0.0.4", "10.2.0.1", "2001:db8:8000::1", "::2", "127.0.0.1"};
    for (size_t i = 0; i < 5; i++) assert_true(proxies_trust(p, peer(yes[i])));
    for (size_t i = 0; i < 5; i++) assert_false(proxies_trust(p, peer(no[i])));
    assert_false(proxies_trust(NULL, peer("10.0.0.5")));
    proxies_free(p);
}

static void a_list_with_a_fault_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"proxy.example", "10.0.0.0/33",    "10.0.0.0/0",  "10.0.0.0/",
                                      "10.0.0.0/8x",   "2001:db8::/129", "10.0.0.5/-1", ", ,"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *why = NULL;
        struct proxies *p;
        assert_int_equal(proxies_parse(bad[i], &p, &why), ERR_INVALID);
        assert_non_null(why);
    }
    assert_null(parse(""));
    assert_null(parse(NULL));
}

static void the_client_is_read_from_the_right(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"203.0.113.7", "203.0.113.0/24"},
        {"203.0.113.7:4711", "203.0.113.0/24"},
        {"[2001:db8:1::7]:443", "2001:db8:1::/48"},
        {"2001:db8:1::7", "2001:db8:1::/48"},
        {"198.51.100.1, 203.0.113.7", "203.0.113.0/24"}, /* the left one is what the visitor wrote */
        {"198.51.100.1, 203.0.113.7, 10.0.0.9", "203.0.113.0/24"}, /* past a proxy of ours */
        {"10.0.0.8,10.0.0.9", "10.0.0.0/24"},                      /* nobody else: a visitor inside */
        {"lies, 10.0.0.9", "10.0.0.0/24"},
        {" , ", ""},
        {"unknown", ""},
        {"", ""},
    };
    struct proxies *p = parse("10.0.0.0/8");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_header h = {"x-forwarded-for", cases[i][0]};
        struct http_request r = {.headers = &h, .header_count = 1};
        struct address_key key;
        char text[ADDRESS_TEXT_LEN] = "";
        if (proxies_client(p, &r, &key)) address_text(&key, text);
        assert_string_equal(text, cases[i][1]);
    }
    struct http_header lines[] = {
        {"x-forwarded-for", "198.51.100.1"}, {"host", "a"}, {"x-forwarded-for", "10.0.0.9"}};
    struct http_request r = {.headers = lines, .header_count = 3};
    struct address_key key;
    char text[ADDRESS_TEXT_LEN];
    assert_true(proxies_client(p, &r, &key)); /* the lines are one list */
    address_text(&key, text);
    assert_string_equal(text, "198.51.100.0/24");
    proxies_free(p);
}

/* ---- in a server ---- */

#define GET_IP(from) "GET /ip HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: " from "\r\n\r\n"

static void expect(struct net_kit *k, int fd, const char *request, const char *want)
{
    struct buf answer;
    buf_init(&answer);
    net_kit_say(k, fd, request);
    assert_true(net_kit_read(k, fd, &answer, want));
    buf_deinit(&answer);
}

static void requests_carry_the_visitors_address(void **state)
{
    (void)state;
    struct net_kit k;
    struct proxies *p = parse("127.0.0.1");
    net_kit_init(&k);
    k.config.proxies = p;
    net_kit_open(&k);
    int fd = net_kit_connect(&k);
    expect(&k, fd, GET_IP("203.0.113.7"), "203.0.113.0/24");
    expect(&k, fd, GET_IP("198.51.100.7"), "198.51.100.0/24");
    expect(&k, fd, "GET /ip HTTP/1.1\r\nHost: a\r\n\r\n", "198.51.100.0/24"); /* the last one speaks on */
    close(fd);
    net_kit_close(&k);
    proxies_free(p);
}

static void nobody_else_may_claim_an_address(void **state)
{
    (void)state;
    struct net_kit k;
    struct proxies *p = parse("10.0.0.1");
    net_kit_init(&k);
    k.config.proxies = p;
    net_kit_open(&k);
    int fd = net_kit_connect(&k);
    expect(&k, fd, GET_IP("203.0.113.7"), "127.0.0.0/24");
    close(fd);
    net_kit_close(&k);
    proxies_free(p);
}

static void limits_are_the_visitors_not_the_proxys(void **state)
{
    (void)state;
    struct net_kit k;
    struct proxies *p = parse("127.0.0.1");
    int fd[4];
    net_kit_init(&k);
    k.config.proxies = p;
    k.config.max_conns_per_address = 2;
    net_kit_open(&k);
    for (int i = 0; i < 4; i++) fd[i] = net_kit_connect(&k); /* the proxy may have as many as it likes */
    expect(&k, fd[0], GET_IP("203.0.113.7"), "203.0.113.0/24");
    expect(&k, fd[1], GET_IP("203.0.113.8"), "203.0.113.0/24");
    expect(&k, fd[2], GET_IP("203.0.113.9"), "429 ");
    expect(&k, fd[2], GET_IP("203.0.113.9"), "Retry-After: 2");
    expect(&k, fd[3], GET_IP("198.51.100.7"), "198.51.100.0/24");
    expect(&k, fd[0], GET_IP("198.51.100.8"), "198.51.100.0/24"); /* now the first has room again */
    expect(&k, fd[2], GET_IP("203.0.113.9"), "203.0.113.0/24");
    for (int i = 0; i < 4; i++) close(fd[i]);
    net_kit_close(&k);
    proxies_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_listed_is_trusted),
        cmocka_unit_test(a_list_with_a_fault_is_refused),
        cmocka_unit_test(the_client_is_read_from_the_right),
        cmocka_unit_test(requests_carry_the_visitors_address),
        cmocka_unit_test(nobody_else_may_claim_an_address),
        cmocka_unit_test(limits_are_the_visitors_not_the_proxys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
