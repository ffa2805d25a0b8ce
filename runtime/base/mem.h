/* The host's allocator: out of memory aborts the process, because a server
 * that lost an allocation half-way through a turn cannot promise anything,
 * and a restart loses nothing acknowledged. Script memory never comes from
 * here (vm/alloc.c): a script that runs out kills one turn. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);            /* not zeroed; caller frees with mem_free */
void *mem_zalloc(size_t size);           /* zeroed */
void *mem_realloc(void *p, size_t size); /* takes p */
char *mem_strdup(const char *s);
void *mem_dup(const void *p, size_t len); /* copy, NUL-terminated one byte past len */
void mem_free(void *p);                   /* NULL is fine */

/* Whole pages from the system, zeroed: for what lives for hours. In the heap it
 * would lie between what lives for moments, and keep its neighbours' pages. */
void *mem_pages(size_t size);
void mem_pages_free(void *p, size_t size);

#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#endif
