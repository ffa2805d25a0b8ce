/* See log_quota.h. */
#include "vm/log_quota.h"

#include "base/log.h"
#include "vm/internal.h"

#define MINUTE_NS 60000000000ull

static uint64_t now_ns(const struct vm_state *s) { return clock_mono_ns(s->config->clock); }

void log_quota_leave_out(struct vm_state *s)
{
    s->log.left_out++;
    s->limits[VM_LIMIT_LOG]++;
}

bool log_quota_admits(struct vm_state *s)
{
    if (s->allowed.log_lines == 0) return true;
    uint64_t minute = now_ns(s) / MINUTE_NS;
    if (minute != s->log.minute) {
        s->log.minute = minute;
        s->log.lines = 0;
    }
    if (s->log.lines >= s->allowed.log_lines) return log_quota_leave_out(s), false;
    s->log.lines++;
    return true;
}

void log_quota_tell(struct vm_state *s, bool all)
{
    struct log_quota *q = &s->log;
    if (q->left_out == 0) return;
    uint64_t now = now_ns(s);
    if (!all && q->told_ns != 0 && now - q->told_ns < MINUTE_NS) return;
    log_write(LOG_WARN, "a tenant writes too many log lines: the rest is left out",
              LOG_INT("tenant", s->tenant), LOG_INT("left_out", (int64_t)q->left_out));
    q->left_out = 0;
    q->told_ns = now;
}
