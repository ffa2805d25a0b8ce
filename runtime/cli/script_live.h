/* azentiko script publish|rehearse|versions|compare|rollback|secret: a bot's
 * scripts in the store, whether a server runs on it or not. */
#ifndef CLI_SCRIPT_LIVE_H
#define CLI_SCRIPT_LIVE_H

#include <stdbool.h>

#include "cli/options.h"

#define SCRIPT_LIVE_UNKNOWN (-1) /* none of these verbs, or wrong arguments */

int script_live(const struct options *o);
/* Prints a result (JSON) as it is or as its report; true when it says ok. */
bool script_print(const char *op, const char *json, size_t len, bool as_json);

#endif
