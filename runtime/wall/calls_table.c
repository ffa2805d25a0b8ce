/* The system calls of the server, by what needs them. Not here and therefore
 * refused: every way to start a program or process (execve, execveat, fork,
 * vfork; clone may only make threads), into other processes (ptrace,
 * process_vm_*, kcmp, pidfd_*, kill), into the kernel (modules, bpf, keyrings,
 * perf_event_open, userfaultfd, io_uring), and what belongs to the machine
 * (mount, namespaces, clock, users, reboot, raw ports). A refused call that
 * the server came to need is in the log by name: add it here with its reason. */
#include <linux/sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "wall/calls.h"

#define ANY(name) \
    { \
        SCMP_SYS(name), 0, \
        { \
            { \
                0, SCMP_CMP_EQ, 0, 0 \
            } \
        } \
    }
#define WHEN(name, cmp) \
    { \
        SCMP_SYS(name), 1, { cmp } \
    }
#define IS(n, value) \
    { \
        (n), SCMP_CMP_EQ, (scmp_datum_t)(value), 0 \
    }
#define BITS(n, mask, value) \
    { \
        (n), SCMP_CMP_MASKED_EQ, (scmp_datum_t)(mask), (scmp_datum_t)(value) \
    }

#define WRITE_RUN (PROT_WRITE | PROT_EXEC)
#define PR_SET_VMA_NAME 0x53564d41 /* glibc names its heaps */

