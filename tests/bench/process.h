/* What a process has used so far, from /proc. A process that is gone reads as 0. */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <stdint.h>

double process_cpu_seconds(int pid); /* user and system, all threads */
uint64_t process_rss_bytes(int pid); /* resident memory */

#endif
