/* The judgements that the parser leaves to its server. Each rule is one small
 * function that returns a refusal; the first one counts. Nothing is repaired:
 * a request that two readers could understand differently is refused. */
#include "net/http_rules.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "net/handshake.h"

static const struct http_refusal fine = {0, NULL};

static struct http_refusal refuse(int status, const char *reason)
{
    return (struct http_refusal){status, reason};
}

static size_t count(const struct http_request *r, const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < r->header_count; i++) n += strcmp(r->headers[i].name, name) == 0;
    return n;
}

static struct http_refusal check_version(const struct http_request *r, const struct http_wire *wire)
{
    static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
    if (wire->major != 1 || wire->minor < 0 || wire->minor > 1)
        return refuse(505, "HTTP version not supported");
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (strcmp(r->method, methods[i]) == 0) return fine;
    return refuse(501, "method not supported");
}

/* uri-host [":" port]; a name, an IPv4 address or [IPv6]. No userinfo, no percent. */
static bool authority_valid(const char *s)
{
    const char *p = s;
    if (*p == '[') {
        size_t n = strspn(p + 1, "0123456789abcdefABCDEF:.");
        if (n < 2 || p[1 + n] != ']') return false;
        p += n + 2;
    } else {
        while (isalnum((unsigned char)*p) || *p == '.' || *p == '-' || *p == '_') p++;
        if (p == s || *s == '.') return false;
    }
    if (p - s > 255) return false;
    if (*p == '\0') return true;
    if (*p++ != ':') return false;
    size_t digits = strspn(p, "0123456789");
    if (digits == 0 || digits > 5 || p[digits] != '\0') return false;
    unsigned port = 0;
    for (; *p; p++) port = port * 10 + (unsigned)(*p - '0');
    return port >= 1 && port <= 65535;
}

static struct http_refusal check_host(const struct http_request *r, const struct http_wire *wire)
{
    size_t hosts = count(r, "host");
    if (hosts > 1) return refuse(400, "more than one Host");
    if (hosts == 0) return wire->minor == 0 ? fine : refuse(400, "Host is missing");
    return authority_valid(http_header(r, "host")) ? fine : refuse(400, "bad Host");
}

/* Absolute form: only our own authority, as Host has it. */
static char *strip_authority(const struct http_request *r, char *target)
{
    size_t scheme = strncasecmp(target, "http://", 7) == 0    ? 7
                    : strncasecmp(target, "https://", 8) == 0 ? 8
                                                              : 0;
    const char *host = http_header(r, "host");
    if (scheme == 0 || host == NULL) return NULL;
    size_t n = strlen(host);
    if (strncasecmp(target + scheme, host, n) != 0 || target[scheme + n] != '/') return NULL;
    return target + scheme + n;
}

static struct http_refusal check_target(struct http_request *r, char *target)
{
    if (strcmp(target, "*") == 0 && strcmp(r->method, "OPTIONS") == 0) {
        r->path = target;
        return fine;
    }
    if (target[0] != '/') target = strip_authority(r, target);
    if (target == NULL) return refuse(400, "bad request target");
    for (const char *p = target; *p; p++) {
        if (*p <= 0x20 || *p >= 0x7f || strchr("#\"<>\\^`{|}", *p) != NULL)
            return refuse(400, "bad byte in the target");
        if (*p != '%') continue;
        if (!isxdigit((unsigned char)p[1]) || !isxdigit((unsigned char)p[2]))
            return refuse(400, "bad percent escape");
        if (p[1] == '0' && p[2] == '0') return refuse(400, "NUL in the target");
    }
    r->path = target;
    char *question = strchr(target, '?');
    if (question != NULL) {
        *question = '\0';
        r->query = question + 1;
    }
    return fine;
}

static struct http_refusal check_body(const struct http_request *r, const struct http_wire *wire)
{
    size_t encodings = count(r, "transfer-encoding"), lengths = count(r, "content-length");
    if (encodings != 0) {
        if (encodings > 1 || lengths != 0) return refuse(400, "ambiguous body length");
        if (wire->minor == 0) return refuse(400, "Transfer-Encoding in HTTP/1.0");
        if (strcasecmp(http_header(r, "transfer-encoding"), "chunked") != 0)
            return refuse(501, "transfer coding not supported");
    }
    if (lengths > 1) return refuse(400, "more than one Content-Length");
    if (lengths == 1) {
        const char *value = http_header(r, "content-length");
        if (*value == '\0' || value[strspn(value, "0123456789")] != '\0')
            return refuse(400, "bad Content-Length");
    }
    const char *expect = http_header(r, "expect");
    if (expect != NULL && strcasecmp(expect, "100-continue") != 0) return refuse(417, "unknown expectation");
    return fine;
}

static struct http_refusal check_upgrade(struct http_request *r, const struct http_wire *wire)
{
    if (!http_has_token(r, "upgrade", "websocket")) return fine;
    if (wire->minor == 0) return refuse(400, "upgrade over HTTP/1.0");
    if (strcmp(r->method, "GET") != 0) return refuse(400, "upgrade needs GET");
    if (!http_has_token(r, "connection", "upgrade"))
        return refuse(400, "upgrade without Connection: upgrade");
    if (wire->chunked || wire->length != 0) return refuse(400, "upgrade with a body");
    const char *version = http_header(r, "sec-websocket-version"), *key = http_header(r, "sec-websocket-key");
    if (version == NULL || strcmp(version, "13") != 0 || count(r, "sec-websocket-version") != 1)
        return refuse(426, "Sec-WebSocket-Version must be 13");
    if (key == NULL || !handshake_key_valid(key) || count(r, "sec-websocket-key") != 1)
        return refuse(400, "bad Sec-WebSocket-Key");
    r->is_upgrade = true;
    return fine;
}

struct http_refusal http_rules_check(struct http_request *r, const struct http_wire *wire, char *target)
{
    struct http_refusal no = check_version(r, wire);
    if (no.status == 0) no = check_host(r, wire);
    if (no.status == 0) no = check_target(r, target);
    if (no.status == 0) no = check_body(r, wire);
    if (no.status == 0) no = check_upgrade(r, wire);
    return no;
}
