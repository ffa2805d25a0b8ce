/* See options.h. One table describes every setting; help, checks, masking and
 * `config --effective` are read from it. */
#include "cli/options.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

enum kind { TEXT, NUMBER, FLAG, SECRET, PASSWORD, LEVEL }; /* SECRET: the database's URL */

struct spec {
    const char *name;
    enum kind kind;
    const char *fallback;
    long min, max; /* NUMBER */
    bool setting;  /* may stand in the environment and the config file */
    const char *help;
};

static const struct spec specs[OPTIONS_COUNT] = {
    [OPT_CONFIG] = {"config", TEXT, NULL, 0, 0, true, "FILE          config file of key = value lines"},
    [OPT_DATA] = {"data", TEXT, "data", 0, 0, true,
                  "DIR             everything of the embedded default (data)"},
    [OPT_DATABASE] = {"database", SECRET, NULL, 0, 0, true,
                      "URL         postgres://...: PostgreSQL instead of SQLite"},
    [OPT_LISTEN] = {"listen", TEXT, "127.0.0.1:8080", 0, 0, true,
                    "ADDR:PORT     (127.0.0.1:8080); port 0 takes any"},
    [OPT_WORKERS] = {"workers", NUMBER, "0", 0, 64, true,
                     "N            worker threads (0: one for each core)"},
    [OPT_SCRIPTS] = {"scripts", TEXT, NULL, 0, 0, true,
                     "DIR          scripts from a folder instead of the built-in ones"},
    [OPT_TRUSTED_PROXIES] = {"trusted-proxies", TEXT, NULL, 0, 0, true,
                             "LIST  addresses and networks whose X-Forwarded-For is true"},
    [OPT_PUBLIC_ADDRESS] = {"public-address", TEXT, NULL, 0, 0, true,
                            "LIST   own public addresses, which scripts and webhooks may not call"},
    [OPT_OUTBOUND_PORTS] = {"outbound-ports", TEXT, NULL, 0, 0, true,
                            "LIST   ports that may be called (80 443 8080 8443)"},
    [OPT_OUTBOUND_CA] = {"outbound-ca", TEXT, NULL, 0, 0, true,
                         "FILE      certificates to trust instead of the system's, PEM"},
    [OPT_OUTBOUND_HTTP] = {"outbound-http", FLAG, NULL, 0, 0, true,
                           "        webhooks and scripts may call http://, too"},
    [OPT_WEBHOOK_TIMEOUT_MS] = {"webhook-timeout-ms", NUMBER, "15000", 100, 20000, true,
                                "N so long a receiver may take (15000)"},
    [OPT_PUBLIC_URL] = {"public-url", TEXT, NULL, 0, 0, true,
                        "URL        this server as the world sees it, for links in mails"},
    [OPT_SMTP_URL] = {"smtp-url", TEXT, NULL, 0, 0, true,
                      "URL          where mail goes: smtp://HOST:587 or smtps://HOST:465"},
    [OPT_SMTP_USER] = {"smtp-user", TEXT, NULL, 0, 0, true, "NAME        who we are there"},
    [OPT_SMTP_PASSWORD] = {"smtp-password", PASSWORD, NULL, 0, 0, true, "TEXT    and the password"},
    [OPT_SMTP_TLS] = {"smtp-tls", TEXT, "required", 0, 0, true,
                      "HOW          required, or optional: without where the server has none"},
    [OPT_SMTP_TIMEOUT_MS] = {"smtp-timeout-ms", NUMBER, "60000", 100, 600000, true,
                             "N     so long one mail may take (60000)"},
    [OPT_MAIL_FROM] = {"mail-from", TEXT, NULL, 0, 0, true,
                       "ADDRESS     sender of mails, such as \"Support <help@example.org>\""},
    [OPT_TLS_CERT] = {"tls-cert", TEXT, NULL, 0, 0, true, "FILE        certificate chain, PEM"},
    [OPT_TLS_KEY] = {"tls-key", TEXT, NULL, 0, 0, true, "FILE         its key, PEM"},
    [OPT_IDLE_SECONDS] = {"idle-seconds", NUMBER, "60", 1, 86400, true,
                          "N       an idle conversation leaves memory (60)"},
    [OPT_TENANT_MEMORY_MB] = {"tenant-memory-mb", NUMBER, "64", 2, 65536, true,
                              "N   cap of one tenant's Lua state (64)"},
    [OPT_TURN_MS] = {"turn-ms", NUMBER, "200", 10, 60000, true, "N            CPU time of one turn (200)"},
    [OPT_TENANT_CPU_SECONDS] = {"tenant-cpu-seconds", NUMBER, "20", 0, 3600, true,
                                "N CPU time of one tenant's scripts in a minute (20; 0: no limit)"},
    [OPT_LOG_LEVEL] = {"log-level", LEVEL, "info", 0, 0, true,
                       "LEVEL      debug, info, warn or error (info)"},
    [OPT_DEMO] = {"demo", FLAG, NULL, 0, 0, true, "                creates a demo business, once"},
    [OPT_DEV] = {"dev", FLAG, NULL, 0, 0, true, "                 reloads the scripts when a file changes"},
    [OPT_NO_SANDBOX] = {"no-sandbox", FLAG, NULL, 0, 0, true,
                        "          takes the walls around the server down (docs/operator-guide.md)"},
    [OPT_TEST_MODE] = {"test-mode", FLAG, NULL, 0, 0, true, "           opens test routes; loopback only"},
    [OPT_TEST_OUTBOUND_LOOPBACK] = {"test-outbound-loopback", FLAG, NULL, 0, 0, true,
                                    " lets webhooks call this machine; loopback only"},
    [OPT_TEST_OUTBOUND_NAMES] = {"test-outbound-names", TEXT, NULL, 0, 0, true,
                                 "LIST \"NAME:PORT:ADDRESS\" that is taken for DNS's answer; loopback only"},
    [OPT_TEST_WEBHOOK_SCALE] = {"test-webhook-scale", NUMBER, "1", 1, 1000000, true,
                                "N  divides the waiting times of webhooks; with the option before"},
    [OPT_JSON] = {"json", FLAG, NULL, 0, 0, false, "                prints JSON"},
    [OPT_FROM] = {"from", TEXT, NULL, 0, 0, false,
                  "FILE            business dataset to load (docs/dataset.md)"},
    [OPT_NAME] = {"name", TEXT, NULL, 0, 0, false, "NAME            name of the account or key"},
    [OPT_PLAN] = {"plan", TEXT, NULL, 0, 0, false, "NAME            plan of the account (standard)"},
    [OPT_BOT] = {"bot", TEXT, NULL, 0, 0, false, "ID               the bot of a script command"},
    [OPT_AUTHOR] = {"author", TEXT, "operator", 0, 0, false, "NAME          who publishes (operator)"},
    [OPT_NOTE] = {"note", TEXT, NULL, 0, 0, false, "TEXT            what a publish is about"},
    [OPT_SHARE] = {"share", NUMBER, NULL, 1, 100, false,
                   "PERCENT        publishes to so many of new conversations"},
    [OPT_LAST] = {"last", NUMBER, NULL, 1, 10000, false,
                  "N               so many conversations or deliveries (200)"},
    [OPT_TO] = {"to", NUMBER, NULL, 0, 1000000, false, "VERSION           rolls back to it"},
    [OPT_LEVEL] = {"level", TEXT, NULL, 0, 0, false, "LEVEL          script log: this level and above"},
    [OPT_FOLLOW] = {"follow", FLAG, NULL, 0, 0, false, "              script log: goes on with what comes"},
    [OPT_SCOPES] = {"scopes", TEXT, NULL, 0, 0, false,
                    "SCOPES        what an API key may do, such as \"leads:read bots:read\" or \"*\""},
    [OPT_EXPIRES] = {"expires", TEXT, NULL, 0, 0, false, "DATE         last moment of an API key"},
    [OPT_STATUS] = {"status", FLAG, NULL, 0, 0, false, "              only says what is applied"},
    [OPT_DRY_RUN] = {"dry-run", FLAG, NULL, 0, 0, false, "             tries it and takes it back"},
    [OPT_YES] = {"yes", FLAG, NULL, 0, 0, false, "                 deletes, where it would only be counted"},
    [OPT_VERIFY] = {"verify", FLAG, NULL, 0, 0, false,
                    "              looks at a backup and puts nothing in place"},
    [OPT_EFFECTIVE] = {"effective", FLAG, NULL, 0, 0, false, "           prints the settings in force"},
    [OPT_URL] = {"url", TEXT, NULL, 0, 0, false, "URL              where a webhook is sent"},
    [OPT_EVENTS] = {"events", TEXT, NULL, 0, 0, false,
                    "FILTERS       what it hears: \"lead.* ticket.created\""},
    [OPT_EMAIL] = {"email", TEXT, NULL, 0, 0, false, "ADDRESS        who gets notices"},
    [OPT_AT_ONCE] = {"at-once", TEXT, NULL, 0, 0, false, "KINDS        of notices: \"lead callback ticket\""},
    [OPT_DAILY] = {"daily", TEXT, NULL, 0, 0, false, "KINDS          those in a daily summary"},
    [OPT_HOUR] = {"hour", NUMBER, NULL, 0, 23, false, "N               of the summary (8)"},
    [OPT_LANGUAGE] = {"language", TEXT, NULL, 0, 0, false, "CODE        en, de, fr, es, it or ar (en)"},
    [OPT_DESCRIPTION] = {"description", TEXT, NULL, 0, 0, false, "TEXT     what a webhook is for"},
    [OPT_HEADERS] = {"headers", TEXT, NULL, 0, 0, false,
                     "FILE         lines \"Name: value\" that are sent along; - reads them from stdin"},
    [OPT_SINCE] = {"since", TEXT, NULL, 0, 0, false, "TIME           replays what failed since then"},
    [OPT_UNTIL] = {"until", TEXT, NULL, 0, 0, false, "TIME           and before then"},
    [OPT_ALL] = {"all", FLAG, NULL, 0, 0, false, "                 replays what was delivered, too"},
    [OPT_DELIVER] = {"deliver", TEXT, NULL, 0, 0, false,
                     "WHAT         what comes in is an \"event\" of the scripts or a \"message\""},
    [OPT_HELP] = {"help", FLAG, NULL, 0, 0, false, "                this text"},
};

