/* azentiko config --effective */
#include <stdio.h>

#include "cli/command.h"

int command_config(const struct options *o)
{
    if (!options_flag(o, OPT_EFFECTIVE)) {
        fprintf(stderr, "azentiko: usage: azentiko config --effective\n");
        return EXIT_USAGE;
    }
    options_print(o, options_flag(o, OPT_JSON));
    return EXIT_OK;
}
