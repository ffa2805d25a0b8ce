/* azentiko tenant top: what tenants cost, from a running server. */
#include <stdio.h>

#include "actor/control.h"
#include "cli/command.h"

int command_tenant_top(const struct options *o)
{
    struct buf answer;
    buf_init(&answer);
    int err = control_ask(o->value[OPT_DATA], options_flag(o, OPT_JSON) ? "tenant top json" : "tenant top",
                          &answer);
    if (err == ERR_OK)
        fputs(buf_cstr(&answer), stdout);
    else
        fprintf(stderr, "azentiko: no server is running on the data folder '%s'\n", o->value[OPT_DATA]);
    buf_deinit(&answer);
    return err == ERR_OK ? EXIT_OK : EXIT_FAILED;
}
