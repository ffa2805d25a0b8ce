/* See proxy.h. Networks are kept as IPv6 (IPv4 mapped), so that one compare
 * serves both and a dual-stack listener needs no second entry. */
#include "net/proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/address.h"
#include "net/http.h"

#define HOPS_MAX 32 /* entries of the header that are looked at */
#define ENTRY_MAX 80

struct network {
    uint8_t bytes[16];
    int bits;
};

struct proxies {
    size_t count;
    struct network network[PROXIES_MAX];
};

static void map_four(const uint8_t four[4], uint8_t out[16])
{
    memset(out, 0, 10);
    memset(out + 10, 0xff, 2);
    memcpy(out + 12, four, 4);
}

/* Sets *bits to that of a whole address of its family, within the mapped form. */
static bool read_address(const char *text, uint8_t out[16], int *offset)
{
    uint8_t four[4];
    *offset = 96;
    if (inet_pton(AF_INET, text, four) == 1) return map_four(four, out), true;
    *offset = 0;
    return inet_pton(AF_INET6, text, out) == 1;
}

static bool within(const struct network *n, const uint8_t bytes[16])
{
    int whole = n->bits / 8, rest = n->bits % 8;
    if (memcmp(n->bytes, bytes, (size_t)whole) != 0) return false;
    return rest == 0 || ((n->bytes[whole] ^ bytes[whole]) >> (8 - rest)) == 0;
}

static bool listed(const struct proxies *p, const uint8_t bytes[16])
{
    for (size_t i = 0; i < p->count; i++)
        if (within(&p->network[i], bytes)) return true;
    return false;
}

/* ---- the operator's list ---- */

static const char *read_network(char *entry, struct network *n)
{
    int offset;
    char *slash = strchr(entry, '/'), *end = NULL;
    if (slash != NULL) *slash = '\0';
    if (!read_address(entry, n->bytes, &offset)) return "an entry is no IP address";
    n->bits = 128;
    if (slash == NULL) return NULL;
    long bits = strtol(slash + 1, &end, 10);
    if (slash[1] < '0' || slash[1] > '9' || *end != '\0' || bits < 1 || bits > 128 - offset)
        return "the length of a network must be 1 to 32, or 1 to 128 for IPv6";
    n->bits = offset + (int)bits;
    return NULL;
}

int proxies_parse(const char *list, struct proxies **out, const char **why)
{
    *out = NULL;
    if (list == NULL || *list == '\0') return ERR_OK;
    struct proxies *p = mem_zalloc(sizeof *p);
    char *text = mem_strdup(list), *rest = text;
    *why = NULL;
    for (char *entry; *why == NULL && (entry = strtok_r(rest, ", ", &rest)) != NULL;) {
        if (p->count == PROXIES_MAX)
            *why = "more than 64 entries";
        else
            *why = read_network(entry, &p->network[p->count++]);
    }
    mem_free(text);
    if (*why == NULL && p->count == 0) *why = "it lists nothing";
    if (*why == NULL) return *out = p, ERR_OK;
    mem_free(p);
    return ERR_INVALID;
}

void proxies_free(struct proxies *p) { mem_free(p); }

bool proxies_trust(const struct proxies *p, const struct sockaddr *peer)
{
    uint8_t bytes[16];
    if (p == NULL) return false;
    if (peer->sa_family == AF_INET)
        map_four((const uint8_t *)&((const struct sockaddr_in *)(const void *)peer)->sin_addr, bytes);
    else if (peer->sa_family == AF_INET6)
        memcpy(bytes, &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr, sizeof bytes);
    else
        return false;
    return listed(p, bytes);
}

/* ---- a request's header ---- */

/* "203.0.113.7", "203.0.113.7:4711", "2001:db8::7", "[2001:db8::7]:4711" */
static bool read_entry(const char *from, const char *to, uint8_t out[16])
{
    char text[ENTRY_MAX];
    int offset;
    while (from < to && (*from == ' ' || *from == '\t')) from++;
    while (to > from && (to[-1] == ' ' || to[-1] == '\t')) to--;
    if (to - from >= ENTRY_MAX) return false;
    memcpy(text, from, (size_t)(to - from));
    text[to - from] = '\0';
    char *at = text, *colon = strchr(text, ':');
    if (*at == '[') {
        char *bracket = strchr(++at, ']');
        if (bracket == NULL) return false;
        *bracket = '\0';
    } else if (colon != NULL && strchr(colon + 1, ':') == NULL) {
        *colon = '\0';
    }
    return read_address(at, out, &offset);
}

static void cut(const uint8_t bytes[16], struct address_key *out)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    memcpy(&six.sin6_addr, bytes, 16);
    address_cut((const struct sockaddr *)&six, out);
}

/* Reads one header line from its right end. true: *out is decided, or the
 * search is over with an entry that is no address. */
static bool read_line(const struct proxies *p, const char *value, struct address_key *out, bool *found,
                      int *hops)
{
    uint8_t bytes[16];
    for (const char *to = value + strlen(value); (*hops)++ < HOPS_MAX;) {
        const char *from = to;
        while (from > value && from[-1] != ',') from--;
        if (!read_entry(from, to, bytes)) return true;
        cut(bytes, out);
        *found = true;
        if (!listed(p, bytes)) return true;
        if (from == value) return false; /* all of them proxies of ours: the line above goes on */
        to = from - 1;
    }
    return true;
}

bool proxies_client(const struct proxies *p, const struct http_request *r, struct address_key *out)
{
    bool found = false;
    int hops = 0;
    for (size_t i = r->header_count; i > 0; i--) {
        const struct http_header *h = &r->headers[i - 1];
        if (strcmp(h->name, "x-forwarded-for") == 0 && read_line(p, h->value, out, &found, &hops)) break;
    }
    return found;
}
