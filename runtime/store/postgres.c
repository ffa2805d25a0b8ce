/* placeholder until the backend lands */
#include <stdio.h>

#include "store/backend.h"

int postgres_open(const struct store_config *config, struct store **out, char *why, size_t why_len)
{
    (void)config;
    (void)out;
    snprintf(why, why_len, "PostgreSQL is not in this build");
    return ERR_UNAVAILABLE;
}

int postgres_migrate(const struct store_config *config, enum migrate_mode mode, struct migrate_report *report,
                     char *why, size_t why_len)
{
    (void)config;
    (void)mode;
    (void)report;
    snprintf(why, why_len, "PostgreSQL is not in this build");
    return ERR_UNAVAILABLE;
}
