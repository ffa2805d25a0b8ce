/* Any bytes as an event stream: however they are cut, the same events come
 * out. The first byte of the input says how it is cut. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "out/sse_parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void on_event(void *ctx, const char *type, size_t type_len, const char *data, size_t data_len)
{
    struct buf *log = ctx;
    buf_fmt(log, "%zu:%zu:", type_len, data_len);
    buf_add(log, type, type_len);
    buf_add(log, data, data_len);
}

static int read_all(const char *s, size_t len, size_t piece, struct buf *log)
{
    struct sse_parser p;
    int err = ERR_OK;
    sse_parser_init(&p, on_event, log);
    for (size_t at = 0; at < len && err == ERR_OK; at += piece)
        err = sse_parser_feed(&p, s + at, len - at < piece ? len - at : piece);
    if (err == ERR_OK) err = sse_parser_end(&p);
    sse_parser_deinit(&p);
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct buf whole, cut;
    if (len == 0) return 0;
    buf_init(&whole);
    buf_init(&cut);
    int one = read_all((const char *)data + 1, len - 1, len, &whole);
    int other = read_all((const char *)data + 1, len - 1, data[0] % 17 + 1u, &cut);
    if (one != other) abort();
    if (one == ERR_OK &&
        (whole.len != cut.len || (whole.len > 0 && memcmp(whole.data, cut.data, whole.len) != 0)))
        abort();
    buf_deinit(&whole);
    buf_deinit(&cut);
    return 0;
}
