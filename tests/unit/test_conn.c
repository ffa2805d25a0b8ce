/* Connections from a client's side of the socket: answers, pipelines,
 * upgrades, streams, goodbyes, peers that do not read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "base/mem.h"
#include "net_kit.h"

#define REQUEST(method, path) method " " path " HTTP/1.1\r\nHost: kit\r\n\r\n"

static struct net_kit kit;
static struct buf got;

static int setup(void **state)
{
    (void)state;
    net_kit_init(&kit);
    net_kit_open(&kit);
    buf_init(&got);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net_kit_close(&kit);
    buf_deinit(&got);
    return 0;
}

static size_t count(const char *text, const char *word)
{
    size_t n = 0;
    for (; (text = strstr(text, word)) != NULL; text++) n++;
    return n;
}

static void answers_and_keeps_alive(void **state)
{
    (void)state;
    int fd = net_kit_connect(&kit);
    for (int i = 0; i < 3; i++) {
        buf_reset(&got);
        net_kit_say(&kit, fd, REQUEST("GET", "/hello"));
        assert_true(net_kit_read(&kit, fd, &got, "\r\n\r\nhi"));
        assert_non_null(strstr(got.data, "Connection: keep-alive\r\n"));
        assert_non_null(strstr(got.data, "Content-Length: 2\r\n"));
        assert_non_null(strstr(got.data, "X-Content-Type-Options: nosniff\r\n"));
        assert_non_null(strstr(got.data, "Date: Mon, 21 Sep 2026 "));
    }
    close(fd);
    net_kit_turn(&kit);
    assert_int_equal(net_server_stats(kit.server)->open, 0);
    assert_null(strstr(buf_cstr(&kit.log), "closed")); /* answered: nothing is owed */
}

static void head_has_no_body(void **state)
{
    (void)state;
    int fd = net_kit_connect(&kit);
    net_kit_say(&kit, fd, "HEAD /hello HTTP/1.1\r\nHost: kit\r\nConnection: close\r\n\r\n");
    assert_true(net_kit_read(&kit, fd, &got, NULL));
    assert_non_null(strstr(got.data, "Content-Length: 2\r\n"));
    assert_string_equal(got.data + got.len - 4, "\r\n\r\n");
    close(fd);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    int fd = net_kit_connect(&kit);
    net_kit_say(&kit, fd, REQUEST("GET", "/later") REQUEST("GET", "/hello") REQUEST("GET", "/nope"));
    assert_true(net_kit_wait_log(&kit, "/later|"));
    assert_null(strstr(buf_cstr(&kit.log), "/hello")); /* one at a time */
    conn_respond(conn_find(kit.server, kit.last), 200, NULL, 0, "first", 5);
    assert_null(strstr(buf_cstr(&kit.log), "/hello")); /* never from inside the answer */
    net_kit_say(&kit, fd, REQUEST("GET", "/hello"));
    shutdown(fd, SHUT_WR); /* whoever asks and half-closes is still answered */
    assert_true(net_kit_read(&kit, fd, &got, NULL));
    assert_int_equal(count(got.data, "HTTP/1.1 200 OK"), 3);
    assert_true(strstr(got.data, "first") < strstr(got.data, "\r\n\r\nhi"));
    assert_true(strstr(got.data, "\r\n\r\nhi") < strstr(got.data, "404 Not Found"));
    close(fd);
}

static void too_much_sent_ahead_waits_in_the_kernel(void **state)
{
    (void)state;
    int fd = net_kit_connect(&kit);
    char *body = mem_zalloc(300000);
    net_kit_say(
        &kit, fd,
        REQUEST("GET", "/later") "POST /echo HTTP/1.1\r\nHost: kit\r\nContent-Length: 300000\r\n\r\n");
    net_kit_write(&kit, fd, body, 150000);
    conn_respond(conn_find(kit.server, kit.last), 200, NULL, 0, "first", 5);
    net_kit_write(&kit, fd, body, 150000);
    assert_true(net_kit_read(&kit, fd, &got, "Content-Length: 300000\r\n"));
    while (got.len < 300000) assert_true(net_kit_read(&kit, fd, &got, ""));
    mem_free(body);
    close(fd);
}

