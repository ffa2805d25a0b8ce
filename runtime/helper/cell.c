/* See cell.h. Order matters: what needs rights is done first, then they go.
 * The answer is whole before its first byte is written, so that a reader never
 * takes half of one for the truth. */
#include "helper/cell.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "wall/wall.h"

#define CPU_SECONDS 5
#define NOBODY 65534

#define FDS 256 /* the helper never has so many open: its queue and cells bound it */

enum { INPUT = 3, ANSWER = 4 };

static void limit(int what, rlim_t value)
{
    struct rlimit l = {value, value};
    if (setrlimit(what, &l) != 0) _exit(1);
}

/* The two descriptors move to fixed places and the others are closed: the
 * helper's own, and those of the log, which a parser has no business with. */
static void keep_two(int input, int answer)
{
    int high_input = fcntl(input, F_DUPFD, ANSWER + 1), high_answer = fcntl(answer, F_DUPFD, ANSWER + 1);
    if (high_input < 0 || high_answer < 0) _exit(1);
    if (dup2(high_input, INPUT) < 0 || dup2(high_answer, ANSWER) < 0) _exit(1);
    for (int fd = 0; fd < FDS; fd++)
        if (fd != INPUT && fd != ANSWER) close(fd);
}

static void lock_up(void)
{
    signal(SIGCHLD, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    prctl(PR_SET_NAME, "azentiko-cell");
    prctl(PR_SET_DUMPABLE, 0);
    if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
                           setresuid(NOBODY, NOBODY, NOBODY) != 0))
        _exit(1);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* no cell outlives its helper; a change of user clears it */
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    const struct rlimit cpu = {CPU_SECONDS, CPU_SECONDS + 1}; /* SIGXCPU first, which names the reason */
    if (setrlimit(RLIMIT_CPU, &cpu) != 0) _exit(1);
    limit(RLIMIT_NOFILE, 8);
    if (AZK_CELL_MEMORY > 0) limit(RLIMIT_AS, AZK_CELL_MEMORY);
    if (wall_cell() != 0) _exit(1); /* a parser without walls is not started */
}

static void write_all(const void *data, size_t len)
{
    const char *at = data;
    while (len > 0) {
        ssize_t n = write(ANSWER, at, len);
        if (n <= 0) _exit(1);
        at += n;
        len -= (size_t)n;
    }
}

static void run(helper_job job, int64_t argument)
{
    struct buf out;
    buf_init(&out);
    struct helper_head head = {.status = job(INPUT, argument, &out)};
    if (head.status != ERR_OK || out.len > HELPER_ANSWER_MAX) head.status = ERR_INVALID;
    head.len = head.status == ERR_OK ? (uint32_t)out.len : 0;
    write_all(&head, sizeof head);
    write_all(out.data, head.len);
    _exit(0);
}

pid_t cell_start(helper_job job, int64_t argument, int input, int answer)
{
    pid_t pid = fork();
    if (pid != 0) return pid;
    keep_two(input, answer);
    lock_up();
    run(job, argument);
    return 0; /* not reached */
}
