/* See inspect.h. The name and the declared type of an upload are its sender's
 * words; here only bytes count. Types that nothing below knows are refused by
 * the scripts' list, so the table needs no completeness, only no mistakes. */
#include "helper/inspect.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "helper/image.h"

#define LOOK 4096 /* bytes of a text in which marks of HTML are searched */

static const struct {
    const char *type;
    size_t at, len;
    const char *bytes;
} magic[] = {
    {"image/jpeg", 0, 3, "\xff\xd8\xff"},
    {"image/png", 0, 8, "\x89PNG\r\n\x1a\n"},
    {"image/gif", 0, 6, "GIF87a"},
    {"image/gif", 0, 6, "GIF89a"},
    {"application/pdf", 0, 5, "%PDF-"},
    {"application/zip", 0, 4, "PK\x03\x04"}, /* Office documents, too: they are not opened */
    {"application/zip", 0, 4, "PK\x05\x06"},
    {"application/gzip", 0, 2, "\x1f\x8b"},
    {"application/x-ole", 0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"},
    {"audio/mpeg", 0, 3, "ID3"},
    {"audio/ogg", 0, 4, "OggS"},
    {"video/mp4", 4, 4, "ftyp"},
    {"video/webm", 0, 4, "\x1a\x45\xdf\xa3"},
    {"application/x-executable", 0, 4,
     "\x7f"
     "ELF"},
    {"application/x-executable", 0, 2, "MZ"},
    {"application/x-script", 0, 2, "#!"},
};

static bool contains(const char *text, size_t len, const char *mark)
{
    size_t n = strlen(mark);
    for (size_t i = 0; i + n <= len; i++)
        if (strncasecmp(text + i, mark, n) == 0) return true;
    return false;
}

/* A text in which a browser could see a document of its own is none of ours. */
static const char *type_of_text(const char *text, size_t len)
{
    static const char *const documents[] = {"<!doctype", "<html",   "<head", "<body", "<script",
                                            "<svg",      "<iframe", "<?xml", "<math", "<xsl",
                                            "<object",   "<embed",  "<meta", "<link"};
    size_t look = len < LOOK ? len : LOOK;
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        if (contains(text, look, documents[i])) return "text/html";
    return "text/plain";
}

static bool is_text(const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)data[i] < 0x20 && strchr("\t\n\r\f", data[i]) == NULL) return false;
    return len > 0 && memchr(data, '\0', len) == NULL && utf8_valid(data, len);
}

const char *inspect_type(const unsigned char *data, size_t len)
{
    for (size_t i = 0; i < sizeof magic / sizeof *magic; i++)
        if (len >= magic[i].at + magic[i].len &&
            memcmp(data + magic[i].at, magic[i].bytes, magic[i].len) == 0)
            return magic[i].type;
    if (len >= 12 && memcmp(data, "RIFF", 4) == 0 && memcmp(data + 8, "WEBP", 4) == 0) return "image/webp";
    if (is_text((const char *)data, len)) return type_of_text((const char *)data, len);
    return "application/octet-stream";
}

typedef int (*image_reader)(const uint8_t *data, size_t len, uint32_t side, struct image *out);

static image_reader reader_of(const char *type)
{
    return strcmp(type, "image/jpeg") == 0   ? image_read_jpeg
           : strcmp(type, "image/png") == 0  ? image_read_png
           : strcmp(type, "image/gif") == 0  ? image_read_gif
           : strcmp(type, "image/webp") == 0 ? image_read_webp
                                             : NULL;
}

int inspect_bytes(const unsigned char *data, size_t len, int64_t argument, struct buf *out)
{
    struct image image = {0};
    uint32_t side = argument > INSPECT_SIDE_MAX ? INSPECT_SIDE_MAX : (uint32_t)argument;
    const char *type = inspect_type(data, len);
    image_reader read = reader_of(type);
    if (read != NULL && read(data, len, side, &image) != 0) return ERR_INVALID;
    buf_fmt(out, "%s %u %u\n", type, image.width, image.height);
    if (read != NULL && side > 0 && image_write_small(&image, side, out) != 0) return ERR_INVALID;
    return ERR_OK;
}

int inspect(int fd, int64_t argument, struct buf *out)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || st.st_size <= 0) return ERR_INVALID;
    size_t len = (size_t)st.st_size;
    const unsigned char *data = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
    return data == MAP_FAILED ? ERR_INVALID : inspect_bytes(data, len, argument, out);
}

/* ---- reading an answer ---- */

/* Digits up to end; -1 when they are none or say more than a picture may have. */
static int number(const char **at, char end)
{
    int value = 0, digits = 0;
    for (; **at >= '0' && **at <= '9' && digits < 6; digits++) value = value * 10 + *(*at)++ - '0';
    if (digits == 0 || value > (int)IMAGE_EDGE_MAX || *(*at)++ != end) return -1;
    return value;
}

int inspect_read(const char *data, size_t len, struct inspect_answer *out)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789/.+-";
    char line[100];
    const char *end = memchr(data, '\n', len < sizeof line ? len : sizeof line - 1), *at = line;
    if (end == NULL) return ERR_INVALID;
    size_t n = (size_t)(end + 1 - data);
    memcpy(line, data, n);
    line[n] = '\0';
    size_t type_len = strspn(line, letters);
    if (type_len == 0 || type_len >= sizeof out->type || line[type_len] != ' ') return ERR_INVALID;
    memcpy(out->type, line, type_len);
    out->type[type_len] = '\0';
    at += type_len + 1;
    if ((out->width = number(&at, ' ')) < 0 || (out->height = number(&at, '\n')) < 0) return ERR_INVALID;
    out->picture = end + 1;
    out->picture_len = len - n;
    return ERR_OK;
}
