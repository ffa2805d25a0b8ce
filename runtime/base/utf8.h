/* UTF-8 validity, RFC 3629: no surrogates, no overlong forms, at most U+10FFFF. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Length of the valid sequence at s (1 to 4), 0 when it is not one. */
size_t utf8_next(const char *s, size_t n);
bool utf8_valid(const char *s, size_t n);

#endif
