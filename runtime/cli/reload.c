/* azentiko reload */
#include <stdio.h>

#include "actor/control.h"
#include "cli/command.h"

int command_reload(const struct options *o)
{
    struct buf answer;
    buf_init(&answer);
    int err = control_ask(o->value[OPT_DATA], "reload", &answer);
    if (err == ERR_OK)
        fputs(buf_cstr(&answer), stdout);
    else if (err == ERR_INVALID)
        fprintf(stderr, "azentiko: nothing was changed:\n%s", buf_cstr(&answer));
    else
        fprintf(stderr, "azentiko: no server is running on the data folder '%s'\n", o->value[OPT_DATA]);
    buf_deinit(&answer);
    return err == ERR_OK ? EXIT_OK : EXIT_FAILED;
}