static int find(const char *name, size_t len)
{
    for (int i = 0; i < OPTIONS_COUNT; i++)
        if (strlen(specs[i].name) == len && memcmp(specs[i].name, name, len) == 0) return i;
    return -1;
}

static int check(int id, const char *value, const char *where, char *why, size_t why_len)
{
    const struct spec *s = &specs[id];
    char *end;
    if (s->kind == NUMBER) {
        long n = strtol(value, &end, 10);
        if (*value == '\0' || *end != '\0' || n < s->min || n > s->max) {
            snprintf(why, why_len, "%s: must be a number from %ld to %ld, not '%s'", where, s->min, s->max,
                     value);
            return ERR_INVALID;
        }
    } else if (s->kind == LEVEL) {
        if (strcmp(value, "debug") && strcmp(value, "info") && strcmp(value, "warn") &&
            strcmp(value, "error")) {
            snprintf(why, why_len, "%s: must be debug, info, warn or error, not '%s'", where, value);
            return ERR_INVALID;
        }
    } else if (s->kind == SECRET) { /* never shown */
        if (strncmp(value, "postgres://", 11) && strncmp(value, "postgresql://", 13)) {
            snprintf(why, why_len, "%s: must be a URL postgres://...", where);
            return ERR_INVALID;
        }
    } else if (s->kind == FLAG && strcmp(value, "1") && strcmp(value, "0") && strcmp(value, "true") &&
               strcmp(value, "false")) {
        snprintf(why, why_len, "%s: must be 1 or 0, not '%s'", where, value);
        return ERR_INVALID;
    }
    return ERR_OK;
}

