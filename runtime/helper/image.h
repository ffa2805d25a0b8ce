/* Images in memory: decoders that say the size before they decode, one
 * reducer, one encoder. For helper/inspect.c; runs in a cell only. */
#ifndef HELPER_IMAGE_H
#define HELPER_IMAGE_H

#include <stddef.h>
#include <stdint.h>

struct buf;

#define IMAGE_PIXELS_MAX (24u << 20) /* 96 MiB as RGBA: fits into a cell */
#define IMAGE_EDGE_MAX 20000u        /* either side */

struct image {
    uint32_t width, height; /* of the file; pixels may be a reduced version of it */
    uint32_t across, down;  /* of pixels */
    uint8_t *pixels;        /* RGBA, malloc'd; NULL when only the size was asked for */
};

/* 0, or -1: not such an image, or too large. side: a hint for decoders that
 * can reduce; 0 reads the size only. The process ends soon, so nothing is freed. */
int image_read_jpeg(const uint8_t *data, size_t len, uint32_t side, struct image *out);
int image_read_png(const uint8_t *data, size_t len, uint32_t side, struct image *out);
int image_read_webp(const uint8_t *data, size_t len, uint32_t side, struct image *out);
int image_read_gif(const uint8_t *data, size_t len, uint32_t side, struct image *out);

/* For decoders: may an image of this size be decoded? */
int image_fits(uint32_t width, uint32_t height);
/* Reduces so that no side is longer than side (never enlarges), appends it as WebP. */
int image_write_small(const struct image *i, uint32_t side, struct buf *out);

#endif
