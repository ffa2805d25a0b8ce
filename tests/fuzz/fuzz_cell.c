/* Any bytes as what a cell writes, which a stranger's file may have taken
 * over: the asker is told once, and takes for an answer only what is one. The
 * first byte says where the bytes are cut. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helper/inspect.h"

/* The code under test stands here as text, so that its other side can be ours. */
#include "helper/ask.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { MOST = 60000 }; /* a pipe holds them */

static int writer;
static size_t failed;

int helper_send(struct helper *h, uint8_t job, int64_t argument, int fd, int *answer)
{
    int ends[2];
    (void)h, (void)job, (void)argument, (void)fd;
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) abort();
    *answer = ends[0];
    writer = ends[1];
    return ERR_OK;
}

void helper_count_failed(struct helper *h)
{
    (void)h;
    failed++;
}

struct told {
    int times, status;
    size_t len;
};

static void on_told(void *ctx, int status, const char *data, size_t len)
{
    struct told *t = ctx;
    struct inspect_answer a;
    t->times++;
    t->status = status;
    t->len = len;
    if (status != ERR_OK && (len != 0 || data[0] != '\0')) abort();
    if (inspect_read(data, len, &a) != ERR_OK) return;
    if (strlen(a.type) == 0 || strspn(a.type, "abcdefghijklmnopqrstuvwxyz0123456789/.+-") != strlen(a.type))
        abort();
    if (a.width < 0 || a.height < 0 || a.picture_len >= len || a.picture + a.picture_len != data + len)
        abort();
}

static void send_bytes(const uint8_t *data, size_t len)
{
    if (len > 0 && write(writer, data, len) != (ssize_t)len) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct helper_head head = {.status = -1};
    struct told told = {0};
    uv_loop_t loop;
    if (len < 1 || len > MOST) return 0;
    size_t n = len - 1, cut = n * data[0] / 255;
    if (uv_loop_init(&loop) != 0) abort();
    struct asks *asks = asks_new(&loop, (struct helper *)&loop);
    if (ask_send(asks, 0, 0, -1, on_told, &told) != ERR_OK) abort();
    send_bytes(data + 1, cut);
    uv_run(&loop, UV_RUN_NOWAIT);
    send_bytes(data + 1 + cut, n - cut);
    close(writer);
    while (told.times == 0) uv_run(&loop, UV_RUN_ONCE);
    asks_close(asks);
    uv_run(&loop, UV_RUN_DEFAULT);
    if (uv_loop_close(&loop) != 0 || told.times != 1) abort();
    if (n >= sizeof head) memcpy(&head, data + 1, sizeof head);
    bool answer = n >= sizeof head && head.status == ERR_OK && head.len == n - sizeof head;
    if ((told.status == ERR_OK) != answer || (answer && told.len != head.len)) abort();
    return 0;
}
