/* The helper's own process and its supervisor. For helper/helper.c. */
#ifndef HELPER_HOUSE_H
#define HELPER_HOUSE_H

#include "helper/helper.h"

/* What the server sends with two descriptors: the file and where the answer goes. */
struct house_order {
    uint32_t magic;
    uint32_t job;
    int64_t argument;
};
#define HOUSE_MAGIC 0x617a6b31u

/* Takes orders from the socket until the server closes it. */
void house_supervise(int orders, const helper_job *jobs, size_t count) __attribute__((noreturn));

#endif
