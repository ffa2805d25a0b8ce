/* See calls.h. A refused call is not an error return of the kernel but a
 * SIGSYS, whose handler notes the number and makes the call return EPERM: so
 * the log can name it. Where signals are blocked (glibc does that around the
 * start of a program) the process ends instead, which is as well: the server
 * starts none. */
#include "wall/calls.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <ucontext.h>
#include <unistd.h>

#define NUMBERS 1024 /* beyond all system calls there are; greater ones share the last bit */

#if defined(__x86_64__)
#define RESULT(u) ((u)->uc_mcontext.gregs[REG_RAX])
#define REFUSE SCMP_ACT_TRAP
#elif defined(__aarch64__)
#define RESULT(u) ((u)->uc_mcontext.regs[0])
#define REFUSE SCMP_ACT_TRAP
#else /* no log there, but the same wall */
static long nowhere;
#define RESULT(u) (*((void)(u), &nowhere))
#define REFUSE SCMP_ACT_ERRNO(EPERM)
#endif

static _Atomic uint64_t refused;
static _Atomic unsigned char seen[NUMBERS];

static void on_refused(int signo, siginfo_t *info, void *context)
{
    ucontext_t *u = context;
    (void)signo;
    int n = info->si_syscall;
    if (n < 0 || n >= NUMBERS) n = NUMBERS - 1;
    unsigned char none = 0;
    atomic_compare_exchange_strong(&seen[n], &none, 1); /* 2 stays: it was told */
    atomic_fetch_add(&refused, 1);
    RESULT(u) = -EPERM;
}

static int catch_refused(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_refused;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    return sigaction(SIGSYS, &action, NULL);
}

static int add(scmp_filter_ctx f, const struct call *calls, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct call *c = &calls[i];
        int err = seccomp_rule_add_array(f, SCMP_ACT_ALLOW, c->number, c->count, c->argument);
        if (err != 0 && err != -EDOM && err != -EEXIST) return -1; /* EDOM: not on this processor */
    }
    return 0;
}

/* Signals to our own threads only: between workers, and for abort(). */
static int add_own_signals(scmp_filter_ctx f)
{
    const struct scmp_arg_cmp ours = {0, SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0};
    if (calls_extra_count > 0) return 0;
    return seccomp_rule_add_array(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &ours);
}

/* All threads get it, or none. Sorted by likelihood, which the kernel's own
 * table of always allowed calls makes nearly free. */
static int load(scmp_filter_ctx f)
{
    int err = seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1);
    if (err == 0) (void)seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree; not in old versions */
    if (err == 0) err = seccomp_load(f);
    seccomp_release(f);
    return err == 0 ? 0 : -1;
}

int calls_restrict(void)
{
    scmp_filter_ctx f = seccomp_init(REFUSE);
    if (f == NULL) return -1;
    int err = catch_refused();
    if (err == 0) err = add(f, calls_allowed, calls_allowed_count);
    if (err == 0) err = add(f, calls_extra, calls_extra_count);
    if (err == 0) err = add_own_signals(f);
    if (err == 0) err = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (err == 0) return load(f);
    seccomp_release(f);
    return -1;
}

int calls_cell(void)
{
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (f == NULL) return -1;
    int err = add(f, calls_of_cell, calls_of_cell_count);
    if (err == 0) err = add_own_signals(f);
    if (err == 0) err = add(f, calls_extra, calls_extra_count);
    if (err == 0) return load(f);
    seccomp_release(f);
    return -1;
}

/* Local sockets fail without a report: the resolver asks for a cache daemon
 * that way first, and goes on without. */
int calls_seal(bool local_sockets)
{
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
    if (f == NULL) return -1;
    int err = seccomp_rule_add(f, REFUSE, SCMP_SYS(listen), 0);
    const struct scmp_arg_cmp local = {0, SCMP_CMP_EQ, AF_UNIX, 0};
    if (err == 0 && !local_sockets)
        err = seccomp_rule_add_array(f, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 1, &local);
    if (err == 0) return load(f);
    seccomp_release(f);
    return -1;
}

uint64_t calls_refused(void) { return atomic_load(&refused); }

char *calls_next_refused(int *at)
{
    while (*at < NUMBERS) {
        int n = (*at)++;
        unsigned char noted = 1;
        if (!atomic_compare_exchange_strong(&seen[n], &noted, 2)) continue; /* 2: told */
        char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, n);
        return name != NULL ? name : strdup("unknown");
    }
    return NULL;
}
