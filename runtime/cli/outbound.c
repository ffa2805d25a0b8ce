/* See outbound.h. The rules themselves are out/guard.c's. */
#include "cli/outbound.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "cli/command.h"
#include "out/guard.h"

#define NAMES_MAX 32

static int refuse(const char *option, const char *why, const char *value)
{
    fprintf(stderr, "azentiko: --%s: %s, not '%s'\n", option, why, value);
    return EXIT_USAGE;
}

int outbound_read(const struct options *o, bool own_loopback, struct guard *out)
{
    const char *own = o->value[OPT_PUBLIC_ADDRESS], *ports = o->value[OPT_OUTBOUND_PORTS],
               *ca = o->value[OPT_OUTBOUND_CA];
    guard_init(out);
    if (own != NULL && guard_add_own(out, own) != ERR_OK)
        return refuse("public-address", "must be at most 32 IP addresses", own);
    if (ports != NULL && guard_set_ports(out, ports) != ERR_OK)
        return refuse("outbound-ports", "must be at most 16 port numbers", ports);
    if (ca != NULL && access(ca, R_OK) != 0)
        return refuse("outbound-ca", "must be a file that can be read", ca);
    guard_add_interfaces(out);
    out->plain_http = options_flag(o, OPT_OUTBOUND_HTTP);
    out->loopback = options_flag(o, OPT_TEST_OUTBOUND_LOOPBACK);
    if (o->value[OPT_TEST_OUTBOUND_NAMES] != NULL && !own_loopback)
        return refuse("test-outbound-names", "is refused with a listener that is not loopback",
                      o->value[OPT_TEST_OUTBOUND_NAMES]);
    if (out->loopback && !own_loopback) {
        fprintf(stderr,
                "azentiko: --test-outbound-loopback is for tests: it is refused with a listener that is "
                "not loopback\n");
        return EXIT_USAGE;
    }
    if (out->loopback)
        log_write(LOG_WARN, "TEST OUTBOUND LOOPBACK: webhooks and scripts may call services of this machine; "
                            "never use it for clients");
    return EXIT_OK;
}

const char *const *outbound_names(const struct options *o)
{
    static const char *names[NAMES_MAX + 1];
    const char *value = o->value[OPT_TEST_OUTBOUND_NAMES];
    size_t n = 0;
    if (value == NULL) return NULL;
    for (char *word = strtok(mem_strdup(value), " "); word != NULL && n < NAMES_MAX; word = strtok(NULL, " "))
        names[n++] = word;
    return names;
}
