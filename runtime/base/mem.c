/* malloc that cannot fail; see mem.h for why. */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static void *check(void *p, size_t size)
{
    if (p == NULL && size != 0) {
        fprintf(stderr, "{\"level\":\"fatal\",\"msg\":\"out of memory\",\"bytes\":%zu}\n", size);
        abort();
    }
    return p;
}

void *mem_alloc(size_t size) { return check(malloc(size), size); }
void *mem_zalloc(size_t size) { return check(calloc(1, size), size); }
void *mem_realloc(void *p, size_t size) { return check(realloc(p, size), size); }
void mem_free(void *p) { free(p); }

void *mem_pages(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return check(p == MAP_FAILED ? NULL : p, size);
}

void mem_pages_free(void *p, size_t size) { munmap(p, size); }

void *mem_dup(const void *p, size_t len)
{
    char *copy = mem_alloc(len + 1);
    if (len != 0) memcpy(copy, p, len);
    copy[len] = '\0';
    return copy;
}

char *mem_strdup(const char *s) { return mem_dup(s, strlen(s)); }