/* Earlier sources win, so a value that is there stays. */
static int set(struct options *o, int id, const char *value, const char *where, char *why, size_t why_len)
{
    int err = check(id, value, where, why, why_len);
    if (err == ERR_OK && o->value[id] == NULL) o->value[id] = o->owned[id] = mem_strdup(value);
    return err;
}

/* ---- command line ---- */

static int read_argv(int argc, char **argv, struct options *o, char *why, size_t why_len)
{
    for (int i = 0; i < argc; i++) {
        const char *a = argv[i];
        if (strcmp(a, "-h") == 0) a = "--help";
        if (strncmp(a, "--", 2) != 0) {
            if (o->arguments == OPTIONS_ARGUMENTS_MAX)
                return snprintf(why, why_len, "too many arguments"), ERR_INVALID;
            o->argument[o->arguments++] = a;
            continue;
        }
        const char *equals = strchr(a, '=');
        int id = find(a + 2, equals ? (size_t)(equals - a - 2) : strlen(a + 2));
        if (id < 0) return snprintf(why, why_len, "unknown option %s (see azentiko help)", a), ERR_INVALID;
        const char *value = equals ? equals + 1 : specs[id].kind == FLAG ? "1" : ++i < argc ? argv[i] : NULL;
        if (value == NULL) return snprintf(why, why_len, "%s needs a value", a), ERR_INVALID;
        char where[64];
        snprintf(where, sizeof where, "--%s", specs[id].name);
        int err = set(o, id, value, where, why, why_len);
        if (err != ERR_OK) return err;
    }
    return ERR_OK;
}

