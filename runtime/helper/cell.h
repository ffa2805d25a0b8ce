/* One job in one process. For helper/house.c. */
#ifndef HELPER_CELL_H
#define HELPER_CELL_H

#include <stdint.h>
#include <sys/types.h>

#include "helper/helper.h"

/* Starts the process; the descriptors stay the caller's. -1: it could not be forked. */
pid_t cell_start(helper_job job, int64_t argument, int input, int answer);

#endif
