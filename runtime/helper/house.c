/* See house.h. One thread, one poll: orders come in, cells end, deadlines
 * pass. Nothing here looks at what a file holds. */
#include "helper/house.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "helper/cell.h"
#include "wall/wall.h"

#define QUICK_DEATHS 5 /* helpers that died within a second: then a pause */

struct waiting {
    struct house_order order;
    int input, answer;
};

struct house {
    int orders, children;
    const helper_job *jobs;
    size_t count;
    struct {
        pid_t pid; /* 0: free */
        int64_t deadline_ms;
        bool late;
    } cell[HELPER_CELLS];
    struct waiting queue[HELPER_WAITING]; /* a ring */
    unsigned first, queued;
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void done_with(const struct waiting *w)
{
    close(w->input);
    close(w->answer);
}

static void refuse(const struct waiting *w, int status)
{
    struct helper_head head = {.status = status};
    (void)!write(w->answer, &head, sizeof head); /* its buffer is empty: it has room */
    done_with(w);
}

/* ---- cells ---- */

static int free_cell(const struct house *h)
{
    for (int i = 0; i < HELPER_CELLS; i++)
        if (h->cell[i].pid == 0) return i;
    return -1;
}

static void start_waiting(struct house *h)
{
    int i;
    while (h->queued > 0 && (i = free_cell(h)) >= 0) {
        struct waiting *w = &h->queue[h->first];
        pid_t pid = cell_start(h->jobs[w->order.job], w->order.argument, w->input, w->answer);
        if (pid > 0) {
            h->cell[i].pid = pid;
            h->cell[i].deadline_ms = now_ms() + HELPER_CELL_SECONDS * 1000;
            h->cell[i].late = false;
            done_with(w);
        } else {
            log_write(LOG_ERROR, "helper: no process can be started", LOG_STR("error", strerror(errno)));
            refuse(w, ERR_UNAVAILABLE);
        }
        h->first = (h->first + 1) % HELPER_WAITING;
        h->queued--;
    }
}

static void tell_end(int status, bool late)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
    log_write(LOG_WARN, "helper: a parser was ended",
              LOG_STR("reason", late                                                 ? "time"
                                : WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU ? "processor"
                                : WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS
                                    ? "a call that it may not make"
                                : WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? "memory, or it gave up"
                                                                                     : "crash"));
}

static void reap(struct house *h)
{
    struct signalfd_siginfo drained;
    int status;
    while (read(h->children, &drained, sizeof drained) > 0) continue;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        for (int i = 0; i < HELPER_CELLS; i++)
            if (h->cell[i].pid == pid) {
                h->cell[i].pid = 0;
                tell_end(status, h->cell[i].late);
            }
}

/* Kills what is late; returns how long the next may still take, -1: nothing runs. */
static int police(struct house *h)
{
    int64_t now = now_ms(), next = -1;
    for (int i = 0; i < HELPER_CELLS; i++) {
        if (h->cell[i].pid == 0) continue;
        int64_t left = h->cell[i].deadline_ms - now;
        if (left <= 0 && !h->cell[i].late) {
            h->cell[i].late = true;
            kill(h->cell[i].pid, SIGKILL);
        }
        if (left <= 0) left = 100;
        if (next < 0 || left < next) next = left;
    }
    return (int)next;
}

/* ---- orders ---- */

/* 1: one came; 0: none now; -1: the server is gone. */
static int receive(struct house *h, struct waiting *w)
{
    union {
        char bytes[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {&w->order, sizeof w->order};
    struct msghdr m = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control};
    ssize_t n = recvmsg(h->orders, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (n == 0) return -1;
    if (n < 0) return errno == EAGAIN || errno == EINTR ? 0 : -1;
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    if (c == NULL || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(2 * sizeof(int))) return 0;
    int fds[2];
    memcpy(fds, CMSG_DATA(c), sizeof fds);
    w->input = fds[0];
    w->answer = fds[1];
    if (n == sizeof w->order && w->order.magic == HOUSE_MAGIC && w->order.job < h->count) return 1;
    done_with(w);
    return 0;
}

static void take_orders(struct house *h)
{
    struct waiting w;
    int got;
    while ((got = receive(h, &w)) > 0) {
        if (h->queued == HELPER_WAITING) {
            refuse(&w, ERR_LIMIT);
            continue;
        }
        h->queue[(h->first + h->queued++) % HELPER_WAITING] = w;
        start_waiting(h);
    }
    if (got < 0) _exit(0); /* running cells are killed with us */
}

static void live(int orders, const helper_job *jobs, size_t count)
{
    static struct house h;
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    prctl(PR_SET_NAME, "azentiko-helper");
    h = (struct house){.orders = orders, .jobs = jobs, .count = count};
    h.children = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC); /* blocked by the supervisor */
    if (h.children < 0) _exit(1);
    for (;;) {
        struct pollfd p[2] = {{.fd = orders, .events = POLLIN}, {.fd = h.children, .events = POLLIN}};
        poll(p, 2, police(&h));
        reap(&h);
        take_orders(&h);
        start_waiting(&h);
    }
}

/* ---- the supervisor ---- */

/* Signals meant for the server reach its whole group; these two end when it does. */
static void ignore_signals(void)
{
    static const int ignored[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE};
    sigset_t child;
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
}

void house_supervise(int orders, const helper_job *jobs, size_t count)
{
    ignore_signals();
    prctl(PR_SET_NAME, "azentiko-nurse");
    if (wall_shut() != 0) log_write(LOG_WARN, "helper: this kernel cannot keep it from files");
    for (int quick = 0;;) {
        int64_t born = now_ms();
        int status;
        pid_t pid = fork();
        if (pid == 0) live(orders, jobs, count);
        if (pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0)
            _exit(0);
        log_write(LOG_ERROR, "helper: it died and is started again");
        quick = now_ms() - born < 1000 ? quick + 1 : 0;
        if (quick >= QUICK_DEATHS) poll(NULL, 0, 1000);
    }
}
