/* See guard.h. Everything is refused that is not known to be public: for
 * IPv4 a list of special ranges, for IPv6 the one range that is handed out
 * less its special parts. An IPv4 address inside an IPv6 one is looked at as
 * what it is. */
#include "out/guard.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct range4 {
    uint32_t base;
    int bits;
};

/* The special-purpose registry, with multicast and the reserved rest. Cloud
 * metadata is in here: 169.254.169.254, 100.100.100.200, 192.0.0.192. */
static const struct range4 special4[] = {
    {0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},  {0xa9fe0000, 16},
    {0xac100000, 12}, {0xc0000000, 24}, {0xc0000200, 24}, {0xc0586300, 24}, {0xc0a80000, 16},
    {0xc6120000, 15}, {0xc6336400, 24}, {0xcb007100, 24}, {0xe0000000, 4},  {0xf0000000, 4},
};

static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

void guard_init(struct guard *g)
{
    static const uint16_t ports[] = {80, 443, 8080, 8443};
    memset(g, 0, sizeof *g);
    memcpy(g->port, ports, sizeof ports);
    g->ports = sizeof ports / sizeof *ports;
}

/* ---- own addresses and ports ---- */

static void add_own(struct guard *g, const unsigned char address[16])
{
    for (size_t i = 0; i < g->owned; i++)
        if (memcmp(g->own[i], address, 16) == 0) return;
    if (g->owned < GUARD_OWN_MAX) memcpy(g->own[g->owned++], address, 16);
}

