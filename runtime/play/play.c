/* See play.h. Reading and playing are Lua (screenplay.lua, page.lua) in a
 * tool's state of its own; this file gives it a stage and the files. */
#include "play/play.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "actor/account.h"
#include "actor/scripts.h"
#include "base/file.h"
#include "base/mem.h"
#include "play/memory_store.h"
#include "play/play_clock.h"
#include "play/stage.h"
#include "play/stage_calls.h"
#include "store/encode.h"
#include "vm/bundle.h"
#include "vm/state.h"
#include "vm/tool.h"

#define TENANT 1
#define PUBLIC_KEY STAGE_PUBLIC_KEY
#define BROUGHT_MAX 8 /* scripts that a play brings along */

extern const struct embedded_file play_files[];

struct playhouse {
    struct bundle *scripts;
    struct memory_store *template; /* with the account */
};

struct play {
    struct stage *stage; /* NULL until the play begins; first, for the calls */
    struct playhouse *house;
    const char *path;
    struct bundle *scripts;
    const char *trace;     /* NULL, "text" or "json" */
    const char *given;     /* scripts instead of those that the play names: a file or folder, or NULL */
    struct vm_state *tool; /* the player */
};

/* ---- files ---- */

/* names: the file names in a JSON list that play.lua wrote: plain names in
 * quotes. Cut in place; returns how many, or -1. */
static int split_names(char *names, const char *out[BROUGHT_MAX])
{
    int n = 0;
    for (char *at = strchr(names, '"'); at != NULL; at = strchr(at, '"')) {
        char *end = strchr(at + 1, '"');
        if (end == NULL || n == BROUGHT_MAX) return -1;
        *end = '\0';
        if (strspn(at + 1, "abcdefghijklmnopqrstuvwxyz0123456789_.") != strlen(at + 1)) return -1;
        out[n++] = at + 1;
        at = end + 1;
    }
    return n;
}

static int only_lua(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return n > 4 && strcmp(e->d_name + n - 4, ".lua") == 0;
}

/* The scripts of a file, or of a folder or commands/ in it: names (owned by the
 * caller) and the folder that they are in. -1: too many or unreadable. */
static int list_given(const char *given, struct buf *folder, char *names[BROUGHT_MAX])
{
    struct stat st;
    struct dirent **found;
    const char *slash = strrchr(given, '/');
    int n, count = 0;
    if (stat(given, &st) == 0 && !S_ISDIR(st.st_mode)) {
        buf_add(folder, given, slash ? (size_t)(slash + 1 - given) : 0);
        names[0] = mem_strdup(slash ? slash + 1 : given);
        return 1;
    }
    buf_fmt(folder, "%s/commands/", given);
    if (access(buf_cstr(folder), R_OK) != 0) buf_reset(folder), buf_fmt(folder, "%s/", given);
    if ((n = scandir(buf_cstr(folder), &found, only_lua, alphasort)) < 0) return -1;
    for (int i = 0; i < n; i++) {
        if (count < BROUGHT_MAX) names[count] = mem_strdup(found[i]->d_name);
        count++;
        free(found[i]);
    }
    free(found);
    return count <= BROUGHT_MAX ? count : -1;
}

static int add_scripts(struct play *p, const char *const *names, int count, struct buf *why)
{
    struct bundle *base = p->house->scripts;
    size_t n = bundle_count(base);
    struct embedded_file *files = mem_zalloc((n + BROUGHT_MAX + 1) * sizeof *files);
    struct buf text[BROUGHT_MAX] = {{0}}, inside[BROUGHT_MAX] = {{0}}, path;
    const char *slash = strrchr(p->path, '/');
    int err = ERR_OK;
    buf_init(&path);
    for (size_t i = 0; i < n; i++) {
        const struct bundle_file *f = bundle_at(base, i);
        files[i] = (struct embedded_file){f->path, f->text, f->text + f->text_len};
    }
    for (int i = 0; i < count && err == ERR_OK; i++) {
        buf_reset(&path);
        if (p->given != NULL)
            buf_fmt(&path, "%s%s", p->given, names[i]);
        else
            buf_fmt(&path, "%.*sscripts/%s", slash ? (int)(slash + 1 - p->path) : 0, p->path, names[i]);
        buf_fmt(&inside[i], "commands/%s", names[i]);
        err = file_read(buf_cstr(&path), PLAY_FILE_MAX, &text[i], why);
        files[n + (size_t)i] = (struct embedded_file){buf_cstr(&inside[i]), buf_cstr(&text[i]), NULL};
        files[n + (size_t)i].end = files[n + (size_t)i].data + text[i].len;
    }
    if (err == ERR_OK) err = scripts_load(NULL, files, NULL, &p->scripts, why);
    for (int i = 0; i < BROUGHT_MAX; i++) buf_deinit(&text[i]), buf_deinit(&inside[i]);
    buf_deinit(&path);
    mem_free(files);
    return err;
}