static void continue_is_sent(void **state)
{
    (void)state;
    int fd = net_kit_connect(&kit);
    net_kit_say(&kit, fd,
                "POST /echo HTTP/1.1\r\nHost: kit\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    assert_true(net_kit_read(&kit, fd, &got, "HTTP/1.1 100 Continue\r\n\r\n"));
    net_kit_say(&kit, fd, "abc");
    assert_true(net_kit_read(&kit, fd, &got, "\r\n\r\nabc"));
    close(fd);
}

static void refusals_are_problems(void **state)
{
    (void)state;
    int fd = net_kit_connect(&kit);
    net_kit_say(&kit, fd, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" REQUEST("GET", "/hello"));
    assert_true(net_kit_read(&kit, fd, &got, NULL));
    assert_memory_equal(got.data, "HTTP/1.1 400 Bad Request\r\n", 26);
    assert_non_null(strstr(got.data, "Content-Type: application/problem+json\r\n"));
    assert_non_null(strstr(got.data, "\"code\":\"bad_request\",\"detail\":\"more than one Host\"}"));
    assert_int_equal(count(got.data, "HTTP/1.1"), 1);
    assert_int_equal(kit.log.len, 0);
    close(fd);
}

static void headers_cannot_be_injected(void **state)
{
    (void)state;
    int fd = net_kit_connect(&kit);
    net_kit_say(&kit, fd, REQUEST("GET", "/inject"));
    assert_true(net_kit_read(&kit, fd, &got, "\"bad_response_header\"}"));
    assert_memory_equal(got.data, "HTTP/1.1 500 ", 13);
    assert_null(strstr(got.data, "X-C:"));
    close(fd);
}

static void owner_may_close_or_lose_a_request(void **state)
{
    (void)state;
    int fd = net_kit_connect(&kit);
    net_kit_say(&kit, fd, REQUEST("GET", "/drop"));
    assert_true(net_kit_read(&kit, fd, &got, NULL));
    assert_int_equal(got.len, 0);
    assert_true(net_kit_wait_log(&kit, "closed closed by owner|"));
    close(fd);
    fd = net_kit_connect(&kit);
    net_kit_say(&kit, fd, REQUEST("GET", "/later"));
    assert_true(net_kit_wait_log(&kit, "/later|"));
    struct conn_id id = kit.last;
    assert_non_null(conn_find(kit.server, id));
    static const struct linger reset = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(fd);
    assert_true(net_kit_wait_log(&kit, "closed connection lost|"));
    assert_null(conn_find(kit.server, id));
}

static void frames_go_both_ways(void **state)
{
    (void)state;
    int fd = net_kit_connect(&kit);
    net_kit_upgrade(&kit, fd, "/ws");
    net_kit_frame(&kit, fd, 0x81, "hello", 5);
    assert_true(net_kit_read(&kit, fd, &got, "\x81\x05hello"));
    net_kit_frame(&kit, fd, 0x01, "hel", 3);
    net_kit_frame(&kit, fd, 0x89, "p", 1);
    net_kit_frame(&kit, fd, 0x80, "lo", 2);
    buf_reset(&got);
    assert_true(net_kit_read(&kit, fd, &got, "\x81\x05hello"));
    assert_memory_equal(got.data, "\x8a\x01p", 3);
    net_kit_frame(&kit, fd, 0x88, "\x0f\xa0", 2);
    buf_reset(&got);
    assert_true(net_kit_read(&kit, fd, &got, NULL));
    assert_int_equal(got.len, 4);
    assert_memory_equal(got.data, "\x88\x02\x0f\xa0", 4);
    close(fd);
    assert_true(net_kit_wait_log(&kit, "closed peer closed|"));
    assert_int_equal(count(kit.log.data, "|closed "), 1);
}

static void an_upgrade_may_come_later(void **state)
{
    (void)state;
    int fd = net_kit_connect(&kit);
    net_kit_say(&kit, fd,
                "GET /later HTTP/1.1\r\nHost: kit\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    net_kit_frame(&kit, fd, 0x81, "early", 5); /* before the 101: kept */
    assert_true(net_kit_wait_log(&kit, "/later|"));
    struct conn *c = conn_find(kit.server, kit.last);
    assert_int_equal(conn_upgrade(c, NULL, &kit.limits), 0);
    assert_true(conn_is_websocket(c));
    net_kit_frame(&kit, fd, 0x81, "then", 4);
    assert_true(net_kit_read(&kit, fd, &got, "\x81\x04then"));
    assert_non_null(memmem(got.data, got.len,
                           "\x81\x05"
                           "early",
                           7));
    conn_user(c)->role = 7;
    close(fd);
    assert_true(net_kit_wait_log(&kit, "closed peer closed|"));
}

static void upgrade_needs_a_handshake(void **state)
{
    (void)state;
    int fd = net_kit_connect(&kit);
    net_kit_say(&kit, fd, REQUEST("GET", "/ws"));
    assert_true(net_kit_wait_log(&kit, "/ws|"));
    conn_problem(conn_find(kit.server, kit.last), 426, NULL, NULL);
    assert_true(net_kit_read(&kit, fd, &got, "\"upgrade_required\"}"));
    close(fd);
}

static void owner_says_goodbye(void **state)
{
    (void)state;
    int fd = net_kit_connect(&kit);
    net_kit_upgrade(&kit, fd, "/ws");
    net_kit_frame(&kit, fd, 0x81, "drop-twice", 10);
    net_kit_frame(&kit, fd, 0x81, "too late", 8);
    assert_true(net_kit_read(&kit, fd, &got,
                             "\x88\x06\x03\xe8"
                             "done"));
    assert_null(strstr(buf_cstr(&kit.log), "too late"));
    assert_null(strstr(kit.log.data, "closed"));
    net_kit_frame(&kit, fd, 0x88, "\x03\xe8", 2);
    assert_true(net_kit_read(&kit, fd, &got, NULL));
    close(fd);
    assert_true(net_kit_wait_log(&kit, "closed closed by owner|"));
    assert_int_equal(count(kit.log.data, "closed by owner|"), 1);
}

static void broken_frames_close_with_their_code(void **state)
{
    (void)state;
    int fd = net_kit_connect(&kit);
    net_kit_upgrade(&kit, fd, "/ws");
    net_kit_frame(&kit, fd, 0x81, "\xff", 1);
    assert_true(net_kit_read(&kit, fd, &got, NULL));
    assert_memory_equal(got.data, "\x88\x13\x03\xeftext is not UTF-8", 21);
    close(fd);
    assert_true(net_kit_wait_log(&kit, "closed text is not UTF-8|"));
}

static void control_floods_end(void **state)
{
    (void)state;
    int fd = net_kit_connect(&kit);
    net_kit_upgrade(&kit, fd, "/ws");
    for (int i = 0; i < 200; i++) net_kit_frame(&kit, fd, 0x89, "", 0);
    assert_true(net_kit_read(&kit, fd, &got, "too many control frames"));
    close(fd);
    assert_true(net_kit_wait_log(&kit, "closed control flood|"));
}

static void slow_readers_are_dropped(void **state)
{
    (void)state;
    int fd = net_kit_connect(&kit);
    int little = 4096;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
    net_kit_upgrade(&kit, fd, "/ws");
    struct conn_id id = kit.last;
    char *news = mem_zalloc(50000);
    struct conn *c;
    for (int i = 0; i < 400 && (c = conn_find(kit.server, id)) != NULL; i++) {
        conn_send_text(c, news, 50000);
        conn_flush(c);
        net_kit_turn(&kit);
    }
    assert_true(net_kit_wait_log(&kit, "closed slow reader|"));
    assert_int_equal(net_server_stats(kit.server)->slow_readers, 1);
    mem_free(news);
    close(fd);
}

static void a_burst_over_the_bound_is_no_slow_reader(void **state)
{
    (void)state;
    int fd = net_kit_connect(&kit);
    net_kit_upgrade(&kit, fd, "/ws");
    char *news = mem_zalloc(30000);
    struct conn *c = conn_find(kit.server, kit.last);
    for (int i = 0; i < 12; i++) conn_send_binary(c, news, 30000); /* 360 KB without a flush */
    conn_flush(c);
    while (got.len < 12 * 30004) assert_true(net_kit_read(&kit, fd, &got, ""));
    assert_non_null(conn_find(kit.server, kit.last));
    mem_free(news);
    close(fd);
}

static void streams_carry_events(void **state)
{
    (void)state;
    int fd = net_kit_connect(&kit);
    net_kit_say(&kit, fd, REQUEST("GET", "/events"));
    assert_true(net_kit_read(&kit, fd, &got, "Content-Type: text/event-stream\r\n"));
    struct conn *c = conn_find(kit.server, kit.last);
    assert_true(conn_is_stream(c));
    conn_send_event(c, "41", "one\r\ntwo\nthree", 14);
    conn_send_event(c, "4\n2", "", 0);
    conn_flush(c);
    assert_true(
        net_kit_read(&kit, fd, &got, "id: 41\ndata: one\ndata: two\ndata: three\n\nid: 4\ndata: \n\n"));
    net_kit_pass(&kit, 16000);
    assert_true(net_kit_read(&kit, fd, &got, ": ping\n\n"));
    conn_close(c, 0, NULL);
    assert_true(net_kit_read(&kit, fd, &got, NULL));
    close(fd);
    assert_true(net_kit_wait_log(&kit, "closed closed by owner|"));
}

static void batches_end_once_for_each_read(void **state)
{
    (void)state;
    int fd = net_kit_connect(&kit);
    net_kit_upgrade(&kit, fd, "/ws");
    int before = kit.batches;
    net_kit_write(&kit, fd, "\x81\x81\0\0\0\0a\x81\x81\0\0\0\0b\x81\x81\0\0\0\0c", 21);
    assert_true(net_kit_read(&kit, fd, &got,
                             "\x81\x01"
                             "a\x81\x01"
                             "b\x81\x01"
                             "c"));
    assert_int_equal(kit.batches, before + 1);
    close(fd);
}

static void draining_keeps_what_is_open(void **state)
{
    (void)state;
    int idle = net_kit_connect(&kit), socket = net_kit_connect(&kit), asking = net_kit_connect(&kit);
    net_kit_upgrade(&kit, socket, "/ws");
    net_kit_say(&kit, asking, REQUEST("GET", "/later"));
    assert_true(net_kit_wait_log(&kit, "/later|"));
    net_server_drain(kit.server);
    assert_true(net_kit_read(&kit, idle, &got, NULL));
    conn_respond(conn_find(kit.server, kit.last), 200, NULL, 0, "ok", 2);
    assert_true(net_kit_read(&kit, asking, &got, NULL));
    assert_non_null(strstr(got.data, "Connection: close\r\n"));
    net_kit_frame(&kit, socket, 0x81, "still", 5);
    assert_true(net_kit_read(&kit, socket, &got, "\x81\x05still"));
    uint32_t at = 0;
    assert_non_null(net_server_next(kit.server, &at));
    assert_null(net_server_next(kit.server, &at));
    close(idle), close(socket), close(asking);
}

static void closing_says_1001(void **state)
{
    (void)state;
    struct net_kit other;
    net_kit_init(&other);
    net_kit_open(&other);
    int fd = net_kit_connect(&other);
    net_kit_upgrade(&other, fd, "/ws");
    net_server_close(other.server, NULL);
    uv_run(&other.loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&other.loop), 0);
    assert_non_null(strstr(buf_cstr(&other.log), "closed server stops|"));
    assert_true(read(fd, buf_reserve(&got, 100), 100) > 4);
    assert_memory_equal(got.data, "\x88\x0e\x03\xe9", 4);
    buf_deinit(&other.log);
    close(fd);
}

static void too_many_connections_are_closed(void **state)
{
    (void)state;
    struct net_kit few;
    net_kit_init(&few);
    few.config.max_conns = 2;
    net_kit_open(&few);
    int fd[3];
    for (int i = 0; i < 3; i++) fd[i] = net_kit_connect(&few);
    assert_true(net_kit_read(&few, fd[2], &got, NULL));
    assert_int_equal(net_server_stats(few.server)->refused, 1);
    assert_int_equal(net_server_stats(few.server)->open, 2);
    for (int i = 0; i < 3; i++) close(fd[i]);
    net_kit_close(&few);
}

static void what_cannot_listen_says_why(void **state)
{
    (void)state;
    static const struct net_events none = {0};
    struct net_config config;
    struct net_server *s = NULL;
    const char *why = NULL;
    net_config_init(&config);
    config.host = "not an address";
    assert_int_equal(net_server_open(&kit.loop, &config, &none, NULL, &s, &why), ERR_INVALID);
    assert_string_equal(why, "not a numeric address");
    config.host = "203.0.113.1"; /* not ours */
    assert_int_equal(net_server_open(&kit.loop, &config, &none, NULL, &s, &why), ERR_IO);
    assert_non_null(why);
    config.host = "::1";
    if (net_server_open(&kit.loop, &config, &none, NULL, &s, &why) == 0) net_server_close(s, NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answers_and_keeps_alive),
        TEST(head_has_no_body),
        TEST(pipelined_requests_are_answered_in_order),
        TEST(too_much_sent_ahead_waits_in_the_kernel),
        TEST(continue_is_sent),
        TEST(refusals_are_problems),
        TEST(headers_cannot_be_injected),
        TEST(owner_may_close_or_lose_a_request),
        TEST(frames_go_both_ways),
        TEST(an_upgrade_may_come_later),
        TEST(upgrade_needs_a_handshake),
        TEST(owner_says_goodbye),
        TEST(broken_frames_close_with_their_code),
        TEST(control_floods_end),
        TEST(slow_readers_are_dropped),
        TEST(a_burst_over_the_bound_is_no_slow_reader),
        TEST(streams_carry_events),
        TEST(batches_end_once_for_each_read),
        TEST(draining_keeps_what_is_open),
        TEST(closing_says_1001),
        TEST(too_many_connections_are_closed),
        TEST(what_cannot_listen_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
