/* The program: a table of subcommands. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"

static int command_version(const struct options *o)
{
    if (options_flag(o, OPT_JSON))
        printf("{\"version\":\"%s\"}\n", AZK_VERSION);
    else
        printf("azentiko %s\n", AZK_VERSION);
    return EXIT_OK;
}

static int command_help(const struct options *o);

static const struct command commands[] = {
    {"serve", "                         migrates if needed and serves", 0, command_serve},
    {"reload", "                        re-reads the scripts of the running server, all or nothing", 0,
     command_reload},
    {"migrate", "[--status|--dry-run]   brings the database to this version", 0, command_migrate},
    {"tenant", "create|list|suspend|resume|export|delete|top|plan|key  accounts, what they cost, keys", 4,
     command_tenant},
    {"bot", "list|create|identity       bots of all tenants; the secret that signs who a visitor is", 3,
     command_bot},
    {"script", "check|test|publish|...  the life of scripts: azentiko script lists the verbs",
     OPTIONS_ARGUMENTS_MAX, command_script},
    {"webhook", "create|list|...       endpoints of an account: azentiko webhook lists the verbs",
     OPTIONS_ARGUMENTS_MAX, command_client},
    {"hook", "create|list|...          addresses that take webhooks in: azentiko hook lists the verbs",
     OPTIONS_ARGUMENTS_MAX, command_client},
    {"notice", "add|list|mails|...     who gets mails of an account: azentiko notice lists the verbs",
     OPTIONS_ARGUMENTS_MAX, command_client},
    {"doctor", "                        what keeps a server from working well, on one page", 0,
     command_doctor},
    {"backup", "FILE                    everything in one archive, while the server runs", 1, command_backup},
    {"restore", "FILE [--verify]        a backup into a new data folder, or only a look at it", 1,
     command_restore},
    {"snippet", "KEY [URL]             the tag for a website, with this version's integrity hash", 2,
     command_snippet},
    {"mail", "test|preview              sends a test mail; writes all mails with made-up data", 2,
     command_mail},
    {"config", "--effective             the settings in force, secrets masked", 0, command_config},
    {"healthcheck", "                   asks the running server's /healthz (for containers)", 0,
     command_healthcheck},
    {"version", "                       prints the version", 0, command_version},
    {"help", "                          this text", 0, command_help},
};

#define COMMANDS (sizeof commands / sizeof *commands)

static int command_help(const struct options *o)
{
    (void)o;
    printf("azentiko: a chatbot server for business websites\n\nUsage: azentiko COMMAND [options]\n\n");
    for (size_t i = 0; i < COMMANDS; i++) printf("  %s %s\n", commands[i].name, commands[i].usage);
    printf("\nSettings (--idle-seconds is also AZENTIKO_IDLE_SECONDS and the config key idle-seconds):\n");
    options_help(true);
    printf("\nOptions of single commands:\n");
    options_help(false);
    return EXIT_OK;
}

static int run(const struct options *o)
{
    bool own_help = o->arguments > 0 && strcmp(o->argument[0], "script") == 0; /* it lists its verbs */
    if (o->arguments == 0 || (options_flag(o, OPT_HELP) && !own_help)) {
        command_help(o);
        return options_flag(o, OPT_HELP) ? EXIT_OK : EXIT_USAGE;
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, o->argument[0]) == 0) {
            if (o->arguments - 1 <= commands[i].arguments) return commands[i].run(o);
            fprintf(stderr, "azentiko: %s: unexpected argument '%s'\n", o->argument[0],
                    o->argument[commands[i].arguments + 1]);
            return EXIT_USAGE;
        }
    fprintf(stderr, "azentiko: unknown command '%s' (see azentiko help)\n", o->argument[0]);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    struct options o;
    char why[512];
    int status = EXIT_USAGE;
    signal(SIGPIPE, SIG_IGN); /* a peer that closed first is an error of that write, not our end */
    umask(0077); /* the database, its log and every other file of the data folder are ours alone */
    if (options_read(argc - 1, argv + 1, &o, why, sizeof why) == ERR_OK)
        status = run(&o);
    else
        fprintf(stderr, "azentiko: %s\n", why);
    options_free(&o);
    return status;
}
