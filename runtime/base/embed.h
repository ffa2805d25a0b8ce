/* Files that the build put into the binary (cmake/embed.cmake). */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include <stddef.h>

struct embedded_file {
    const char *name; /* path relative to the embedded folder; NULL ends the table */
    const char *data; /* a NUL follows the last byte */
    const char *end;
};

#endif
