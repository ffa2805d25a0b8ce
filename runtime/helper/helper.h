/* A process beside the server that starts others for it: parsers of what
 * strangers send. It is forked from `serve` before the first thread, so a
 * parser holds nothing of the server's: no secret, no socket, no memory of a
 * tenant. Each job runs in a process of its own, a cell (helper/cell.c):
 *
 *   256 MiB of memory, 5 s of processor, 10 s of time, 2 MB of answer;
 *   of files only the one descriptor that it is given; no network; no programs
 *
 * At most HELPER_CELLS run at once, HELPER_WAITING wait, more are refused with
 * ERR_LIMIT. A supervisor starts the helper again when it dies. */
#ifndef HELPER_HELPER_H
#define HELPER_HELPER_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct buf;
struct helper;

#define HELPER_CELLS 2
#define HELPER_WAITING 64
#define HELPER_ANSWER_MAX (2u << 20)
#define HELPER_CELL_SECONDS 10
#define HELPER_WAIT_MS 30000 /* a caller waits so long, its turn in the queue included */

/* Runs in a cell. Reads fd, writes its answer to out (more than
 * HELPER_ANSWER_MAX is an error); may crash and hang as it likes. */
typedef int (*helper_job)(int fd, int64_t argument, struct buf *out);

/* Forks. On the main thread, before any other thread, the walls and the
 * opening of anything that a parser must not hold. jobs: kept by pointer. */
int helper_start(const helper_job *jobs, size_t count, struct helper **out) MUST_CHECK;
/* The helper ends by itself when this, or the server, is gone. */
void helper_stop(struct helper *h);

/* Hands a job over; never blocks; any thread. fd is borrowed. *answer is a
 * stream that the caller reads to its end (helper/ask.h does).
 * ERR_LIMIT: too much waits. ERR_UNAVAILABLE: there is no helper. */
int helper_send(struct helper *h, uint8_t job, int64_t argument, int fd, int *answer) MUST_CHECK;

/* What stands before an answer. One that ends early, or has none, came from a cell that died. */
struct helper_head {
    int32_t status; /* enum err of the job; ERR_LIMIT also from a helper whose queue is full */
    uint32_t len;
};

struct helper_stats {
    uint64_t sent, failed, refused; /* failed: the cell died or the job said no */
    int up;                         /* 0: no helper takes jobs */
};
void helper_stats(struct helper *h, struct helper_stats *out); /* h may be NULL */
void helper_count_failed(struct helper *h);                    /* for helper/ask.c */

#endif
