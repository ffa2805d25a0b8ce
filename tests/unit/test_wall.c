/* The walls from inside: each test raises them in a process of its own, as the
 * server does, and then tries what a stranger in that process would try. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "wall/wall.h"

/* A sanitizer's own calls are allowed in its builds (wall/calls_sanitizer.c). */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static char base[] = "/tmp/test_wall_XXXXXX";
static char data[64], outside[64], certs[64], cert[80];

#define CHECK(what) \
    do { \
        if (!(what)) { \
            fprintf(stderr, "%s:%d: %s (errno %d)\n", __func__, __LINE__, #what, errno); \
            return 1; \
        } \
    } while (0)

static int refused(long result) { return result == -1 && errno == EPERM; }
static int denied(long result) { return result == -1 && errno == EACCES; }

/* Runs body behind the walls, in a child, so that this process keeps its rights. */
static void behind(int (*body)(void))
{
    const char *renewed[] = {cert, NULL}, *readable[] = {NULL};
    const struct wall_config config = {.data_dir = data, .readable = readable, .renewed = renewed};
    int status;
    pid_t child = fork();
    if (child == 0) {
        wall_raise(&config);
        _exit(wall_status().calls == WALL_UP && wall_status().files == WALL_UP ? body() : 77);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) skip(); /* this kernel has no such walls */
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int starts_nothing(void)
{
    char *const argv[] = {(char *)(uintptr_t) "/bin/true", NULL};
    CHECK(refused(syscall(SYS_execveat, AT_FDCWD, argv[0], argv, NULL, 0)));
    CHECK(denied(access(argv[0], F_OK)) || execve(argv[0], argv, NULL) == -1); /* either wall is enough */
    if (SANITIZED) return 0;
    CHECK(refused(execve(argv[0], argv, NULL)));
    CHECK(refused(syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL))); /* what fork() does */
    CHECK(fork() == -1);
    return 0;
}

static int touches_no_process(void)
{
    char byte;
    struct iovec here = {&byte, 1}, there = {&byte, 1};
    CHECK(refused(syscall(SYS_process_vm_writev, getppid(), &here, 1, &there, 1, 0)));
    CHECK(refused(syscall(SYS_pidfd_open, getppid(), 0)));
    CHECK(open("/proc/1/environ", O_RDONLY) == -1);
    CHECK(open("/proc/self/mem", O_RDWR) == -1);
    if (SANITIZED) return 0;
    CHECK(refused(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL)));
    CHECK(refused(syscall(SYS_process_vm_readv, getppid(), &here, 1, &there, 1, 0)));
    CHECK(refused(kill(getppid(), 0)));
    CHECK(refused(syscall(SYS_tgkill, getppid(), getppid(), SIGTERM)));
    return 0;
}

static int changes_no_machine(void)
{
    CHECK(refused(mount("none", data, "tmpfs", 0, NULL)));
    CHECK(refused(syscall(SYS_bpf, 0, NULL, 0)));
    CHECK(refused(syscall(SYS_keyctl, 0, 0, 0, 0, 0)));
    CHECK(refused(syscall(SYS_init_module, NULL, 0, "")));
    CHECK(refused(syscall(SYS_unshare, 0)));
    CHECK(refused(syscall(SYS_setns, 0, 0)));
    CHECK(refused(syscall(SYS_chroot, data)));
    CHECK(refused(syscall(SYS_setuid, 0)));
    CHECK(refused(syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0)));
    CHECK(refused(syscall(SYS_io_uring_setup, 1, NULL)));
    CHECK(refused(socket(AF_PACKET, SOCK_RAW, 0)));
    return 0;
}

static int runs_no_data(void)
{
    if (SANITIZED) return 0;
    CHECK(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
          MAP_FAILED);
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(page != MAP_FAILED);
    CHECK(refused(mprotect(page, 4096, PROT_READ | PROT_EXEC)));
    return 0;
}

static int make(const char *folder, const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
}

static int writes_only_data(void)
{
    char from[200], to[200], up[200];
    CHECK(make(data, "new") >= 0);
    snprintf(from, sizeof from, "%s/new", data);
    snprintf(to, sizeof to, "%s/stolen", outside);
    snprintf(up, sizeof up, "%s/../outside/up", data);
    CHECK(denied(make(outside, "new")));
    CHECK(denied(open(up, O_WRONLY | O_CREAT, 0600)));
    CHECK(rename(from, to) == -1);
    CHECK(link(from, to) == -1);
    CHECK(mkdir(to, 0700) == -1);
    CHECK(symlink("/etc", to) == -1);
    snprintf(to, sizeof to, "%s/kept", outside);
    CHECK(denied(open(to, O_RDONLY)));
    CHECK(denied(open(to, O_WRONLY)));
    CHECK(unlink(to) == -1);
    CHECK(truncate(to, 0) == -1);
    snprintf(to, sizeof to, "%s/sub", data);
    CHECK(mkdir(to, 0700) == 0);
    snprintf(to, sizeof to, "%s/sub/renamed", data);
    CHECK(rename(from, to) == 0); /* uploads move between folders */
    CHECK(unlink(to) == 0);
    snprintf(to, sizeof to, "%s/sub", data);
    CHECK(rmdir(to) == 0);
    return 0;
}

