/* PNG by libpng's simplified interface: the size is known before any pixel. */
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "helper/image.h"

int image_read_png(const uint8_t *data, size_t len, uint32_t side, struct image *out)
{
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_memory(&image, data, len) || !image_fits(image.width, image.height))
        return -1;
    out->width = out->across = image.width;
    out->height = out->down = image.height;
    if (side == 0) return 0;
    image.format = PNG_FORMAT_RGBA;
    out->pixels = malloc(PNG_IMAGE_SIZE(image));
    return out->pixels != NULL && png_image_finish_read(&image, NULL, out->pixels, 0, NULL) ? 0 : -1;
}
