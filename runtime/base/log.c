/* JSON-line log; see log.h. Lines over 8 KiB are cut so that a huge error
 * text cannot flood the log. */
#include "base/log.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"

#define TEXT_MAX 2048

static _Atomic int least_level = LOG_INFO;
static void (*_Atomic redirect)(const char *, size_t);
static _Thread_local void (*captured)(const char *, size_t);

void log_set_level(enum log_level least) { atomic_store(&least_level, (int)least); }
void log_set_sink(void (*sink)(const char *, size_t)) { atomic_store(&redirect, sink); }
void log_capture(void (*sink)(const char *, size_t)) { captured = sink; }

static void add_field(struct buf *b, const struct log_field *f)
{
    buf_char(b, ',');
    buf_json(b, f->key, strlen(f->key));
    buf_char(b, ':');
    if (f->text == NULL) {
        buf_fmt(b, "%lld", (long long)f->number);
        return;
    }
    size_t n = f->len == SIZE_MAX ? strlen(f->text) : f->len;
    buf_json(b, f->text, n > TEXT_MAX ? TEXT_MAX : n);
}

void log_fields(enum log_level level, const char *msg, const struct log_field *fields, size_t count)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    if ((int)level < atomic_load_explicit(&least_level, memory_order_relaxed)) return;
    char at[CLOCK_RFC3339_LEN];
    struct clock *clock = clock_real();
    clock_rfc3339(clock_wall_ms(clock), at);
    struct buf b;
    buf_init(&b);
    buf_fmt(&b, "{\"ts\":\"%s\",\"level\":\"%s\",\"msg\":", at, names[level]);
    buf_json(&b, msg, strlen(msg));
    for (size_t i = 0; i < count; i++)
        if (fields[i].key != NULL) add_field(&b, &fields[i]);
    buf_str(&b, "}\n");
    void (*sink)(const char *, size_t) = captured != NULL ? captured : atomic_load(&redirect);
    if (sink != NULL)
        sink(b.data, b.len);
    else {
        ssize_t n = write(STDERR_FILENO, b.data, b.len);
        (void)n; /* nobody is left to tell */
    }
    buf_deinit(&b);
}
