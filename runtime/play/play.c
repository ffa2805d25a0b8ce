/* See play.h. Reading and playing are Lua (screenplay.lua, page.lua) in a
 * tool's state of its own; this file gives it a stage and the files. */
#include "play/play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* A script stands in scripts/ beside the play, or, as in a bot's own bundle, in
 * commands/ beside the plays' folder. */
static void brought_path(struct buf *path, const char *play, int folder, const char *name)
{
    buf_reset(path);
    buf_fmt(path, "%.*sscripts/%s", folder, play, name);
    if (access(buf_cstr(path), R_OK) == 0) return;
    struct buf other;
    buf_init(&other);
    buf_fmt(&other, "%.*s../commands/%s", folder, play, name);
    if (access(buf_cstr(&other), R_OK) == 0) {
        buf_reset(path);
        buf_add(path, other.data, other.len);
    }
    buf_deinit(&other);
}

/* The house's scripts with those of the play as commands, checked as a whole. */
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
        brought_path(&path, p->path, slash ? (int)(slash + 1 - p->path) : 0, names[i]);
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
    if (err == ERR_OK) {
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
    p->stage = stage_new(p->scripts, memory_store_copy(p->house->template), NULL);
    int err = vm_state_call(p->tool, "play", "", 0, &result);
    if (err != ERR_OK) buf_add(why, result.data, result.len);
    stage_free(p->stage);
    buf_deinit(&result);
    return err;
}

int playhouse_play(struct playhouse *h, const char *path, struct buf *why)
{
    char text[512];
    struct play p = {.house = h, .path = path};
    int err = vm_tool_new(play_files, "runtime/play/play.lua", stage_calls, &p, &p.tool, text, sizeof text);
    if (err != ERR_OK) return buf_str(why, text), err;
    err = read_play(&p, why);
    if (err == ERR_OK) err = perform(&p, why);
    bundle_release(p.scripts);
    vm_state_free(p.tool);
    while (why->len > 0 && why->data[why->len - 1] == '\n') why->len--;
    return err;
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
