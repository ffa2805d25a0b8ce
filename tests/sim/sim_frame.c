/* See sim_frame.h. */
#include "sim_frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool sim_frame_is(const char *frame, const char *type)
{
    char begin[40];
    int n = snprintf(begin, sizeof begin, "{\"type\":\"%s\"", type);
    return strncmp(frame, begin, (size_t)n) == 0;
}

static const char *value_of(const char *frame, const char *name)
{
    char mark[40];
    int n = snprintf(mark, sizeof mark, "\"%s\":", name);
    const char *at = strstr(frame, mark);
    return at != NULL ? at + n : NULL;
}

int64_t sim_frame_number(const char *frame, const char *name)
{
    const char *at = value_of(frame, name);
    return at != NULL ? strtoll(at, NULL, 10) : 0;
}

int64_t sim_frame_last_number(const char *frame, const char *name)
{
    int64_t number = 0;
    for (const char *at = frame; (at = value_of(at, name)) != NULL;) number = strtoll(at, NULL, 10);
    return number;
}

bool sim_frame_text(const char *frame, const char *name, char *out, size_t size)
{
    const char *at = value_of(frame, name);
    if (at == NULL || *at != '"') return false;
    const char *end = strchr(at + 1, '"');
    if (end == NULL || (size_t)(end - at) > size) return false;
    memcpy(out, at + 1, (size_t)(end - at - 1));
    out[end - at - 1] = '\0';
    return true;
}
