/* Every deadline, by a clock that the test moves: just before it nothing
 * happens, just after it the connection ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "base/mem.h"
#include "net_kit.h"

#define REQUEST(path) "GET " path " HTTP/1.1\r\nHost: kit\r\n\r\n"
#define POST "POST /echo HTTP/1.1\r\nHost: kit\r\nContent-Length: 100000\r\n\r\n"

static struct net_kit kit;
static struct buf got;
static int fd;

static int setup(void **state)
{
    (void)state;
    net_kit_init(&kit);
    net_kit_open(&kit);
    buf_init(&got);
    fd = net_kit_connect(&kit);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    close(fd);
    net_kit_close(&kit);
    buf_deinit(&got);
    return 0;
}

static uint32_t open_conns(void) { return net_server_stats(kit.server)->open; }

static bool end_of_file(void)
{
    buf_reset(&got);
    return net_kit_read(&kit, fd, &got, NULL);
}

static void silence_before_the_first_request(void **state)
{
    (void)state;
    net_kit_pass(&kit, 9900);
    assert_int_equal(open_conns(), 1);
    net_kit_pass(&kit, 200);
    assert_true(end_of_file());
    assert_int_equal(got.len, 0);
}

static void dripping_headers(void **state)
{
    (void)state;
    net_kit_say(&kit, fd, "GET / HTTP/1.1\r\nHost: kit\r\n");
    for (int i = 0; i < 9; i++) {
        net_kit_pass(&kit, 1000);
        net_kit_say(&kit, fd, "X"); /* each byte is in time, all together are not */
    }
    assert_int_equal(open_conns(), 1);
    net_kit_pass(&kit, 1100);
    assert_true(end_of_file());
    assert_memory_equal(got.data, "HTTP/1.1 408 Request Timeout\r\n", 30);
}

static void dripping_body(void **state)
{
    (void)state;
    net_kit_say(&kit, fd, POST);
    net_kit_pass(&kit, 9900);
    net_kit_say(&kit, fd, "aaaaaaaaaa");
    net_kit_pass(&kit, 110);
    assert_int_equal(open_conns(), 1); /* 5 bytes were due */
    net_kit_pass(&kit, 1000);
    assert_true(end_of_file());
    assert_non_null(strstr(got.data, "body too slow"));
}

static void steady_body(void **state)
{
    (void)state;
    char part[1000];
    memset(part, 'a', sizeof part);
    net_kit_say(&kit, fd, POST);
    for (int i = 0; i < 100; i++) {
        net_kit_pass(&kit, 1500);
        net_kit_write(&kit, fd, part, sizeof part);
    }
    while (got.len < 100000) assert_true(net_kit_read(&kit, fd, &got, ""));
    assert_memory_equal(got.data, "HTTP/1.1 200 OK\r\n", 17);
}

static void idle_keep_alive(void **state)
{
    (void)state;
    net_kit_say(&kit, fd, REQUEST("/hello"));
    assert_true(net_kit_read(&kit, fd, &got, "\r\n\r\nhi"));
    net_kit_pass(&kit, 59000);
    assert_int_equal(open_conns(), 1);
    net_kit_pass(&kit, 1100);
    assert_true(end_of_file());
    assert_int_equal(got.len, 0);
}

static void request_without_answer(void **state)
{
    (void)state;
    net_kit_say(&kit, fd, REQUEST("/later"));
    assert_true(net_kit_wait_log(&kit, "/later|"));
    net_kit_pass(&kit, 59000);
    assert_null(strstr(buf_cstr(&kit.log), "closed"));
    net_kit_pass(&kit, 1100);
    assert_true(net_kit_wait_log(&kit, "closed no answer|"));
}

static void silent_socket(void **state)
{
    (void)state;
    net_kit_upgrade(&kit, fd, "/ws");
    net_kit_pass(&kit, 29900);
    net_kit_pass(&kit, 200);
    assert_true(net_kit_read(&kit, fd, &got, "\x89"));
    assert_int_equal(got.len, 2);
    net_kit_pass(&kit, 40000); /* one ping, not one for each visit */
    assert_null(strstr(buf_cstr(&kit.log), "closed"));
    net_kit_pass(&kit, 5000);
    assert_true(net_kit_wait_log(&kit, "closed ping timeout|"));
}

