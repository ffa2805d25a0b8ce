/* Settings of the command line, the environment (AZENTIKO_DATA, ..., and
 * AZENTIKO_DATABASE_FILE for secrets) and a config file of `key = value`
 * lines; the first of these that names a setting wins. A key that nobody
 * knows is an error wherever it stands. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "cli/option_id.h"

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
