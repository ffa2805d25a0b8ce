/* azentiko migrate [--status|--dry-run] */
#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/command.h"
#include "store/migrate.h"

static const char *state_name(enum migrate_state s)
{
    static const char *const names[] = {"applied", "pending", "changed", "unknown"};
    return names[s];
}

static void print(const struct migrate_report *r, bool json)
{
    if (json) printf("[");
    for (size_t i = 0; i < r->count; i++) {
        const struct migrate_line *l = &r->line[i];
        char at[CLOCK_RFC3339_LEN] = "";
        if (l->applied_at > 0) clock_rfc3339(l->applied_at, at);
        if (json)
            printf("%s{\"number\":%lld,\"name\":\"%s\",\"state\":\"%s\"}", i ? "," : "", (long long)l->number,
                   l->name, state_name(l->state));
        else
            printf("%-40s %-8s %s\n", l->name, state_name(l->state), at);
    }
    if (json) printf("]\n");
}

int command_migrate(const struct options *o)
{
    char why[512] = "";
    struct migrate_report report = {0};
    struct store_config config = {.url = o->value[OPT_DATABASE], .data_dir = o->value[OPT_DATA]};
    enum migrate_mode mode = options_flag(o, OPT_STATUS)    ? MIGRATE_STATUS
                             : options_flag(o, OPT_DRY_RUN) ? MIGRATE_DRY_RUN
                                                            : MIGRATE_APPLY;
    if (config.url == NULL) mkdir(config.data_dir, 0700);
    int err = migrate(&config, mode, &report, why, sizeof why);
    for (size_t i = 0; mode == MIGRATE_APPLY && err == ERR_OK && i < report.count; i++)
        if (report.line[i].state == MIGRATION_PENDING)
            report.line[i].state = MIGRATION_APPLIED; /* just now */
    print(&report, options_flag(o, OPT_JSON));
    mem_free(report.line);
    if (err != ERR_OK) fprintf(stderr, "azentiko: %s\n", why);
    return err == ERR_OK ? EXIT_OK : EXIT_FAILED;
}