/* ---- one play ---- */

static int add_given(struct play *p, struct buf *why)
{
    struct buf folder;
    char *names[BROUGHT_MAX] = {NULL};
    buf_init(&folder);
    int n = list_given(p->given, &folder, names), err = ERR_OK;
    if (n < 0)
        buf_fmt(why, "%s: cannot be read, or more than %d scripts", p->given, BROUGHT_MAX), err = ERR_INVALID;
    else {
        p->given = buf_cstr(&folder);
        err = add_scripts(p, (const char *const *)names, n, why);
    }
    for (int i = 0; i < BROUGHT_MAX; i++) mem_free(names[i]);
    buf_deinit(&folder);
    return err;
}

static int read_play(struct play *p, struct buf *why)
{
    struct buf text, input, brought;
    const char *names[BROUGHT_MAX];
    buf_init(&text);
    buf_init(&input);
    buf_init(&brought);
    int err = file_read(p->path, PLAY_FILE_MAX, &text, why);
    if (err == ERR_OK) {
        buf_str(&input, "{\"name\":");
        buf_json(&input, p->path, strlen(p->path));
        buf_str(&input, ",\"text\":");
        buf_json(&input, text.data ? text.data : "", text.len);
        buf_char(&input, '}');
        err = vm_state_call(p->tool, "read", input.data, input.len, &brought);
        if (err != ERR_OK) buf_add(why, brought.data, brought.len);
    }
    if (err == ERR_OK && p->given != NULL) {
        err = add_given(p, why);
    } else if (err == ERR_OK) {
        int n = split_names((char *)(uintptr_t)buf_cstr(&brought), names);
        if (n < 0)
            err = ERR_INVALID,
            buf_fmt(why, "%s: 'with' takes up to %d names such as booking.lua", p->path, BROUGHT_MAX);
        else if (n > 0)
            err = add_scripts(p, names, n, why);
        else
            p->scripts = bundle_retain(p->house->scripts);
    }
    buf_deinit(&text);
    buf_deinit(&input);
    buf_deinit(&brought);
    return err;
}

static int perform(struct play *p, struct buf *why)
{
    struct buf result;
    buf_init(&result);
    const char *how = p->trace != NULL ? p->trace : "";
    p->stage =
        stage_new(p->scripts, memory_store_copy(p->house->template), p->trace != NULL ? "trace" : NULL);
    int err = vm_state_call(p->tool, p->trace != NULL ? "trace" : "play", how, strlen(how), &result);
    if (err != ERR_OK) buf_add(why, result.data, result.len);
    stage_free(p->stage);
    buf_deinit(&result);
    return err;
}

static int run_play(struct play *p, struct buf *why)
{
    char text[512];
    int err = vm_tool_new(play_files, "runtime/play/play.lua", stage_calls, p, &p->tool, text, sizeof text);
    if (err != ERR_OK) return buf_str(why, text), err;
    err = read_play(p, why);
    if (err == ERR_OK) err = perform(p, why);
    bundle_release(p->scripts);
    vm_state_free(p->tool);
    while (why->len > 0 && why->data[why->len - 1] == '\n') why->len--;
    return err;
}

int playhouse_play(struct playhouse *h, const char *path, struct buf *why)
{
    struct play p = {.house = h, .path = path};
    return run_play(&p, why);
}

int playhouse_trace(struct playhouse *h, const char *path, const char *scripts, bool json, struct buf *why)
{
    struct play p = {.house = h, .path = path, .trace = json ? "json" : "text", .given = scripts};
    return run_play(&p, why);
}

/* ---- the house ---- */

int playhouse_new(struct bundle *scripts, const char *dataset, size_t len, struct playhouse **out,
                  struct buf *why)
{
    char text[256];
    struct play_clock clock;
    struct playhouse *h = mem_zalloc(sizeof *h);
    struct store_job *job = store_job_new(NULL, STORE_BATCH, TENANT);
    struct buf account;
    buf_init(&account);
    play_clock_init(&clock);
    h->scripts = bundle_retain(scripts);
    int err = memory_store_new(&h->template, text, sizeof text);
    if (err != ERR_OK)
        buf_fmt(why, "%s\n", text);
    else {
        err = account_write(scripts, &clock.clock, TENANT, dataset, len,
                            "{\"public_key\":\"" PUBLIC_KEY "\"}", &job->statements, &account);
        if (err != ERR_OK) buf_add(why, account.data, account.len);
    }
    if (err == ERR_OK) {
        memory_store_run(h->template, job);
        err = job->status;
        if (err != ERR_OK) buf_fmt(why, "%s\n", job->error);
    }
    store_job_free(job);
    buf_deinit(&account);
    if (err != ERR_OK)
        playhouse_free(h);
    else
        *out = h;
    return err;
}

void playhouse_free(struct playhouse *h)
{
    bundle_release(h->scripts);
    memory_store_free(h->template);
    mem_free(h);
}
