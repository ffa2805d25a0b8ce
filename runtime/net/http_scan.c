/* A second, stricter look at the head of a request. The parser forgives what
 * two servers in a row may read differently: a blank before the colon, folded
 * lines, odd line ends. Here each is a refusal. Also the one place that counts
 * the bytes of a head. */
#include "net/http_scan.h"

#include "net/http.h"

#define MAX_REQUEST_LINE (HTTP_MAX_URL + 32) /* method, two blanks, version */
#define MAX_BLANK 4                          /* two empty lines before a request */

static enum http_scan_state refuse(int *status, const char **reason, int code, const char *text)
{
    *status = code;
    *reason = text;
    return SCAN_DONE;
}

static enum http_scan_state first_byte(unsigned char c, enum http_scan_state state, const char **reason)
{
    if (state == SCAN_BLANK && (c == '\r' || c == '\n')) return SCAN_BLANK;
    if (state == SCAN_START && c == '\r') return SCAN_LAST_LF;
    if (c == ' ' || c == '\t')
        *reason = state == SCAN_START ? "folded header line" : "blank before the method";
    if (c <= 0x1f || c >= 0x7f || c == ':') *reason = "bad byte at the start of a line";
    return state == SCAN_START ? SCAN_NAME : SCAN_REQUEST;
}

static enum http_scan_state step(struct http_scan *scan, unsigned char c, const char **reason)
{
    switch (scan->state) {
    case SCAN_BLANK:
    case SCAN_START: return first_byte(c, scan->state, reason);
    case SCAN_REQUEST:
        scan->request_line++;
        if (c == '\r') return SCAN_LF;
        if (c < 0x20 || c >= 0x7f) *reason = "bad byte in the request line";
        return SCAN_REQUEST;
    case SCAN_NAME:
        if (c == ':') return SCAN_VALUE;
        if (c <= 0x20 || c >= 0x7f) *reason = "bad byte in a header name";
        return SCAN_NAME;
    case SCAN_VALUE:
        if (c == '\r') return SCAN_LF;
        if ((c < 0x20 && c != '\t') || c == 0x7f) *reason = "control character in a header";
        return SCAN_VALUE;
    case SCAN_LF:
    case SCAN_LAST_LF:
        if (c != '\n') *reason = "CR without LF";
        return scan->state == SCAN_LF ? SCAN_START : SCAN_DONE;
    case SCAN_DONE: break;
    }
    return SCAN_DONE;
}

size_t http_scan_feed(struct http_scan *scan, const char *data, size_t len, int *status, const char **reason)
{
    size_t i = 0;
    const char *wrong = NULL;
    while (i < len && scan->state != SCAN_DONE) {
        scan->state = step(scan, (unsigned char)data[i++], &wrong);
        if (wrong != NULL)
            scan->state = refuse(status, reason, 400, wrong);
        else if (++scan->bytes > HTTP_MAX_HEAD)
            scan->state = refuse(status, reason, 431, "headers too large");
        else if (scan->request_line > MAX_REQUEST_LINE)
            scan->state = refuse(status, reason, 414, "request line too long");
        else if (scan->state == SCAN_BLANK && scan->bytes > MAX_BLANK)
            scan->state = refuse(status, reason, 400, "empty lines before the request");
    }
    return i;
}