/* The 16 bytes under which an address is compared; false for other families. */
static bool unify(const struct sockaddr *address, unsigned char out[16])
{
    if (address->sa_family == AF_INET) {
        memcpy(out, mapped, sizeof mapped);
        memcpy(out + 12, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
        return true;
    }
    if (address->sa_family != AF_INET6) return false;
    memcpy(out, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
    return true;
}

static const char *next_word(const char *at, char *out, size_t out_len)
{
    size_t n = 0;
    while (*at == ',' || isspace((unsigned char)*at)) at++;
    for (; *at != '\0' && *at != ',' && !isspace((unsigned char)*at); at++)
        if (n + 1 < out_len) out[n++] = *at;
    out[n] = '\0';
    return at;
}

int guard_add_own(struct guard *g, const char *list)
{
    char word[64];
    while (list = next_word(list, word, sizeof word), word[0] != '\0') {
        unsigned char address[16];
        memcpy(address, mapped, sizeof mapped);
        if (inet_pton(AF_INET, word, address + 12) != 1 && inet_pton(AF_INET6, word, address) != 1)
            return ERR_INVALID;
        if (g->owned == GUARD_OWN_MAX) return ERR_LIMIT;
        add_own(g, address);
    }
    return ERR_OK;
}

void guard_add_interfaces(struct guard *g)
{
    struct ifaddrs *all = NULL;
    unsigned char address[16];
    if (getifaddrs(&all) != 0) return;
    for (struct ifaddrs *i = all; i != NULL; i = i->ifa_next)
        if (i->ifa_addr != NULL && unify(i->ifa_addr, address)) add_own(g, address);
    freeifaddrs(all);
}

int guard_set_ports(struct guard *g, const char *list)
{
    char word[16], *end;
    g->ports = 0;
    while (list = next_word(list, word, sizeof word), word[0] != '\0') {
        long n = strtol(word, &end, 10);
        if (*end != '\0' || n < 1 || n > 65535) return ERR_INVALID;
        if (g->ports == GUARD_PORTS_MAX) return ERR_LIMIT;
        g->port[g->ports++] = (uint16_t)n;
    }
    return g->ports > 0 ? ERR_OK : ERR_INVALID;
}

/* ---- addresses ---- */

static bool is_loopback(const unsigned char a[16])
{
    static const unsigned char one[16] = {[15] = 1};
    return memcmp(a, one, 16) == 0 || (memcmp(a, mapped, 12) == 0 && a[12] == 127);
}

static bool is_public4(const unsigned char a[4])
{
    uint32_t n = (uint32_t)a[0] << 24 | (uint32_t)a[1] << 16 | (uint32_t)a[2] << 8 | a[3];
    for (size_t i = 0; i < sizeof special4 / sizeof *special4; i++)
        if (((n ^ special4[i].base) & (0xffffffffu << (32 - special4[i].bits))) == 0) return false;
    return true;
}

/* Of 2000::/3: not 2001::/23 (Teredo, ORCHID), documentation, 6to4, 3fff::/20. */
static bool is_public6(const unsigned char a[16])
{
    if ((a[0] & 0xe0) != 0x20) return false;
    if (a[0] == 0x20 && a[1] == 0x01 && (a[2] & 0xfe) == 0) return false;
    if (a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0d && a[3] == 0xb8) return false;
    if (a[0] == 0x20 && a[1] == 0x02) return false;
    return !(a[0] == 0x3f && a[1] == 0xff && (a[2] & 0xf0) == 0);
}

static bool is_own(const struct guard *g, const unsigned char a[16])
{
    for (size_t i = 0; i < g->owned; i++)
        if (memcmp(g->own[i], a, 16) == 0) return true;
    return false;
}

static bool port_listed(const struct guard *g, uint16_t port)
{
    for (size_t i = 0; i < g->ports; i++)
        if (g->port[i] == port) return true;
    return false;
}

static uint16_t port_of(const struct sockaddr *address)
{
    return ntohs(address->sa_family == AF_INET
                     ? ((const struct sockaddr_in *)(const void *)address)->sin_port
                     : ((const struct sockaddr_in6 *)(const void *)address)->sin6_port);
}

int guard_address(const struct guard *g, const struct sockaddr *address)
{
    unsigned char a[16];
    if (!unify(address, a)) return ERR_DENIED;
    if (g->loopback && is_loopback(a)) return ERR_OK;
    bool is_public = memcmp(a, mapped, 12) == 0 ? is_public4(a + 12) : is_public6(a);
    return is_public && !is_own(g, a) && port_listed(g, port_of(address)) ? ERR_OK : ERR_DENIED;
}

/* ---- URLs ---- */

struct parts {
    const char *host;
    size_t host_len;
    long port;
    bool plain, bracketed;
};

static const char *split(const char *url, size_t len, struct parts *p)
{
    size_t scheme = 0;
    if (len >= 8 && strncasecmp(url, "https://", 8) == 0) scheme = 8;
    if (len >= 7 && strncasecmp(url, "http://", 7) == 0) scheme = 7;
    if (scheme == 0) return "the address must begin with https://";
    p->plain = scheme == 7;
    p->port = p->plain ? 80 : 443;
    const char *at = url + scheme, *end = url + len;
    const char *stop = at;
    while (stop < end && *stop != '/' && *stop != '?' && *stop != '#') stop++;
    if (memchr(at, '@', (size_t)(stop - at)) != NULL) return "the address may not contain a user name";
    p->bracketed = at < stop && *at == '[';
    const char *host_end = p->bracketed ? memchr(at, ']', (size_t)(stop - at)) : at;
    if (host_end == NULL) return "the host is not well-formed";
    while (!p->bracketed && host_end < stop && *host_end != ':') host_end++;
    p->host = p->bracketed ? at + 1 : at;
    p->host_len = (size_t)(host_end - p->host);
    const char *colon = p->bracketed ? host_end + 1 : host_end;
    if (colon == stop) return NULL;
    if (*colon != ':' || stop - colon > 6 || stop - colon < 2) return "the port is not well-formed";
    p->port = 0;
    for (const char *c = colon + 1; c < stop; c++) {
        if (!isdigit((unsigned char)*c)) return "the port is not well-formed";
        p->port = p->port * 10 + (*c - '0');
    }
    return p->port >= 1 && p->port <= 65535 ? NULL : "the port is not well-formed";
}

/* A host whose last label looks like a number is read as an address by some
 * resolver or other ("0x7f.1", "2130706433", "127.1"); only four plain
 * decimal numbers are one here. */
static bool looks_numeric(const char *host)
{
    const char *last = strrchr(host, '.');
    last = last != NULL ? last + 1 : host;
    if (last[0] == '0' && (last[1] == 'x' || last[1] == 'X')) return true;
    return last[0] != '\0' && strspn(last, "0123456789") == strlen(last);
}

static bool ends_with(const char *host, const char *suffix)
{
    size_t n = strlen(host), m = strlen(suffix);
    return n >= m && strcasecmp(host + n - m, suffix) == 0 && (n == m || host[n - m - 1] == '.');
}

static const char *check_host(const struct guard *g, const struct parts *p)
{
    static const char *const inside[] = {"localhost",   "local",     "internal",
                                         "localdomain", "home.arpa", "onion"};
    char host[256];
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)p->port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)p->port)};
    if (p->host_len == 0 || p->host_len >= sizeof host - 1) return "the host is not well-formed";
    memcpy(host, p->host, p->host_len);
    host[p->host_len] = '\0';
    if (p->bracketed) {
        if (inet_pton(AF_INET6, host, &v6.sin6_addr) != 1) return "the host is not well-formed";
        return guard_address(g, (struct sockaddr *)&v6) == ERR_OK ? NULL : "this address may not be called";
    }
    if (strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") != p->host_len ||
        host[0] == '.' || strstr(host, "..") != NULL)
        return "the host is not well-formed";
    if (host[p->host_len - 1] == '.') host[p->host_len - 1] = '\0';
    if (looks_numeric(host)) {
        if (inet_pton(AF_INET, host, &v4.sin_addr) != 1) return "the host is not well-formed";
        return guard_address(g, (struct sockaddr *)&v4) == ERR_OK ? NULL : "this address may not be called";
    }
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
        if (ends_with(host, inside[i]) && !(g->loopback && i == 0)) return "this address may not be called";
    return NULL;
}

int guard_url(const struct guard *g, const char *url, size_t len, const char **why)
{
    struct parts p = {0};
    *why = "the address is too long";
    if (len > GUARD_URL_MAX) return ERR_INVALID;
    *why = "the address may hold printable ASCII only, and no backslash";
    for (size_t i = 0; i < len; i++)
        if (url[i] <= ' ' || url[i] > '~' || url[i] == '\\') return ERR_INVALID;
    *why = split(url, len, &p);
    if (*why != NULL) return ERR_INVALID;
    *why = "the address must begin with https://";
    if (p.plain && !g->plain_http && !g->loopback) return ERR_DENIED;
    *why = "this port may not be called";
    if (!g->loopback && !port_listed(g, (uint16_t)p.port)) return ERR_DENIED;
    *why = check_host(g, &p);
    return *why == NULL ? ERR_OK : ERR_DENIED;
}
