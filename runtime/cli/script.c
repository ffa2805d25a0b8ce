/* azentiko script check DIR */
#include <stdio.h>
#include <string.h>

#include "actor/scripts.h"
#include "cli/command.h"
#include "vm/bundle.h"

static int check(const char *dir)
{
    struct bundle *b = NULL;
    struct buf report;
    buf_init(&report);
    int err = scripts_load(dir, NULL, NULL, &b, &report);
    if (err == ERR_OK)
        printf("%zu files, version %.12s\n", bundle_count(b), bundle_version(b));
    else
        fputs(buf_cstr(&report), stderr);
    bundle_release(b);
    buf_deinit(&report);
    return err == ERR_OK ? EXIT_OK : EXIT_FAILED;
}

int command_script(const struct options *o)
{
    if (o->arguments == 3 && strcmp(o->argument[1], "check") == 0) return check(o->argument[2]);
    fprintf(stderr, "azentiko: usage: azentiko script check DIR\n");
    return EXIT_USAGE;
}
