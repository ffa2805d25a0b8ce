/* The helper from the server's side: answers, and parsers that crash, hang,
 * eat and try to get out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "helper/ask.h"

enum { SAY, REFUSE, ABORT, FAULT, EAT, FLOOD, OPEN, CONNECT, FORK, SIGNAL, SPIN, HANG, JOBS };

static int job_echo(int fd, int64_t argument, struct buf *out)
{
    char text[64];
    ssize_t n = pread(fd, text, sizeof text, 0);
    buf_fmt(out, "%lld:", (long long)argument);
    buf_add(out, text, (size_t)n);
    return ERR_OK;
}
static int job_refuse(int fd, int64_t argument, struct buf *out)
{
    return (void)fd, (void)argument, (void)out, ERR_INVALID;
}
static int job_abort(int fd, int64_t argument, struct buf *out)
{
    (void)fd, (void)argument, (void)out, abort();
}
static int job_fault(int fd, int64_t argument, struct buf *out)
{
    (void)fd, (void)out;
    raise(SIGSEGV);
    return (int)argument;
}
static int job_eat(int fd, int64_t argument, struct buf *out)
{
    (void)fd, (void)argument;
    void *much = mmap(NULL, 512u << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    buf_str(out, much == MAP_FAILED ? "no room" : "room");
    return ERR_OK;
}
static int job_flood(int fd, int64_t argument, struct buf *out)
{
    (void)fd, (void)argument;
    memset(buf_reserve(out, HELPER_ANSWER_MAX + 1), 0, HELPER_ANSWER_MAX + 1);
    out->len += HELPER_ANSWER_MAX + 1;
    return ERR_OK;
}
static int job_open(int fd, int64_t argument, struct buf *out)
{
    (void)fd, (void)argument;
    buf_str(out, open("/etc/passwd", O_RDONLY) >= 0 ? "opened" : "denied");
    return ERR_OK;
}
static int job_connect(int fd, int64_t argument, struct buf *out)
{
    (void)fd, (void)argument;
    buf_str(out, socket(AF_INET, SOCK_STREAM, 0) >= 0 ? "socket" : "none");
    return ERR_OK;
}
static int job_fork(int fd, int64_t argument, struct buf *out)
{
    (void)fd, (void)argument;
    char *const argv[] = {(char *)(uintptr_t) "/bin/true", NULL};
    execve(argv[0], argv, NULL);
    buf_str(out, "alive");
    return ERR_OK;
}
static int job_signal(int fd, int64_t argument, struct buf *out)
{
    (void)fd, (void)out;
    syscall(SYS_tgkill, (pid_t)argument, (pid_t)argument, SIGKILL);
    return ERR_OK;
}
static int job_spin(int fd, int64_t argument, struct buf *out)
{
    volatile int64_t turning = argument == 0;
    (void)fd, (void)out;
    while (turning != 0) continue;
    return ERR_OK;
}
static int job_hang(int fd, int64_t argument, struct buf *out)
{
    char byte;
    (void)argument, (void)out;
    return read(fd, &byte, 1) == 1 ? ERR_OK : ERR_IO;
}

static const helper_job jobs[JOBS] = {job_echo, job_refuse,  job_abort, job_fault,  job_eat,  job_flood,
                                      job_open, job_connect, job_fork,  job_signal, job_spin, job_hang};

static struct helper *helper;
static uv_loop_t loop;
static struct asks *asks;

struct answer {
    int count, status;
    char text[100];
};

static void on_answer(void *ctx, int status, const char *data, size_t len)
{
    struct answer *a = ctx;
    a->count++;
    a->status = status;
    snprintf(a->text, sizeof a->text, "%.*s", (int)len, data);
}

static void ask(int job, int64_t argument, int fd, struct answer *a)
{
    *a = (struct answer){.status = 1};
    assert_int_equal(ask_send(asks, (uint8_t)job, argument, fd, on_answer, a), ERR_OK);
}

static void wait_for(struct answer *a, int n)
{
    for (int i = 0; i < n; i++)
        while (a[i].count == 0) uv_run(&loop, UV_RUN_ONCE);
}

static int input(void)
{
    int fd = memfd_create("input", MFD_CLOEXEC);
    assert_int_equal(write(fd, "hello", 5), 5);
    return fd;
}

static struct answer asked(int job, int64_t argument)
{
    struct answer a;
    int fd = input();
    ask(job, argument, fd, &a);
    close(fd);
    wait_for(&a, 1);
    assert_int_equal(a.count, 1);
    return a;
}

static void test_a_job_reads_and_answers(void **state)
{
    (void)state;
    struct answer a = asked(SAY, 42);
    assert_int_equal(a.status, ERR_OK);
    assert_string_equal(a.text, "42:hello");
    assert_int_equal(asked(REFUSE, 0).status, ERR_INVALID);
}

static void test_a_parser_that_dies_costs_its_own_answer_only(void **state)
{
    (void)state;
    assert_int_equal(asked(ABORT, 0).status, ERR_INVALID);
    assert_int_equal(asked(FAULT, 0).status, ERR_INVALID);
    assert_int_equal(asked(FLOOD, 0).status, ERR_INVALID);
    assert_string_equal(asked(SAY, 1).text, "1:hello");
}

static void test_a_parser_gets_no_memory_beyond_its_limit(void **state)
{
    (void)state;
    struct answer a = asked(EAT, 0);
    if (a.status == ERR_OK && strcmp(a.text, "room") == 0) skip(); /* a sanitizer lifts the limit */
    assert_string_equal(a.text, "no room");
}

