/* Keeps a flood of one tenant's log lines out of the server's log: so many
 * lines within a minute (vm/allowance.h), the rest is counted, and one line a
 * minute says how many were left out. */
#ifndef VM_LOG_QUOTA_H
#define VM_LOG_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

struct vm_state;

/* Embedded by value in vm/internal.h. */
struct log_quota {
    uint64_t minute;   /* of the monotonic clock */
    uint64_t told_ns;  /* when it was last said that lines were left out; 0: never */
    uint32_t lines;    /* of that minute */
    uint64_t left_out; /* and not told yet */
};

bool log_quota_admits(struct vm_state *s);    /* a line about this tenant: may it be written? */
void log_quota_leave_out(struct vm_state *s); /* one that another limit refused */
/* Says how many lines were left out, if that is due or, with `all`, if there
 * are any. Called about once a second. */
void log_quota_tell(struct vm_state *s, bool all);

#endif
