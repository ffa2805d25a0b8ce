/* Writes response heads. What a script hands over as a header is checked
 * before, so no value can begin a line of its own. */
#include "net/response.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

static const struct {
    int status;
    const char *phrase;
} known[] = {
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

const char *response_phrase(int status)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].status == status) return known[i].phrase;
    return "Status";
}

static bool is_token(const char *s)
{
    if (*s == '\0') return false;
    for (; *s; s++)
        if (!isalnum((unsigned char)*s) && strchr("!#$%&'*+-.^_`|~", *s) == NULL) return false;
    return true;
}

bool response_headers_valid(const struct http_header *headers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!is_token(headers[i].name)) return false;
        for (const unsigned char *p = (const unsigned char *)headers[i].value; *p; p++)
            if ((*p < 0x20 && *p != '\t') || *p == 0x7f) return false;
    }
    return true;
}

static bool decided_here(const char *name)
{
    static const char *const ours[] = {"content-length", "connection", "date", "transfer-encoding"};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (strcasecmp(name, ours[i]) == 0) return true;
    return false;
}

static void add(struct buf *out, const char *name, const char *value)
{
    buf_str(out, name);
    buf_add(out, ": ", 2);
    buf_str(out, value);
    buf_add(out, "\r\n", 2);
}

void response_head(struct buf *out, int status, const char *date, const char *connection, size_t length,
                   const struct http_header *headers, size_t n)
{
    buf_fmt(out, "HTTP/1.1 %d %s\r\n", status, response_phrase(status));
    add(out, "Date", date);
    if (connection != NULL) add(out, "Connection", connection);
    if (length != RESPONSE_NO_LENGTH) buf_fmt(out, "Content-Length: %zu\r\n", length);
    if (status != 101) add(out, "X-Content-Type-Options", "nosniff");
    for (size_t i = 0; i < n; i++)
        if (!decided_here(headers[i].name)) add(out, headers[i].name, headers[i].value);
    buf_add(out, "\r\n", 2);
}