static void answering_socket(void **state)
{
    (void)state;
    net_kit_upgrade(&kit, fd, "/ws");
    for (int i = 0; i < 10; i++) {
        net_kit_pass(&kit, 31000);
        buf_reset(&got);
        assert_true(net_kit_read(&kit, fd, &got, "\x89"));
        net_kit_frame(&kit, fd, 0x8a, "", 0);
    }
    assert_int_equal(open_conns(), 1);
}

static void stubborn_peer(void **state)
{
    (void)state;
    net_kit_upgrade(&kit, fd, "/ws");
    conn_close(conn_find(kit.server, kit.last), 1000, NULL); /* the peer never answers it */
    net_kit_pass(&kit, 1900);
    assert_null(strstr(buf_cstr(&kit.log), "closed"));
    net_kit_pass(&kit, 200);
    assert_true(net_kit_wait_log(&kit, "closed closed by owner|"));
}

static void lingering_peer(void **state)
{
    (void)state;
    net_kit_say(&kit, fd, "nonsense\r\n\r\n");
    assert_true(end_of_file()); /* ours; the peer keeps its side open */
    assert_int_equal(open_conns(), 1);
    net_kit_pass(&kit, 2100);
    assert_int_equal(open_conns(), 0);
}

static void stalled_answer(void **state)
{
    (void)state;
    char *body = mem_zalloc(32 << 20); /* more than the kernel keeps for one connection */
    net_kit_say(&kit, fd, REQUEST("/later"));
    assert_true(net_kit_wait_log(&kit, "/later|"));
    conn_respond(conn_find(kit.server, kit.last), 200, NULL, 0, body, 32 << 20);
    mem_free(body);
    net_kit_pass(&kit, 29000);
    while (got.len < 5u << 20) assert_true(net_kit_read(&kit, fd, &got, "")); /* it takes some: a new span */
    net_kit_pass(&kit, 2000);
    assert_int_equal(open_conns(), 1);
    net_kit_pass(&kit, 2000); /* the kernel filled up once more meanwhile */
    net_kit_pass(&kit, 31000);
    assert_int_equal(open_conns(), 0);
    assert_int_equal(net_server_stats(kit.server)->slow_readers, 1);
}

static void the_clock_may_wrap(void **state)
{
    (void)state;
    net_kit_pass(&kit, 9000);
    kit.now_ms = 0xffffffffu - 20000;
    int other = net_kit_connect(&kit);
    net_kit_upgrade(&kit, other, "/ws");
    net_kit_pass(&kit, 29000);
    assert_null(strstr(buf_cstr(&kit.log), "closed"));
    net_kit_pass(&kit, 50000);
    assert_true(net_kit_wait_log(&kit, "closed ping timeout|"));
    close(other);
}

static void the_timer_rests_without_connections(void **state)
{
    (void)state;
    assert_true(uv_is_active((uv_handle_t *)&kit.server->tick));
    net_kit_pass(&kit, 11000);
    close(fd);
    for (int i = 0; i < 20 && uv_is_active((uv_handle_t *)&kit.server->tick); i++) {
        uv_run(&kit.loop, UV_RUN_ONCE);
    }
    assert_false(uv_is_active((uv_handle_t *)&kit.server->tick));
    fd = net_kit_connect(&kit);
    assert_true(uv_is_active((uv_handle_t *)&kit.server->tick));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(silence_before_the_first_request),
        TEST(dripping_headers),
        TEST(dripping_body),
        TEST(steady_body),
        TEST(idle_keep_alive),
        TEST(request_without_answer),
        TEST(silent_socket),
        TEST(answering_socket),
        TEST(stubborn_peer),
        TEST(lingering_peer),
        TEST(stalled_answer),
        TEST(the_clock_may_wrap),
        TEST(the_timer_rests_without_connections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
