/* The real clock, and RFC 3339 text without the C library's time zone lock. */
#include "base/clock.h"

#include <assert.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <time.h>

static int64_t real_wall(struct clock *c)
{
    (void)c;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static uint64_t nanoseconds(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t real_mono(struct clock *c)
{
    (void)c;
    return nanoseconds(CLOCK_MONOTONIC);
}

static void real_random(struct clock *c, void *out, size_t len)
{
    (void)c;
    int ok = RAND_bytes(out, (int)len);
    assert(ok == 1);
    (void)ok;
}

struct clock *clock_real(void)
{
    static struct clock real = {real_wall, real_mono, real_random};
    return &real;
}

uint64_t clock_thread_cpu_ns(void) { return nanoseconds(CLOCK_THREAD_CPUTIME_ID); }

static void two(char *out, int v)
{
    out[0] = (char)('0' + v / 10);
    out[1] = (char)('0' + v % 10);
}

/* Civil date from days since 1970: Howard Hinnant, "chrono-compatible
 * low-level date algorithms". Years 0 to 9999. */
void clock_rfc3339(int64_t wall_ms, char out[CLOCK_RFC3339_LEN])
{
    int64_t ms = wall_ms % 1000, s = wall_ms / 1000;
    if (ms < 0) ms += 1000, s--;
    int64_t days = s / 86400, rest = s % 86400;
    if (rest < 0) rest += 86400, days--;
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    int doe = (int)(z - era * 146097);
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int day = doy - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
    int64_t year = yoe + era * 400 + (month <= 2);
    if (year < 0 || year > 9999) year = 9999;
    two(out, (int)(year / 100)), two(out + 2, (int)(year % 100));
    out[4] = out[7] = '-';
    two(out + 5, month), two(out + 8, day);
    out[10] = 'T';
    two(out + 11, (int)(rest / 3600)), two(out + 14, (int)(rest / 60 % 60)), two(out + 17, (int)(rest % 60));
    out[13] = out[16] = ':';
    out[19] = '.';
    out[20] = (char)('0' + ms / 100);
    two(out + 21, (int)(ms % 100));
    out[23] = 'Z';
    out[24] = '\0';
}