/* ---- environment ---- */

extern char **environ;

static int read_secret_file(struct options *o, int id, const char *path, const char *where, char *why,
                            size_t why_len)
{
    char text[4096];
    FILE *f = fopen(path, "re");
    if (f == NULL) return snprintf(why, why_len, "%s: cannot read %s", where, path), ERR_IO;
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    while (n > 0 && isspace((unsigned char)text[n - 1])) n--;
    text[n] = '\0';
    return set(o, id, text, where, why, why_len);
}

static int read_variable(struct options *o, const char *entry, char *why, size_t why_len)
{
    char name[64];
    size_t n = 0;
    const char *at = entry + strlen("AZENTIKO_"), *equals = strchr(at, '=');
    bool of_tests = strncmp(at, "TEST_", 5) == 0; /* the test suites have variables of their own */
    if (equals == NULL) return ERR_OK;
    for (; at < equals && n < sizeof name - 1; at++)
        name[n++] = *at == '_' ? '-' : (char)tolower((unsigned char)*at);
    char where[96];
    snprintf(where, sizeof where, "%.*s", (int)(equals - entry), entry);
    int id = find(name, n);
    if (id < 0 && n > 5 && memcmp(name + n - 5, "-file", 5) == 0 && (id = find(name, n - 5)) >= 0 &&
        (specs[id].kind == SECRET || specs[id].kind == PASSWORD))
        return read_secret_file(o, id, equals + 1, where, why, why_len);
    if (id < 0 && of_tests) return ERR_OK;
    if (id < 0 || !specs[id].setting)
        return snprintf(why, why_len, "unknown setting %s in the environment", where), ERR_INVALID;
    return set(o, id, equals + 1, where, why, why_len);
}

static int read_environment(struct options *o, char *why, size_t why_len)
{
    for (char **e = environ; *e != NULL; e++) {
        if (strncmp(*e, "AZENTIKO_", 9) != 0) continue;
        int err = read_variable(o, *e, why, why_len);
        if (err != ERR_OK) return err;
    }
    return ERR_OK;
}

/* ---- config file ---- */

static char *trim(char *s)
{
    while (isspace((unsigned char)*s)) s++;
    size_t n = strlen(s);
    while (n > 0 && isspace((unsigned char)s[n - 1])) s[--n] = '\0';
    return s;
}

static int read_line(struct options *o, char *line, const char *where, char *why, size_t why_len)
{
    char *text = trim(line);
    if (*text == '\0' || *text == '#') return ERR_OK;
    char *equals = strchr(text, '=');
    if (equals == NULL) return snprintf(why, why_len, "%s: expected key = value", where), ERR_INVALID;
    *equals = '\0';
    char *key = trim(text), *value = trim(equals + 1);
    int id = find(key, strlen(key));
    if (id < 0 || !specs[id].setting || id == OPT_CONFIG)
        return snprintf(why, why_len, "%s: unknown key '%s'", where, key), ERR_INVALID;
    return set(o, id, value, where, why, why_len);
}

