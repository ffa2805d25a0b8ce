/* UTF-8 piece by piece: whole characters go through base/utf8.c, a cut one at
 * the end is judged by whether anything could complete it. So a bad byte is
 * seen in the piece that brings it, however the text is cut. */
#include "net/text_check.h"

#include <string.h>

#include "base/utf8.h"

/* s: 1 to 3 bytes. One of the two extreme continuations completes every
 * prefix that has any completion (e0 wants high ones, ed and f4 low ones). */
static bool may_become_char(const char *s, size_t n)
{
    char low[4], high[4];
    memset(low, 0x80, 4);
    memset(high, 0xbf, 4);
    memcpy(low, s, n);
    memcpy(high, s, n);
    return utf8_next(low, 4) > n || utf8_next(high, 4) > n;
}

/* Where the last character begins if it is cut, else len. */
static size_t cut_at(const char *data, size_t from, size_t len)
{
    for (size_t back = 1; back <= 3 && back <= len - from; back++) {
        unsigned char c = (unsigned char)data[len - back];
        if (c < 0x80) break;
        if (c < 0xc0) continue;
        size_t need = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        return need > back ? len - back : len;
    }
    return len;
}

bool text_check(const char *data, size_t len, size_t *checked, bool end)
{
    size_t cut = end ? len : cut_at(data, *checked, len);
    if (!utf8_valid(data + *checked, cut - *checked)) return false;
    *checked = cut;
    return cut == len || may_become_char(data + cut, len - cut);
}
