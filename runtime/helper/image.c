/* See image.h. */
#include "helper/image.h"

#include <stdlib.h>
#include <webp/encode.h>

#include "base/buf.h"

#define QUALITY 78.0f

int image_fits(uint32_t width, uint32_t height)
{
    return width > 0 && height > 0 && width <= IMAGE_EDGE_MAX && height <= IMAGE_EDGE_MAX &&
           (uint64_t)width * height <= IMAGE_PIXELS_MAX;
}

/* Mean of the box of pixels that one small pixel stands for. Colours count by
 * their opacity, or the colour of what is invisible would shine through. */
static void mean(const struct image *i, uint32_t x0, uint32_t x1, uint32_t y0, uint32_t y1, uint8_t *out)
{
    uint64_t sum[4] = {0}, n = (uint64_t)(x1 - x0) * (y1 - y0);
    for (uint32_t y = y0; y < y1; y++)
        for (uint32_t x = x0; x < x1; x++) {
            const uint8_t *p = i->pixels + ((size_t)y * i->across + x) * 4;
            for (int k = 0; k < 3; k++) sum[k] += (uint64_t)p[k] * p[3];
            sum[3] += p[3];
        }
    for (int k = 0; k < 3; k++) out[k] = sum[3] ? (uint8_t)(sum[k] / sum[3]) : 0;
    out[3] = (uint8_t)(sum[3] / n);
}

static uint8_t *reduce(const struct image *i, uint32_t across, uint32_t down)
{
    uint8_t *small = malloc((size_t)across * down * 4);
    for (uint32_t y = 0; small != NULL && y < down; y++)
        for (uint32_t x = 0; x < across; x++) {
            uint32_t x0 = (uint32_t)((uint64_t)x * i->across / across),
                     y0 = (uint32_t)((uint64_t)y * i->down / down);
            uint32_t x1 = (uint32_t)((uint64_t)(x + 1) * i->across / across);
            uint32_t y1 = (uint32_t)((uint64_t)(y + 1) * i->down / down);
            mean(i, x0, x1 > x0 ? x1 : x0 + 1, y0, y1 > y0 ? y1 : y0 + 1,
                 small + ((size_t)y * across + x) * 4);
        }
    return small;
}

int image_write_small(const struct image *i, uint32_t side, struct buf *out)
{
    uint32_t across = i->across, down = i->down, longest = across > down ? across : down;
    uint8_t *pixels = i->pixels, *coded = NULL;
    if (longest > side) {
        across = (uint32_t)((uint64_t)across * side / longest);
        down = (uint32_t)((uint64_t)down * side / longest);
        if (across == 0) across = 1;
        if (down == 0) down = 1;
        pixels = reduce(i, across, down);
    }
    if (pixels == NULL) return -1;
    size_t n = WebPEncodeRGBA(pixels, (int)across, (int)down, (int)across * 4, QUALITY, &coded);
    if (n == 0) return -1;
    buf_add(out, coded, n);
    return 0;
}