static int read_config(struct options *o, char *why, size_t why_len)
{
    char line[4096], where[1024];
    const char *path = o->value[OPT_CONFIG];
    if (path == NULL) return ERR_OK;
    FILE *f = fopen(path, "re");
    if (f == NULL) return snprintf(why, why_len, "cannot read config file %s", path), ERR_IO;
    int err = ERR_OK;
    for (int number = 1; err == ERR_OK && fgets(line, sizeof line, f) != NULL; number++) {
        snprintf(where, sizeof where, "%s:%d", path, number);
        err = read_line(o, line, where, why, why_len);
    }
    fclose(f);
    return err;
}

int options_read(int argc, char **argv, struct options *out, char *why, size_t why_len)
{
    memset(out, 0, sizeof *out);
    int err = read_argv(argc, argv, out, why, why_len);
    if (err == ERR_OK) err = read_environment(out, why, why_len);
    if (err == ERR_OK) err = read_config(out, why, why_len);
    for (int i = 0; i < OPTIONS_COUNT; i++)
        if (out->value[i] == NULL) out->value[i] = specs[i].fallback;
    return err;
}

void options_free(struct options *o)
{
    for (int i = 0; i < OPTIONS_COUNT; i++) mem_free(o->owned[i]);
}

bool options_flag(const struct options *o, enum option_id id)
{
    const char *v = o->value[id];
    return v != NULL && (strcmp(v, "1") == 0 || strcmp(v, "true") == 0);
}

int options_int(const struct options *o, enum option_id id) { return (int)strtol(o->value[id], NULL, 10); }

int options_address(const char *text, char *host, size_t host_len, int *port)
{
    const char *colon = strrchr(text, ':'), *from = text, *to = colon;
    char *end;
    if (colon == NULL) return ERR_INVALID;
    if (*from == '[' && colon > from + 1 && colon[-1] == ']') from++, to--;
    long n = strtol(colon + 1, &end, 10);
    if (colon[1] == '\0' || *end != '\0' || n < 0 || n > 65535 || to == from ||
        (size_t)(to - from) >= host_len)
        return ERR_INVALID;
    snprintf(host, host_len, "%.*s", (int)(to - from), from);
    *port = (int)n;
    return ERR_OK;
}

/* The password of a database URL is masked; everything else of it helps. */
static void mask(const char *value, struct buf *out)
{
    const char *at = strrchr(value, '@'), *scheme = strstr(value, "://");
    const char *colon = scheme ? strchr(scheme + 3, ':') : NULL;
    if (at != NULL && colon != NULL && colon < at) {
        buf_add(out, value, (size_t)(colon + 1 - value));
        buf_str(out, "***");
        buf_str(out, at);
    } else {
        buf_str(out, at || strchr(value, '?') || strchr(value, '=') ? "***" : value);
    }
}

void options_print(const struct options *o, bool json)
{
    struct buf b;
    buf_init(&b);
    for (int i = 0; i < OPTIONS_COUNT; i++) {
        const char *value = o->value[i];
        if (!specs[i].setting) continue;
        struct buf shown;
        buf_init(&shown);
        if (value != NULL && specs[i].kind == SECRET)
            mask(value, &shown);
        else if (value != NULL && specs[i].kind == PASSWORD)
            buf_str(&shown, "***");
        else
            buf_str(&shown, value ? value : specs[i].kind == FLAG ? "0" : "");
        if (json) {
            buf_char(&b, b.len ? ',' : '{');
            buf_json(&b, specs[i].name, strlen(specs[i].name));
            buf_char(&b, ':');
            buf_json(&b, shown.data ? shown.data : "", shown.len);
        } else {
            buf_fmt(&b, "%s = %.*s\n", specs[i].name, (int)shown.len, shown.data ? shown.data : "");
        }
        buf_deinit(&shown);
    }
    if (json) buf_str(&b, "}\n");
    fwrite(b.data, 1, b.len, stdout);
    buf_deinit(&b);
}

void options_help(bool settings)
{
    for (int i = 0; i < OPTIONS_COUNT; i++)
        if (specs[i].setting == settings) printf("  --%s %s\n", specs[i].name, specs[i].help);
}
