/* What a file is and its small picture; bombs are refused before they burst. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include <gif_lib.h>
#include <jpeglib.h>
#include <png.h>
#include <sys/mman.h>
#include <unistd.h>
#include <webp/decode.h>
#include <webp/encode.h>

#include "base/buf.h"
#include "base/err.h"
#include "helper/inspect.h"

/* A cell ends right after its job, so decoders free nothing. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "detect_leaks=0"; }

enum { ACROSS = 1000, DOWN = 500 };

static struct buf out;

static int look(const void *data, size_t len, int64_t side)
{
    int fd = memfd_create("file", 0);
    assert_int_equal(write(fd, data, len), (ssize_t)len);
    buf_reset(&out);
    int err = inspect(fd, side, &out);
    close(fd);
    return err;
}

static void expect(const char *line, uint8_t red, uint8_t green, uint8_t blue)
{
    size_t n = strlen(line);
    int across, down;
    assert_true(out.len > n);
    assert_memory_equal(out.data, line, n);
    uint8_t *pixels = WebPDecodeRGBA((const uint8_t *)out.data + n, out.len - n, &across, &down);
    assert_non_null(pixels);
    assert_int_equal(across, 320);
    assert_int_equal(down, 160);
    const uint8_t *p = pixels + (80 * 320 + 160) * 4;
    assert_in_range(p[0] + 20, red + 8, red + 32);
    assert_in_range(p[1] + 20, green + 8, green + 32);
    assert_in_range(p[2] + 20, blue + 8, blue + 32);
    free(pixels);
}

static uint8_t *plain(int samples)
{
    static const uint8_t colour[] = {200, 100, 50, 255};
    uint8_t *pixels = malloc((size_t)ACROSS * DOWN * (size_t)samples);
    for (int i = 0; i < ACROSS * DOWN; i++)
        memcpy(pixels + (size_t)i * (size_t)samples, colour, (size_t)samples);
    return pixels;
}

static void test_png(void **state)
{
    (void)state;
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = ACROSS, .height = DOWN, .format = PNG_FORMAT_RGBA};
    uint8_t *pixels = plain(4);
    static uint8_t file[1 << 20];
    png_alloc_size_t len = sizeof file;
    assert_true(png_image_write_to_memory(&image, file, &len, 0, pixels, 0, NULL));
    assert_int_equal(look(file, len, 320), ERR_OK);
    expect("image/png 1000 500\n", 200, 100, 50);
    assert_int_equal(look(file, len / 2, 320), ERR_INVALID);
    assert_int_equal(look(file, len, 0), ERR_OK);
    assert_int_equal(out.len, strlen("image/png 1000 500\n"));
    free(pixels);
}

static void test_jpeg(void **state)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    unsigned char *file = NULL;
    unsigned long len = 0;
    (void)state;
    uint8_t *pixels = plain(3);
    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &file, &len);
    c.image_width = ACROSS, c.image_height = DOWN, c.input_components = 3, c.in_color_space = JCS_RGB;
    jpeg_set_defaults(&c);
    jpeg_start_compress(&c, TRUE);
    while (c.next_scanline < DOWN) {
        JSAMPROW row = pixels + (size_t)c.next_scanline * ACROSS * 3;
        jpeg_write_scanlines(&c, &row, 1);
    }
    jpeg_finish_compress(&c);
    assert_int_equal(look(file, len, 320), ERR_OK);
    expect("image/jpeg 1000 500\n", 200, 100, 50);
    jpeg_destroy_compress(&c);
    free(file);
    free(pixels);
}

static void test_webp(void **state)
{
    uint8_t *file, *pixels = plain(4);
    (void)state;
    size_t len = WebPEncodeRGBA(pixels, ACROSS, DOWN, ACROSS * 4, 90, &file);
    assert_int_equal(look(file, len, 320), ERR_OK);
    expect("image/webp 1000 500\n", 200, 100, 50);
    WebPFree(file);
    free(pixels);
}

static int on_gif(GifFileType *g, const GifByteType *data, int len)
{
    return buf_add(g->UserData, data, (size_t)len), len;
}

static void test_gif(void **state)
{
    struct buf file;
    int error;
    (void)state;
    buf_init(&file);
    static const GifColorType colours[2] = {{0, 0, 0}, {200, 100, 50}};
    GifFileType *g = EGifOpen(&file, on_gif, &error);
    ColorMapObject *map = GifMakeMapObject(2, colours);
    assert_int_equal(EGifPutScreenDesc(g, ACROSS, DOWN, 1, 0, map), GIF_OK);
    assert_int_equal(EGifPutImageDesc(g, 0, 0, ACROSS, DOWN, true, NULL), GIF_OK); /* interlaced */
    GifPixelType line[ACROSS];
    memset(line, 1, sizeof line);
    for (int y = 0; y < DOWN; y++) assert_int_equal(EGifPutLine(g, line, ACROSS), GIF_OK);
    EGifCloseFile(g, &error);
    GifFreeMapObject(map);
    assert_int_equal(look(file.data, file.len, 320), ERR_OK);
    expect("image/gif 1000 500\n", 200, 100, 50);
    buf_deinit(&file);
}

