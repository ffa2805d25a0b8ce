/* azentiko script check PATH, azentiko script test PATH...; the rest is script_live.c */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "actor/scripts.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/script_docs.h"
#include "cli/script_files.h"
#include "cli/script_live.h"
#include "cli/script_log.h"
#include "cli/scripts_arg.h"
#include "play/play.h"
#include "play/study.h"
#include "vm/bundle.h"

/* ---- a client's files: a study without a store ---- */

static int read_business(const struct options *o, struct buf *text)
{
    const char *path = o->value[OPT_FROM];
    struct buf why;
    buf_init(&why);
    int err = ERR_OK;
    if (path != NULL)
        err = file_read(path, PLAY_FILE_MAX, text, &why);
    else
        buf_add(text, demo_files[0].data, (size_t)(demo_files[0].end - demo_files[0].data));
    if (err != ERR_OK) fprintf(stderr, "azentiko: %s\n", buf_cstr(&why));
    buf_deinit(&why);
    return err;
}

static int study_files(const struct options *o, const char *op, const char *path)
{
    struct buf request, why, out, business;
    bool ok = false;
    buf_init(&request);
    buf_init(&why);
    buf_init(&out);
    buf_init(&business);
    buf_fmt(&request, "{\"op\":\"%s\",\"files\":", op);
    int err = script_files_read(path, &request, &why);
    buf_char(&request, '}');
    if (err != ERR_OK) fprintf(stderr, "azentiko: %s\n", buf_cstr(&why));
    if (err == ERR_OK) err = read_business(o, &business);
    struct bundle *scripts = err == ERR_OK ? scripts_for(o) : NULL;
    if (scripts != NULL) {
        struct study study = {
            .scripts = scripts, .tenant = 1, .dataset = business.data, .dataset_len = business.len};
        err = study_run(&study, request.data, request.len, &out);
        if (err != ERR_OK)
            fprintf(stderr, "azentiko: %s\n", buf_cstr(&out));
        else
            ok = script_print(op, buf_cstr(&out), out.len, options_flag(o, OPT_JSON));
    }
    bundle_release(scripts);
    buf_deinit(&request);
    buf_deinit(&why);
    buf_deinit(&out);
    buf_deinit(&business);
    return ok ? EXIT_OK : EXIT_FAILED;
}

/* ---- check of an operator's folder ---- */

static bool is_stock(const char *path)
{
    char inside[4096];
    struct stat st;
    snprintf(inside, sizeof inside, "%s/prelude", path);
    return stat(inside, &st) == 0 && S_ISDIR(st.st_mode);
}

static int check_stock(const char *dir)
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

/* ---- test: plays screenplays ---- */

struct tally {
    bool json;
    unsigned passed, failed;
};

static bool is_play(const char *name)
{
    size_t n = strlen(name);
    return n > 5 && strcmp(name + n - 5, ".chat") == 0;
}

/* "tests/chats/hours.chat" -> "hours" */
static int name_of(const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    size_t n = strlen(*name);
    return (int)(is_play(*name) ? n - 5 : n);
}

static void play(struct playhouse *h, const char *path, struct tally *t)
{
    const char *name;
    int len = name_of(path, &name);
    struct buf why, line;
    buf_init(&why);
    buf_init(&line);
    bool ok = playhouse_play(h, path, &why) == ERR_OK;
    const char *text = buf_cstr(&why);
    if (t->json) {
        buf_str(&line, t->passed + t->failed > 0 ? ",{\"name\":" : "{\"name\":");
        buf_json(&line, name, (size_t)len);
        buf_fmt(&line, ",\"ok\":%s", ok ? "true" : "false");
        if (!ok) buf_str(&line, ",\"error\":"), buf_json(&line, text, strlen(text));
        buf_char(&line, '}');
    } else if (ok)
        buf_fmt(&line, "ok %.*s\n", len, name);
    else
        buf_fmt(&line, "FAILED %.*s %s\n", len, name, text);
    fputs(buf_cstr(&line), stdout);
    if (ok)
        t->passed++;
    else
        t->failed++;
    buf_deinit(&why);
    buf_deinit(&line);
}

static int only_plays(const struct dirent *e) { return is_play(e->d_name); }

/* A file, or every play of a folder by name. false: it cannot be read. */
static bool play_path(struct playhouse *h, const char *path, struct tally *t)
{
    struct stat st;
    struct dirent **found;
    struct buf file;
    int n;
    if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode)) return play(h, path, t), true;
    if ((n = scandir(path, &found, only_plays, alphasort)) < 0) {
        fprintf(stderr, "azentiko: %s: cannot be read\n", path);
        return false;
    }
    buf_init(&file);
    for (int i = 0; i < n; i++) {
        buf_reset(&file);
        buf_fmt(&file, "%s%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/", found[i]->d_name);
        play(h, buf_cstr(&file), t);
        free(found[i]);
    }
    free(found);
    buf_deinit(&file);
    return true;
}

