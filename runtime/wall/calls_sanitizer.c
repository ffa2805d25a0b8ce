/* What AddressSanitizer and its like call in our name: the search for leaks
 * at the end starts a process that stops and reads all threads, and reports
 * may start a symbolizer. Only for builds that test. */
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

const struct call calls_extra[] = {
    ANY(clone),
    ANY(fork),
    ANY(vfork),
    ANY(ptrace),
    ANY(wait4),
    ANY(waitid),
    ANY(prctl),
    ANY(kill),
    ANY(tgkill),
    ANY(mmap),
    ANY(mprotect),
    ANY(ioctl),
    ANY(arch_prctl),
    ANY(execve),
    ANY(process_vm_readv),
    ANY(mincore),
    ANY(sched_setaffinity),
    ANY(setitimer),
    ANY(personality),
    ANY(msync),
    ANY(getpgrp),
    ANY(get_robust_list),
    ANY(pkey_alloc),
    ANY(tkill),
    ANY(shmctl),
    ANY(times),
    ANY(getdents),
    ANY(sched_yield),
    ANY(sigaltstack),
    ANY(readlink),
    ANY(open),
    ANY(openat),
    ANY(getrlimit),
    ANY(prlimit64),
    ANY(gettimeofday),
    ANY(nanosleep),
    ANY(set_robust_list),
};
const size_t calls_extra_count = sizeof calls_extra / sizeof *calls_extra;
