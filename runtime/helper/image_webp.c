/* WebP by libwebp; of an animation the first picture. */
#include <webp/decode.h>
#include <webp/demux.h>

#include "helper/image.h"

static int read_animation(const WebPData *all, struct image *out)
{
    WebPAnimDecoder *decoder = WebPAnimDecoderNew(all, NULL); /* RGBA */
    int when;
    return decoder != NULL && WebPAnimDecoderGetNext(decoder, &out->pixels, &when) ? 0 : -1;
}

int image_read_webp(const uint8_t *data, size_t len, uint32_t side, struct image *out)
{
    WebPBitstreamFeatures f;
    const WebPData all = {data, len};
    int width, height;
    if (WebPGetFeatures(data, len, &f) != VP8_STATUS_OK || f.width <= 0 || f.height <= 0) return -1;
    out->width = out->across = (uint32_t)f.width;
    out->height = out->down = (uint32_t)f.height;
    if (!image_fits(out->width, out->height)) return -1;
    if (side == 0) return 0;
    if (f.has_animation) return read_animation(&all, out);
    out->pixels = WebPDecodeRGBA(data, len, &width, &height);
    return out->pixels != NULL ? 0 : -1;
}
