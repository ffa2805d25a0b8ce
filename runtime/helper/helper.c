/* See helper.h. The server's end of the socket. A message is one packet, so
 * any thread may send without a lock. */
#include "helper/helper.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "helper/house.h"

struct helper {
    int orders;
    _Atomic uint64_t sent, failed, refused;
    _Atomic int up;
};

int helper_start(const helper_job *jobs, size_t count, struct helper **out)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return ERR_IO;
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        house_supervise(ends[1], jobs, count);
    }
    close(ends[1]);
    if (pid < 0) return close(ends[0]), ERR_IO;
    struct helper *h = mem_zalloc(sizeof *h);
    h->orders = ends[0];
    h->up = 1;
    *out = h;
    return ERR_OK;
}

void helper_stop(struct helper *h)
{
    if (h == NULL) return;
    close(h->orders);
    mem_free(h);
}

static int send_order(struct helper *h, struct house_order *order, int input, int answer)
{
    union {
        char bytes[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    struct iovec part = {order, sizeof *order};
    struct msghdr m = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    const int fds[2] = {input, answer};
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof fds);
    memcpy(CMSG_DATA(c), fds, sizeof fds);
    if (sendmsg(h->orders, &m, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)sizeof *order) return ERR_OK;
    return errno == EAGAIN || errno == ETOOMANYREFS ? ERR_LIMIT : ERR_UNAVAILABLE;
}

int helper_send(struct helper *h, uint8_t job, int64_t argument, int fd, int *answer)
{
    int ends[2];
    struct house_order order = {HOUSE_MAGIC, job, argument};
    if (h == NULL) return ERR_UNAVAILABLE;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return ERR_LIMIT;
    int err = send_order(h, &order, fd, ends[1]);
    close(ends[1]);
    atomic_store(&h->up, err != ERR_UNAVAILABLE);
    atomic_fetch_add(err == ERR_OK ? &h->sent : &h->refused, 1);
    if (err == ERR_OK)
        *answer = ends[0];
    else
        close(ends[0]);
    return err;
}

void helper_count_failed(struct helper *h) { atomic_fetch_add(&h->failed, 1); }

void helper_stats(struct helper *h, struct helper_stats *out)
{
    *out = (struct helper_stats){0};
    if (h == NULL) return;
    out->sent = atomic_load(&h->sent);
    out->failed = atomic_load(&h->failed);
    out->refused = atomic_load(&h->refused);
    out->up = atomic_load(&h->up);
}
