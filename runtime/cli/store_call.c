/* See store_call.h. */
#include "cli/store_call.h"

#include <stdio.h>
#include <sys/stat.h>

#include "cli/options.h"
#include "store/store_wait.h"

struct store_job *store_call(struct store *s, enum store_kind kind, int64_t tenant, struct buf *statements)
{
    return store_wait(s, kind, tenant, statements);
}

struct store *store_for(const struct options *o)
{
    char why[512];
    struct store *s = NULL;
    struct store_config config = {
        .url = o->value[OPT_DATABASE], .data_dir = o->value[OPT_DATA], .readers = 1, .connections = 1};
    if (config.url == NULL) mkdir(config.data_dir, 0700);
    if (store_open(&config, &s, why, sizeof why) == ERR_OK) return s;
    fprintf(stderr, "azentiko: %s\n", why);
    return NULL;
}
