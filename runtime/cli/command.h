/* The subcommands: one file each. A command returns the exit status: 0 ok,
 * 1 failed, 2 usage. Data goes to stdout, messages to stderr. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/options.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct command {
    const char *name;
    const char *usage;                   /* arguments and a line of help */
    int arguments;                       /* at most, its own name not counted */
    int (*run)(const struct options *o); /* argument[0] is the command's own name */
};

int command_serve(const struct options *o);
int command_reload(const struct options *o);
int command_migrate(const struct options *o);
int command_tenant(const struct options *o);
int command_tenant_top(const struct options *o);    /* of command_tenant */
int command_tenant_plan(const struct options *o);   /* of command_tenant */
int command_tenant_key(const struct options *o);    /* of command_tenant */
int command_tenant_life(const struct options *o);   /* of command_tenant */
int command_tenant_export(const struct options *o); /* of command_tenant */
int command_doctor(const struct options *o);
int command_backup(const struct options *o);
int command_restore(const struct options *o);
int command_bot(const struct options *o);
int command_config(const struct options *o);
int command_mail(const struct options *o);
int command_script(const struct options *o);
int command_client(const struct options *o); /* webhook, hook */
int command_snippet(const struct options *o);
int command_healthcheck(const struct options *o);

#endif
