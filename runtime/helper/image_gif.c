/* GIF by giflib: its first picture, on a transparent screen. */
#include <gif_lib.h>
#include <stdlib.h>
#include <string.h>

#include "helper/image.h"

struct reader {
    const uint8_t *at;
    size_t left;
};

static int on_read(GifFileType *g, GifByteType *to, int n)
{
    struct reader *r = g->UserData;
    size_t some = (size_t)n < r->left ? (size_t)n : r->left;
    memcpy(to, r->at, some);
    r->at += some;
    r->left -= some;
    return (int)some;
}

/* -1 when there is none. */
static int transparent_of(const GifByteType *block)
{
    return block != NULL && block[0] >= 4 && (block[1] & 1) ? block[4] : -1;
}

static int seek_picture(GifFileType *g, int *transparent)
{
    GifRecordType kind;
    GifByteType *block;
    int code;
    for (;;) {
        if (DGifGetRecordType(g, &kind) == GIF_ERROR) return -1;
        if (kind == IMAGE_DESC_RECORD_TYPE) return DGifGetImageDesc(g) == GIF_ERROR ? -1 : 0;
        if (kind != EXTENSION_RECORD_TYPE || DGifGetExtension(g, &code, &block) == GIF_ERROR) return -1;
        if (code == GRAPHICS_EXT_FUNC_CODE) *transparent = transparent_of(block);
        while (block != NULL)
            if (DGifGetExtensionNext(g, &block) == GIF_ERROR) return -1;
    }
}

static void paint(struct image *out, const GifImageDesc *d, int y, const GifPixelType *line,
                  const ColorMapObject *map, int transparent)
{
    if (d->Top + y >= (int)out->down) return;
    for (int x = 0; x < d->Width && d->Left + x < (int)out->across; x++) {
        if (line[x] == transparent || line[x] >= map->ColorCount) continue;
        uint8_t *p = out->pixels + ((size_t)(d->Top + y) * out->across + (size_t)(d->Left + x)) * 4;
        const GifColorType c = map->Colors[line[x]];
        p[0] = c.Red, p[1] = c.Green, p[2] = c.Blue, p[3] = 255;
    }
}

static int decode(GifFileType *g, struct image *out, int transparent)
{
    static const int from[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};
    const GifImageDesc *d = &g->Image;
    const ColorMapObject *map = d->ColorMap != NULL ? d->ColorMap : g->SColorMap;
    if (map == NULL || d->Width <= 0 || d->Left < 0 || d->Top < 0) return -1;
    if (!image_fits((uint32_t)d->Width, (uint32_t)d->Height)) return -1;
    out->pixels = calloc((size_t)out->across * out->down, 4);
    GifPixelType *line = malloc((size_t)d->Width);
    if (out->pixels == NULL || line == NULL) return -1;
    for (int pass = 0; pass < (d->Interlace ? 4 : 1); pass++)
        for (int y = d->Interlace ? from[pass] : 0; y < d->Height; y += d->Interlace ? step[pass] : 1) {
            if (DGifGetLine(g, line, d->Width) == GIF_ERROR) return -1;
            paint(out, d, y, line, map, transparent);
        }
    return 0;
}

int image_read_gif(const uint8_t *data, size_t len, uint32_t side, struct image *out)
{
    struct reader r = {data, len};
    int error, transparent = -1;
    GifFileType *g = DGifOpen(&r, on_read, &error);
    if (g == NULL || g->SWidth <= 0 || g->SHeight <= 0) return -1;
    out->width = out->across = (uint32_t)g->SWidth;
    out->height = out->down = (uint32_t)g->SHeight;
    if (!image_fits(out->width, out->height)) return -1;
    if (side == 0) return 0;
    return seek_picture(g, &transparent) == 0 ? decode(g, out, transparent) : -1;
}
