/* Settings of the command line, the environment (AZENTIKO_DATA, ..., and
 * AZENTIKO_DATABASE_FILE for secrets) and a config file of `key = value`
 * lines; the first of these that names a setting wins. A key that nobody
 * knows is an error wherever it stands. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum option_id {
    OPT_CONFIG,
    OPT_DATA,
    OPT_DATABASE,
    OPT_LISTEN,
    OPT_WORKERS,
    OPT_SCRIPTS,
    OPT_TRUSTED_PROXIES,
    OPT_PUBLIC_ADDRESS,
    OPT_OUTBOUND_PORTS,
    OPT_OUTBOUND_CA,
    OPT_OUTBOUND_HTTP,
    OPT_WEBHOOK_TIMEOUT_MS,
    OPT_TLS_CERT,
    OPT_TLS_KEY,
    OPT_IDLE_SECONDS,
    OPT_TENANT_MEMORY_MB,
    OPT_TURN_MS,
    OPT_TENANT_CPU_SECONDS,
    OPT_LOG_LEVEL,
    OPT_DEMO,
    OPT_DEV,
    OPT_NO_SANDBOX,
    OPT_TEST_MODE,
    OPT_TEST_OUTBOUND_LOOPBACK,
    OPT_TEST_WEBHOOK_SCALE,
    OPT_JSON,
    OPT_FROM,
    OPT_NAME,
    OPT_PLAN,
    OPT_BOT,
    OPT_AUTHOR,
    OPT_NOTE,
    OPT_SHARE,
    OPT_LAST,
    OPT_TO,
    OPT_LEVEL,
    OPT_FOLLOW,
    OPT_SCOPES,
    OPT_EXPIRES,
    OPT_STATUS,
    OPT_DRY_RUN,
    OPT_EFFECTIVE,
    OPT_HELP,
    OPTIONS_COUNT
};

#define OPTIONS_ARGUMENTS_MAX 256

struct options {
    const char *value[OPTIONS_COUNT];            /* NULL where nobody set it and it has no default */
    char *owned[OPTIONS_COUNT];                  /* those that are not defaults; options_free */
    const char *argument[OPTIONS_ARGUMENTS_MAX]; /* what is not an option */
    int arguments;
};

/* Reads everything. why: "unknown option --foo (see azentiko help)". */
int options_read(int argc, char **argv, struct options *out, char *why, size_t why_len) MUST_CHECK;
void options_free(struct options *o);
bool options_flag(const struct options *o, enum option_id id);
int options_int(const struct options *o, enum option_id id); /* checked by options_read */
/* "127.0.0.1:8080" or "[::1]:8080" in two parts; host is a copy of the caller's. */
int options_address(const char *text, char *host, size_t host_len, int *port) MUST_CHECK;
/* All settings with where they come from, secrets masked. */
void options_print(const struct options *o, bool json);
void options_help(bool settings); /* those that are settings, or the others */

#endif
