/* See scripts_arg.h. */
#include "cli/scripts_arg.h"

#include <stdio.h>

#include "actor/scripts.h"
#include "cli/options.h"

struct bundle *scripts_for(const struct options *o)
{
    struct bundle *b = NULL;
    struct buf report;
    buf_init(&report);
    if (scripts_load(o->value[OPT_SCRIPTS], scripts_files, NULL, &b, &report) != ERR_OK)
        fprintf(stderr, "azentiko: scripts: %s", buf_cstr(&report));
    buf_deinit(&report);
    return b;
}
