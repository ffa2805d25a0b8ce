/* Any bytes as a file that a visitor sent: the decoders stay within memory,
 * and what they answer is an answer. The first byte says whether a small
 * picture is asked for. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sanitizer/allocator_interface.h>

#include "base/buf.h"
#include "helper/helper.h"
#include "helper/inspect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A cell ends after its job, so decoders free nothing; here that is made good
 * after each input. */
enum { BLOCKS = 4096 };
static const volatile void *block[BLOCKS];
static size_t blocks;
static bool watching;

static void on_malloc(const volatile void *p, size_t size)
{
    (void)size;
    if (!watching || p == NULL) return;
    if (blocks == BLOCKS) abort();
    block[blocks++] = p;
}

static void on_free(const volatile void *p)
{
    for (size_t i = blocks; watching && i-- > 0;)
        if (block[i] == p) {
            block[i] = block[--blocks];
            return;
        }
}

static void check(const uint8_t *data, size_t len, int64_t side, const struct buf *out)
{
    struct inspect_answer a;
    if (inspect_read(out->data, out->len, &a) != ERR_OK) abort();
    if (strcmp(a.type, inspect_type(data, len)) != 0 || out->len > HELPER_ANSWER_MAX) abort();
    bool image = strncmp(a.type, "image/", 6) == 0;
    if (image != (a.width > 0 && a.height > 0) || (a.picture_len > 0) != (image && side > 0)) abort();
    if (a.picture_len > 0 && (a.picture_len < 12 || memcmp(a.picture, "RIFF", 4) != 0)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static bool installed;
    struct buf out;
    if (!installed && __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free) == 0) abort();
    installed = true;
    if (len < 2) return 0;
    int64_t side = data[0] & 1 ? INSPECT_SIDE_MAX : 0;
    buf_init(&out);
    watching = true;
    int err = inspect_bytes(data + 1, len - 1, side, &out);
    watching = false;
    if (err == ERR_OK) check(data + 1, len - 1, side, &out);
    while (blocks > 0) free((void *)(uintptr_t)block[--blocks]); /* out's memory is among them */
    return 0;
}