static int reads_what_it_needs(void)
{
    CHECK(open("/etc/hosts", O_RDONLY) >= 0);
    CHECK(open("/usr/share/zoneinfo/Europe/Berlin", O_RDONLY) >= 0);
    CHECK(open("/dev/null", O_RDWR) >= 0);
    CHECK(open(cert, O_RDONLY) >= 0);
    return 0;
}

/* The certificate is replaced by renaming while the walls are up. */
static int reads_its_successor(void)
{
    char seen[16] = "";
    for (int i = 0; i < 200 && strcmp(seen, "new") != 0; i++) {
        int fd = open(cert, O_RDONLY);
        ssize_t n = fd >= 0 ? read(fd, seen, sizeof seen - 1) : -1;
        CHECK(n >= 0);
        seen[n] = '\0';
        close(fd);
        poll(NULL, 0, 10);
    }
    CHECK(strcmp(seen, "new") == 0);
    return 0;
}

static void *in_thread(void *arg)
{
    *(int *)arg = starts_nothing() + writes_only_data();
    return NULL;
}

static int holds_in_threads(void)
{
    pthread_t t;
    int result = -1;
    CHECK(pthread_create(&t, NULL, in_thread, &result) == 0);
    pthread_join(t, NULL);
    return result;
}

static int listens_no_more(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(bind(fd, (struct sockaddr *)&any, sizeof any) == 0 && listen(fd, 1) == 0);
    wall_seal();
    CHECK(refused(listen(socket(AF_INET, SOCK_STREAM, 0), 1)));
    CHECK(denied(socket(AF_UNIX, SOCK_STREAM, 0)));
    return 0;
}

static char logged[4096];
static void on_line(const char *line, size_t len)
{
    size_t at = strlen(logged);
    if (at + len < sizeof logged) memcpy(logged + at, line, len + 1);
}

static int tells_once(void)
{
    log_set_sink(on_line);
    for (int i = 0; i < 3; i++) CHECK(refused(syscall(SYS_chroot, data)));
    wall_report();
    CHECK(wall_refused() == 3);
    CHECK(strstr(logged, "chroot") != NULL && strstr(strstr(logged, "chroot") + 1, "chroot") == NULL);
    logged[0] = '\0';
    CHECK(refused(syscall(SYS_chroot, data)));
    wall_report();
    CHECK(logged[0] == '\0');
    return 0;
}

#define TEST(name) \
    static void test_##name(void **state) \
    { \
        (void)state; \
        behind(name); \
    }
TEST(starts_nothing)
TEST(touches_no_process)
TEST(changes_no_machine)
TEST(runs_no_data)
TEST(writes_only_data)
TEST(reads_what_it_needs)
TEST(holds_in_threads)
TEST(listens_no_more)
TEST(tells_once)

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void test_reads_its_successor(void **state)
{
    char fresh[100];
    int status;
    (void)state;
    snprintf(fresh, sizeof fresh, "%s.new", cert);
    pid_t renewer = fork();
    if (renewer == 0) {
        poll(NULL, 0, 50);
        write_file(fresh, "new");
        _exit(rename(fresh, cert) == 0 ? 0 : 1);
    }
    behind(reads_its_successor);
    waitpid(renewer, &status, 0);
    assert_int_equal(status, 0);
}

static int set_up(void **state)
{
    char kept[100];
    (void)state;
    assert_non_null(mkdtemp(base));
    snprintf(data, sizeof data, "%s/data", base);
    snprintf(outside, sizeof outside, "%s/outside", base);
    snprintf(certs, sizeof certs, "%s/certs", base);
    snprintf(cert, sizeof cert, "%s/cert.pem", certs);
    snprintf(kept, sizeof kept, "%s/kept", outside);
    mkdir(data, 0700), mkdir(outside, 0700), mkdir(certs, 0700);
    write_file(cert, "old");
    write_file(kept, "kept");
    return 0;
}

static int tear_down(void **state)
{
    char command[100];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", base);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_starts_nothing),      cmocka_unit_test(test_touches_no_process),
        cmocka_unit_test(test_changes_no_machine),  cmocka_unit_test(test_runs_no_data),
        cmocka_unit_test(test_writes_only_data),    cmocka_unit_test(test_reads_what_it_needs),
        cmocka_unit_test(test_reads_its_successor), cmocka_unit_test(test_holds_in_threads),
        cmocka_unit_test(test_listens_no_more),     cmocka_unit_test(test_tells_once),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