const struct call calls_allowed[] = {
    /* Memory. Nothing is ever both written and run; pages become runnable
     * only by mapping a file (a library that is loaded at first use). */
    ANY(brk),
    ANY(munmap),
    ANY(mremap),
    ANY(madvise),
    WHEN(mmap, BITS(2, WRITE_RUN, PROT_NONE)),
    WHEN(mmap, BITS(2, WRITE_RUN, PROT_WRITE)),
    WHEN(mmap, BITS(2, WRITE_RUN, PROT_EXEC)),
    WHEN(mprotect, BITS(2, PROT_EXEC, 0)),

    /* Threads, not processes. clone3 has its flags where no filter can see
     * them: it fails as if unknown (calls.c) and glibc takes clone. */
    WHEN(clone, BITS(0, CLONE_THREAD | CLONE_VM | CLONE_SIGHAND, CLONE_THREAD | CLONE_VM | CLONE_SIGHAND)),
    ANY(futex),
    ANY(set_robust_list),
    ANY(rseq),
    ANY(exit),
    ANY(exit_group),
    ANY(sched_yield),
    ANY(sched_getaffinity),
    ANY(membarrier),
    ANY(getpid),
    ANY(gettid),
    ANY(set_tid_address),

    /* Signals: between our own threads (calls.c allows tgkill for our process id only). */
    ANY(rt_sigaction),
    ANY(rt_sigprocmask),
    ANY(rt_sigreturn),
    ANY(sigaltstack),
    ANY(restart_syscall),

    /* Clocks and randomness. */
    ANY(clock_gettime),
    ANY(clock_getres),
    ANY(gettimeofday),
    ANY(time),
    ANY(nanosleep),
    ANY(clock_nanosleep),
    ANY(getrandom),
    ANY(timer_create), /* a worker's timer on its own CPU time (vm/preempt.h) */
    ANY(timer_settime),
    ANY(timer_delete),

    /* The loop. */
    ANY(epoll_create1),
    ANY(epoll_ctl),
    ANY(epoll_wait),
    ANY(epoll_pwait),
    ANY(poll),
    ANY(ppoll),
    ANY(select),
    ANY(pselect6),
    ANY(eventfd2),
    ANY(pipe2),
    ANY(pipe),
    WHEN(ioctl, IS(1, FIONBIO)),
    WHEN(ioctl, IS(1, FIOCLEX)),
    WHEN(ioctl, IS(1, FIONREAD)),
    WHEN(ioctl, IS(1, TCGETS)),

    /* Network: IPv4, IPv6, local sockets, and netlink for the resolver. */
    WHEN(socket, IS(0, AF_INET)),
    WHEN(socket, IS(0, AF_INET6)),
    WHEN(socket, IS(0, AF_UNIX)),
    WHEN(socket, IS(0, AF_NETLINK)),
    WHEN(socketpair, IS(0, AF_UNIX)),
    ANY(bind),
    ANY(listen),
    ANY(accept),
    ANY(accept4),
    ANY(connect),
    ANY(shutdown),
    ANY(getsockname),
    ANY(getpeername),
    ANY(getsockopt),
    ANY(setsockopt),
    ANY(sendto),
    ANY(sendmsg),
    ANY(sendmmsg),
    ANY(recvfrom),
    ANY(recvmsg),
    ANY(recvmmsg),

    /* Open files. Which paths is Landlock's business (files.c). */
    ANY(open),
    ANY(openat),
    ANY(close),
    ANY(dup),
    ANY(dup2),
    ANY(dup3),
    ANY(fcntl),
    ANY(read),
    ANY(write),
    ANY(readv),
    ANY(writev),
    ANY(pread64),
    ANY(pwrite64),
    ANY(preadv),
    ANY(pwritev),
    ANY(lseek),
    ANY(sendfile),
    ANY(fsync),
    ANY(fdatasync),
    ANY(ftruncate),
    ANY(fallocate),
    ANY(flock),
    ANY(fadvise64),
    ANY(fchmod),
    ANY(fchown), /* SQLite, as root: the log belongs to whom the database belongs to */

    /* Names: scripts are read, SQLite makes and removes its log, uploads come and go. */
    ANY(stat),
    ANY(lstat),
    ANY(fstat),
    ANY(newfstatat),
    ANY(statx),
    ANY(statfs),
    ANY(fstatfs),
    ANY(access),
    ANY(faccessat),
    ANY(faccessat2),
    ANY(getdents64),
    ANY(getcwd),
    ANY(readlink),
    ANY(readlinkat),
    ANY(umask),
    ANY(mkdir),
    ANY(mkdirat),
    ANY(rmdir),
    ANY(unlink),
    ANY(unlinkat),
    ANY(rename),
    ANY(renameat),
    ANY(renameat2),
    ANY(link),
    ANY(linkat),
    ANY(chmod),
    ANY(fchmodat),
    ANY(utimensat),
    ANY(truncate),

    /* About ourselves. */
    ANY(getuid),
    ANY(geteuid),
    ANY(getgid),
    ANY(getegid),
    ANY(getppid),
    ANY(uname),
    ANY(sysinfo),
    ANY(getrusage),
    ANY(getrlimit),
    ANY(setrlimit),
    WHEN(prlimit64, IS(0, 0)),
    WHEN(prctl, IS(0, PR_SET_NAME)),
    WHEN(prctl, IS(0, PR_GET_NAME)),
    WHEN(prctl, IS(0, PR_SET_VMA_NAME)),
    WHEN(prctl, IS(0, PR_GET_DUMPABLE)),

    /* Towards more walls: these can only take rights away. */
    ANY(seccomp),
    WHEN(prctl, IS(0, PR_SET_NO_NEW_PRIVS)),
    WHEN(prctl, IS(0, PR_GET_SECCOMP)),
};

const size_t calls_allowed_count = sizeof calls_allowed / sizeof *calls_allowed;

/* A parser computes, asks for memory, reads its input and writes its answer. */
const struct call calls_of_cell[] = {
    ANY(brk),
    ANY(munmap),
    ANY(mremap),
    ANY(madvise),
    WHEN(mmap, BITS(2, PROT_EXEC, 0)),
    WHEN(mprotect, BITS(2, PROT_EXEC, 0)),
    ANY(read),
    ANY(pread64),
    ANY(readv),
    ANY(write),
    ANY(writev),
    ANY(lseek),
    ANY(close),
    ANY(fstat),
    ANY(newfstatat), /* of what is open: nothing can be opened by name */
    ANY(exit),
    ANY(exit_group),
    ANY(futex),
    ANY(rt_sigreturn),
    ANY(rt_sigprocmask), /* abort() */
    ANY(getpid),
    ANY(gettid),
    ANY(rt_sigaction),
    ANY(clock_gettime),
    ANY(getrandom),
};

const size_t calls_of_cell_count = sizeof calls_of_cell / sizeof *calls_of_cell;
