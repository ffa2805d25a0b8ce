/* See script_log.h. Reads the store like any other client of it, so a running
 * server is not asked; --follow looks again once a second. */
#include "cli/script_log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/store_call.h"
#include "store/encode.h"
#include "store/statements.h"

#define LINES 200 /* shown at first, and read at once */
#define ID_LEN 64

enum { ID, LEVEL, AT, MESSAGE, POSITION, CONVERSATION, VERSION, COLUMNS };

static const char *const levels[] = {"", "info", "warn", "error"};

static int64_t level_of(const char *name)
{
    for (int i = 1; name != NULL && i <= 3; i++)
        if (strcmp(levels[i], name) == 0) return i;
    return 1;
}

static int64_t tenant_of(struct store *s, const char *bot)
{
    return store_call_tenant(s, "bot.tenant", bot, "bot", "bot list");
}

static void add_field(struct buf *b, const char *name, const struct param *p)
{
    buf_fmt(b, ",\"%s\":", name);
    if (p->type == PARAM_TEXT)
        buf_json(b, p->text, p->len);
    else
        buf_str(b, "null");
}

static void print_line(const struct param *v, bool json)
{
    struct buf b;
    char at[CLOCK_RFC3339_LEN];
    const char *level = levels[v[LEVEL].integer >= 1 && v[LEVEL].integer <= 3 ? v[LEVEL].integer : 0];
    clock_rfc3339(v[AT].integer, at);
    buf_init(&b);
    if (json) {
        buf_fmt(&b, "{\"at\":\"%.*s\",\"level\":\"%s\"", (int)sizeof at - 1, at, level);
        add_field(&b, "message", &v[MESSAGE]);
        add_field(&b, "position", &v[POSITION]);
        add_field(&b, "conversation", &v[CONVERSATION]);
        add_field(&b, "version", &v[VERSION]);
        buf_str(&b, "}\n");
    } else {
        buf_fmt(&b, "%.*s %-5s %.*s%s%.*s", (int)sizeof at - 1, at, level, (int)v[POSITION].len,
                v[POSITION].text, v[POSITION].len > 0 ? ": " : "", (int)v[MESSAGE].len, v[MESSAGE].text);
        if (v[CONVERSATION].type == PARAM_TEXT)
            buf_fmt(&b, " (%.*s)", (int)v[CONVERSATION].len, v[CONVERSATION].text);
        buf_char(&b, '\n');
    }
    fwrite(b.data, 1, b.len, stdout);
    buf_deinit(&b);
}

/* Lines behind `after`, oldest first; after moves on. How many, or -1. */
static int print_since(struct store *s, int64_t tenant, const struct options *o, char after[ID_LEN])
{
    struct buf q;
    struct rows_reader r;
    struct param value[ROWS_COLUMNS_MAX];
    const char *bot = o->value[OPT_BOT];
    int n = 0;
    store_call_begin(&q, "script_log.since", 4);
    encode_text(&q, bot, strlen(bot));
    encode_text(&q, after, strlen(after));
    encode_int(&q, level_of(o->value[OPT_LEVEL]));
    encode_int(&q, LINES);
    struct store_job *job = store_call(s, STORE_QUERY, tenant, &q);
    bool ok = job->status == ERR_OK && rows_open(&r, &job->rows) == ERR_OK;
    for (; ok && rows_next(&r, value); n++) {
        print_line(value, options_flag(o, OPT_JSON));
        snprintf(after, ID_LEN, "%.*s", (int)value[ID].len, value[ID].text);
    }
    store_job_free(job);
    return ok ? n : -1;
}

/* The id behind which the newest LINES lines are; "" for all. */
static int find_start(struct store *s, int64_t tenant, const struct options *o, char after[ID_LEN])
{
    struct buf q;
    struct rows_reader r;
    struct param value[ROWS_COLUMNS_MAX];
    const char *bot = o->value[OPT_BOT];
    int n = 0;
    store_call_begin(&q, "script_log.list", 4);
    encode_text(&q, bot, strlen(bot));
    encode_text(&q, "~", 1);
    encode_int(&q, level_of(o->value[OPT_LEVEL]));
    encode_int(&q, LINES + 1);
    struct store_job *job = store_call(s, STORE_QUERY, tenant, &q);
    bool ok = job->status == ERR_OK && rows_open(&r, &job->rows) == ERR_OK;
    after[0] = '\0';
    while (ok && rows_next(&r, value))
        if (++n == LINES + 1) snprintf(after, ID_LEN, "%.*s", (int)value[ID].len, value[ID].text);
    if (!ok) fprintf(stderr, "azentiko: the store does not answer: %s\n", job->error);
    store_job_free(job);
    return ok ? ERR_OK : ERR_UNAVAILABLE;
}

int script_log(const struct options *o)
{
    char after[ID_LEN];
    const char *level = o->value[OPT_LEVEL];
    if (o->value[OPT_BOT] == NULL || (level != NULL && strcmp(levels[level_of(level)], level) != 0)) {
        fprintf(
            stderr,
            "azentiko: usage: azentiko script log --bot ID [--level info|warn|error] [--follow] [--json]\n");
        return EXIT_USAGE;
    }
    struct store *s = store_for(o);
    int64_t tenant = s != NULL ? tenant_of(s, o->value[OPT_BOT]) : 0;
    int err = tenant != 0 ? find_start(s, tenant, o, after) : ERR_NOT_FOUND;
    while (err == ERR_OK) {
        int n = print_since(s, tenant, o, after);
        if (fflush(stdout) != 0) break; /* nobody reads any more */
        if (n < 0) err = ERR_UNAVAILABLE;
        if (n == LINES) continue;
        if (!options_flag(o, OPT_FOLLOW)) break;
        sleep(1);
    }
    if (s != NULL) store_close(s);
    return err == ERR_OK ? EXIT_OK : EXIT_FAILED;
}
