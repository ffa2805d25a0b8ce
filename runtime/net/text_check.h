/* UTF-8 validity of text that is still arriving. */
#ifndef NET_TEXT_CHECK_H
#define NET_TEXT_CHECK_H

#include <stdbool.h>
#include <stddef.h>

/* Checks data[*checked..len) and moves *checked on. A character cut by the end
 * waits for its rest when that can still come, unless `end`: then text must be
 * whole. False: no continuation makes it valid. */
bool text_check(const char *data, size_t len, size_t *checked, bool end);

#endif
