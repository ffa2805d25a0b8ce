/* One writer for all errors that C answers, so that they look like those of
 * the scripts. Titles are for people, codes for programs. */
#include "net/problem.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "net/response.h"

/* "Not Found" -> "not_found" */
static void write_code(struct buf *out, const char *phrase)
{
    buf_char(out, '"');
    for (; *phrase; phrase++)
        buf_char(out, isalpha((unsigned char)*phrase) ? (char)tolower((unsigned char)*phrase) : '_');
    buf_char(out, '"');
}

void problem_write(struct buf *out, int status, const char *code, const char *detail)
{
    const char *title = response_phrase(status);
    buf_str(out, "{\"type\":\"about:blank\",\"title\":");
    buf_json(out, title, strlen(title));
    buf_fmt(out, ",\"status\":%d,\"code\":", status);
    if (code != NULL)
        buf_json(out, code, strlen(code));
    else
        write_code(out, title);
    if (detail != NULL) {
        buf_str(out, ",\"detail\":");
        buf_json(out, detail, strlen(detail));
    }
    buf_char(out, '}');
}
