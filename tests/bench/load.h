/* One run of load: options in, figures out. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "histogram.h"

struct load_options {
    struct sockaddr_in to;
    const char *request;                                 /* the upgrade's head */
    const char *message, *expect, *hello, *hello_expect; /* templates: {id} {n}; hello may be NULL */
    uint32_t conns;
    double rate; /* messages a second in all; 0: closed loop */
    double seconds, warmup, settle, hold;
    bool idle, touch;
    int pid; /* of the server; 0: not measured */
};

struct load_result {
    uint32_t opened, failed;
    double open_seconds, window_seconds;
    uint64_t messages, unmatched, closed, unfinished;
    double server_cpu, load_cpu;                          /* seconds within the window */
    uint64_t rss_before, rss_open, rss_touched, rss_held; /* bytes; 0: not measured */
    struct histogram latency;
};

void load_run(const struct load_options *options, struct load_result *result);

#endif