static void big32(uint8_t *at, uint32_t v)
{
    at[0] = (uint8_t)(v >> 24), at[1] = (uint8_t)(v >> 16), at[2] = (uint8_t)(v >> 8), at[3] = (uint8_t)v;
}

static void test_bombs_are_refused_by_their_size(void **state)
{
    (void)state;
    uint8_t png[33] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";
    big32(png + 16, 60000), big32(png + 20, 60000);
    png[24] = 8, png[25] = 6;
    assert_int_equal(look(png, sizeof png, 320), ERR_INVALID);
    uint8_t gif[] = "GIF89a\xff\xff\xff\xff\0\0\0";
    assert_int_equal(look(gif, sizeof gif - 1, 320), ERR_INVALID);
}

static void test_types_are_told_by_bytes(void **state)
{
    static const struct {
        const char *bytes, *type;
    } cases[] = {
        {"%PDF-1.7\n...", "application/pdf"},
        {"PK\x03\x04...", "application/zip"},
        {"plain words, \xc3\xa4 too\r\n", "text/plain"},
        {"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "text/html"},
        {"  \n<!DOCTYPE html><script>", "text/html"},
        {"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x 'x'>]>", "text/html"},
        {"#!/bin/sh\n", "application/x-script"},
        {"MZ\x90", "application/x-executable"},
        {"\x01\x02\x03", "application/octet-stream"},
        {"bad \xff utf", "application/octet-stream"},
        {"RIFF\1\2\3\4WAVE", "application/octet-stream"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(inspect_type((const unsigned char *)cases[i].bytes, strlen(cases[i].bytes)),
                            cases[i].type);
    assert_int_equal(look("", 0, 320), ERR_INVALID);
}

static void test_an_answer_is_only_what_it_says(void **state)
{
    struct inspect_answer a;
    static const char *const bad[] = {
        "",
        "image/png 1 1",       /* no end */
        "image/png 1\n",       /* a number is missing */
        "image/png -1 1\n",    /* below nothing */
        "image/png 20001 1\n", /* more than a picture may have */
        "image/png 1 1 1\n",   /* one too many */
        "image/png  1 1\n",    /* two blanks */
        "Image 1 1\n",         /* letters that no type has */
        "text/html\" x=\"> 1 1\n",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1 1\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(inspect_read(bad[i], strlen(bad[i]), &a), ERR_INVALID);
    static const char good[] = "video/mp4 0 0\nrest\0";
    assert_int_equal(inspect_read(good, sizeof good - 1, &a), ERR_OK);
    assert_string_equal(a.type, "video/mp4");
    assert_int_equal(a.width + a.height, 0);
    assert_int_equal(a.picture_len, 5);
    assert_memory_equal(a.picture, "rest", 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_png),
        cmocka_unit_test(test_jpeg),
        cmocka_unit_test(test_webp),
        cmocka_unit_test(test_gif),
        cmocka_unit_test(test_bombs_are_refused_by_their_size),
        cmocka_unit_test(test_types_are_told_by_bytes),
        cmocka_unit_test(test_an_answer_is_only_what_it_says),
    };
    buf_init(&out);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    buf_deinit(&out);
    return failed;
}
