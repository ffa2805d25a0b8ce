/* Any bytes as frames. However they are cut, the same messages come out, none
 * over its limit, all text UTF-8. The first byte of the input says how it is cut. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "net/websocket.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct ws_limits limits = {400, 1000, 4, true, true};

static void require(bool fine)
{
    if (!fine) abort();
}

static void check(const struct ws_event *e, struct buf *log)
{
    bool control = e->opcode >= WS_CLOSE;
    require(e->len <= (control ? 125u : limits.max_message));
    if (e->opcode == WS_TEXT || e->opcode == WS_CLOSE) require(utf8_valid(e->data, e->len));
    if (e->opcode == WS_CLOSE) require(e->code == 1005 || ws_close_code_valid(e->code));
    buf_fmt(log, "%d:%zu:", (int)e->opcode, e->len);
    buf_add(log, e->data, e->len);
}

static void read_all(const uint8_t *data, size_t len, size_t piece, struct buf *log)
{
    struct ws_partial *partial = NULL;
    enum ws_result r = WS_MORE;
    for (size_t at = 0; at < len && r == WS_MORE;) {
        size_t n = piece < len - at ? piece : len - at;
        char *copy = mem_dup(data + at, n), *next = copy;
        at += n;
        do {
            struct ws_event e = {0};
            r = ws_next(&partial, &limits, &next, &n, &e);
            if (r == WS_MESSAGE) check(&e, log);
            if (r == WS_BROKEN) {
                require(ws_close_code_valid(e.code) && e.reason != NULL);
                buf_fmt(log, "!%u", e.code);
            }
        } while (r == WS_MESSAGE);
        if (r == WS_MORE) require(n == 0);
        mem_free(copy);
    }
    ws_partial_free(partial);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len < 2) return 0;
    struct buf whole, cut;
    buf_init(&whole), buf_init(&cut);
    read_all(data + 1, len - 1, len, &whole);
    read_all(data + 1, len - 1, data[0] % 32u + 1, &cut);
    require(whole.len == cut.len && (whole.len == 0 || memcmp(whole.data, cut.data, whole.len) == 0));
    buf_deinit(&whole), buf_deinit(&cut);
    return 0;
}