/* The business of --from, or the demo's. */
static struct playhouse *open_house(const struct options *o, struct bundle *scripts)
{
    struct playhouse *h = NULL;
    struct buf text, why;
    buf_init(&text);
    buf_init(&why);
    int err = read_business(o, &text);
    if (err == ERR_OK) {
        err = playhouse_new(scripts, text.data ? text.data : "", text.len, &h, &why);
        if (err != ERR_OK) fprintf(stderr, "azentiko: %s\n", buf_cstr(&why));
    }
    buf_deinit(&text);
    buf_deinit(&why);
    return h;
}

static int test(const struct options *o)
{
    struct tally t = {.json = options_flag(o, OPT_JSON)};
    struct bundle *scripts = scripts_for(o);
    struct playhouse *h = scripts ? open_house(o, scripts) : NULL;
    bool readable = h != NULL;
    if (h != NULL && t.json) printf("{\"plays\":[");
    for (int i = 2; h != NULL && i < o->arguments; i++)
        readable = play_path(h, o->argument[i], &t) && readable;
    if (h != NULL)
        printf(t.json ? "],\"passed\":%u,\"failed\":%u}\n" : "%u passed, %u failed\n", t.passed, t.failed);
    if (h != NULL) playhouse_free(h);
    bundle_release(scripts);
    return readable && t.failed == 0 ? EXIT_OK : EXIT_FAILED;
}

/* script trace [FILE-OR-DIR] PLAY */
static int trace(const struct options *o)
{
    struct buf why;
    struct bundle *scripts = scripts_for(o);
    struct playhouse *h = scripts ? open_house(o, scripts) : NULL;
    int err = h ? ERR_OK : ERR_INVALID;
    buf_init(&why);
    if (h != NULL) {
        err = playhouse_trace(h, o->argument[o->arguments - 1], o->arguments == 4 ? o->argument[2] : NULL,
                              options_flag(o, OPT_JSON), &why);
        if (err != ERR_OK) fprintf(stderr, "azentiko: %s\n", buf_cstr(&why));
        playhouse_free(h);
    }
    buf_deinit(&why);
    bundle_release(scripts);
    return err == ERR_OK ? EXIT_OK : EXIT_FAILED;
}

static int usage(FILE *to)
{
    fprintf(to, "azentiko: usage: azentiko script check FILE-OR-DIR [--scripts DIR] [--json]\n"
                "  script test DIR | PLAY... [--from FILE] [--scripts DIR] [--json]\n"
                "  script rehearse --bot ID [DIR] [--last N]    DIR left out: each on its own version\n"
                "  script publish --bot ID DIR [--share PERCENT] [--note TEXT] [--author NAME]\n"
                "  script versions --bot ID\n"
                "  script trace [FILE-OR-DIR] PLAY [--json]     every step of a play, with what it used\n"
                "  script log --bot ID [--level LEVEL] [--follow] [--json]\n"
                "  script reference | stubs | completions [--json]    of the script API\n"
                "  script compare --bot ID VERSION VERSION      0: the stock scripts\n"
                "  script rollback --bot ID [--to VERSION]      left out: what was live before\n"
                "  script secret set NAME | list | remove NAME --bot ID    the value is read from stdin\n");
    return to == stdout ? EXIT_OK : EXIT_USAGE;
}

int command_script(const struct options *o)
{
    if (options_flag(o, OPT_HELP)) return usage(stdout);
    if (o->arguments < 2) return usage(stderr);
    const char *verb = o->argument[1], *path = o->argument[2];
    if (strcmp(verb, "check") == 0 && o->arguments == 3)
        return is_stock(path) ? check_stock(path) : study_files(o, "check", path);
    if (strcmp(verb, "test") == 0 && o->arguments == 3 && script_files_is_client(path))
        return study_files(o, "test", path);
    if (strcmp(verb, "test") == 0 && o->arguments >= 3) return test(o);
    if ((o->arguments == 3 || o->arguments == 4) && strcmp(verb, "trace") == 0) return trace(o);
    if (o->arguments == 2 && strcmp(verb, "log") == 0) return script_log(o);
    static const char *const docs[] = {"reference", "stubs", "completions"};
    for (size_t i = 0; o->arguments == 2 && i < sizeof docs / sizeof *docs; i++)
        if (strcmp(verb, docs[i]) == 0) return script_docs(o, docs[i]);
    int status = script_live(o);
    return status == SCRIPT_LIVE_UNKNOWN ? usage(stderr) : status;
}