static void test_a_parser_does_not_get_out(void **state)
{
    (void)state;
    static const int out[] = {OPEN, CONNECT};
    for (size_t i = 0; i < 2; i++) {
        struct answer a = asked(out[i], 0);
        assert_true(a.status == ERR_INVALID ||
                    strcmp(a.text, "denied") == 0); /* killed, or Landlock said no */
    }
    struct answer a = asked(FORK, 0);
    assert_true(a.status == ERR_INVALID || strcmp(a.text, "alive") == 0);
    assert_int_equal(asked(SIGNAL, getpid()).status == 1, 0); /* we live */
}

static void test_many_at_once_are_queued_and_the_rest_refused(void **state)
{
    (void)state;
    enum { N = HELPER_CELLS + HELPER_WAITING + 40 };
    static struct answer a[N];
    int in[2], good = 0, refused = 0;
    assert_int_equal(pipe(in), 0);
    for (int i = 0; i < HELPER_CELLS; i++) ask(HANG, 0, in[0], &a[i]);
    int fd = input();
    for (int i = HELPER_CELLS; i < N; i++) ask(SAY, i, fd, &a[i]);
    for (int i = 0; i < 100; i++) uv_run(&loop, UV_RUN_NOWAIT), usleep(1000);
    assert_int_equal(write(in[1], "xx", HELPER_CELLS), HELPER_CELLS);
    wait_for(a, N);
    for (int i = 0; i < N; i++) {
        good += a[i].status == ERR_OK;
        refused += a[i].status == ERR_LIMIT;
    }
    assert_int_equal(good, HELPER_CELLS + HELPER_WAITING);
    assert_int_equal(refused, 40);
    close(fd), close(in[0]), close(in[1]);
}

static void test_time_is_limited(void **state)
{
    (void)state;
    struct answer a[2];
    int in[2];
    assert_int_equal(pipe(in), 0);
    uint64_t began = uv_hrtime();
    ask(SPIN, 0, in[0], &a[0]);
    ask(HANG, 0, in[0], &a[1]);
    wait_for(a, 2);
    assert_int_equal(a[0].status, ERR_INVALID);
    assert_int_equal(a[1].status, ERR_INVALID);
    assert_true(uv_hrtime() - began < (HELPER_CELL_SECONDS + 3) * 1000000000ull);
    assert_string_equal(asked(SAY, 2).text, "2:hello");
    close(in[0]), close(in[1]);
}

/* The helper's process is killed: its supervisor starts another. */
static void test_a_dead_helper_comes_back(void **state)
{
    char command[80];
    (void)state;
    snprintf(command, sizeof command, "pkill -KILL -x azentiko-helper -P $(pgrep -P %d -x azentiko-nurse)",
             getpid());
    assert_int_equal(system(command), 0);
    assert_string_equal(asked(SAY, 3).text, "3:hello");
    struct helper_stats s;
    helper_stats(helper, &s);
    assert_int_equal(s.up, 1);
}

static void test_closing_answers_what_waits(void **state)
{
    struct answer a;
    int in[2];
    (void)state;
    assert_int_equal(pipe(in), 0);
    struct asks *own = asks_new(&loop, helper);
    a = (struct answer){.status = 1};
    assert_int_equal(ask_send(own, HANG, 0, in[0], on_answer, &a), ERR_OK);
    asks_close(own);
    assert_int_equal(a.count, 1);
    assert_int_equal(a.status, ERR_CLOSED);
    close(in[0]), close(in[1]);
}

static void test_without_a_helper_it_is_said(void **state)
{
    (void)state;
    struct asks *none = asks_new(&loop, NULL);
    assert_int_equal(ask_send(none, SAY, 0, 0, on_answer, NULL), ERR_UNAVAILABLE);
    asks_close(none);
}

static int set_up(void **state)
{
    (void)state;
    int err = helper_start(jobs, JOBS, &helper);
    uv_loop_init(&loop);
    asks = asks_new(&loop, helper);
    return err;
}

static int tear_down(void **state)
{
    (void)state;
    asks_close(asks);
    uv_run(&loop, UV_RUN_DEFAULT);
    helper_stop(helper);
    return uv_loop_close(&loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_job_reads_and_answers),
        cmocka_unit_test(test_a_parser_that_dies_costs_its_own_answer_only),
        cmocka_unit_test(test_a_parser_gets_no_memory_beyond_its_limit),
        cmocka_unit_test(test_a_parser_does_not_get_out),
        cmocka_unit_test(test_many_at_once_are_queued_and_the_rest_refused),
        cmocka_unit_test(test_a_dead_helper_comes_back),
        cmocka_unit_test(test_closing_answers_what_waits),
        cmocka_unit_test(test_without_a_helper_it_is_said),
        cmocka_unit_test(test_time_is_limited),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
