/* Settings of what leaves the server. */
#ifndef CLI_OUTBOUND_H
#define CLI_OUTBOUND_H

#include <stdbool.h>

struct guard;
struct options;

/* EXIT_OK, or EXIT_USAGE after saying what is wrong. own_loopback: the listener is loopback's. */
int outbound_read(const struct options *o, bool own_loopback, struct guard *out);
/* What tests say instead of DNS, as http_client_config wants it; kept for the life of the process. */
const char *const *outbound_names(const struct options *o);

#endif
