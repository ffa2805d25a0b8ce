/* JPEG by libjpeg, which reduces by up to 8 while it decodes. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "helper/image.h"

struct failure {
    struct jpeg_error_mgr manager;
    jmp_buf away;
};

static void on_error(j_common_ptr c) { longjmp(((struct failure *)(void *)c->err)->away, 1); }
static void on_message(j_common_ptr c) { (void)c; }

static void scale(struct jpeg_decompress_struct *d, uint32_t side)
{
    uint32_t longest = d->image_width > d->image_height ? d->image_width : d->image_height;
    d->scale_num = 1;
    for (d->scale_denom = 8; d->scale_denom > 1 && longest / d->scale_denom < side; d->scale_denom /= 2)
        continue;
}

/* Warnings of a damaged file are no error: visitors' cameras make such. */
static int decode(struct jpeg_decompress_struct *d, struct image *out)
{
    jpeg_start_decompress(d);
    out->across = d->output_width;
    out->down = d->output_height;
    out->pixels = malloc((size_t)out->across * out->down * 4);
    uint8_t *line = malloc((size_t)out->across * 3);
    if (out->pixels == NULL || line == NULL || d->output_components != 3) return -1;
    while (d->output_scanline < d->output_height) {
        uint8_t *to = out->pixels + (size_t)d->output_scanline * out->across * 4;
        JSAMPROW row = line;
        jpeg_read_scanlines(d, &row, 1);
        for (uint32_t x = 0; x < out->across; x++) {
            memcpy(to + (size_t)x * 4, line + (size_t)x * 3, 3);
            to[(size_t)x * 4 + 3] = 255;
        }
    }
    return 0;
}

int image_read_jpeg(const uint8_t *data, size_t len, uint32_t side, struct image *out)
{
    struct jpeg_decompress_struct d;
    struct failure failure;
    d.err = jpeg_std_error(&failure.manager);
    failure.manager.error_exit = on_error;
    failure.manager.output_message = on_message;
    if (setjmp(failure.away) != 0) return -1;
    jpeg_create_decompress(&d);
    jpeg_mem_src(&d, data, len);
    if (jpeg_read_header(&d, TRUE) != JPEG_HEADER_OK || !image_fits(d.image_width, d.image_height)) return -1;
    out->width = d.image_width;
    out->height = d.image_height;
    if (side == 0) return 0;
    if (d.jpeg_color_space == JCS_CMYK || d.jpeg_color_space == JCS_YCCK)
        return -1; /* prints, not photographs */
    d.out_color_space = JCS_RGB;
    scale(&d, side);
    return decode(&d, out);
}
