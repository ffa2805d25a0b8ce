/* Reads scripts/ from the source tree and provisions the tenants of the
 * template database through the scripts' own `provision` entry. */
#include "sim_scripts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actor/account.h"
#include "base/buf.h"
#include "base/embed.h"
#include "base/mem.h"
#include "play/memory_store.h"
#include "sim_world.h"
#include "vm/bundle.h"

struct sim_scripts {
    struct bundle *version[SIM_VERSIONS];
    struct memory_store *template;
};

static void stop(const char *what, const char *why)
{
    fprintf(stderr, "sim: %s: %s\n", what, why);
    exit(2);
}

static struct buf read_file(const char *path)
{
    struct buf b;
    FILE *f = fopen(path, "rb");
    if (f == NULL) stop(path, "cannot be read");
    buf_init(&b);
    for (size_t n = 1; n > 0; b.len += n) n = fread(buf_reserve(&b, 65536), 1, 65536, f);
    fclose(f);
    return b;
}

/* ---- scripts ---- */

static const char *const own_commands[] = {"survey", "poison", "loop"};
#define OWN_COUNT (sizeof own_commands / sizeof own_commands[0])

/* The real files, the commands of tests/sim/commands, and a comment that
 * makes the version: below the callback command, whose dialogs then see their
 * own file change. */
static struct bundle *make_version(struct bundle *real, int version)
{
    char why[512], path[600], names[OWN_COUNT][64];
    size_t n = bundle_count(real), at = 0;
    struct embedded_file *files = mem_zalloc((n + OWN_COUNT + 1) * sizeof *files);
    struct buf own[OWN_COUNT], changed;
    buf_init(&changed);
    for (size_t i = 0; i < n; i++, at++) {
        const struct bundle_file *f = bundle_at(real, i);
        files[at] = (struct embedded_file){f->path, f->text, f->text + f->text_len};
        if (strcmp(f->path, "commands/callback.lua") != 0) continue;
        buf_fmt(&changed, "-- version %d\n", version);
        buf_add(&changed, f->text, f->text_len);
        buf_cstr(&changed);
        files[at].data = changed.data;
        files[at].end = changed.data + changed.len;
    }
    for (size_t i = 0; i < OWN_COUNT; i++, at++) {
        snprintf(path, sizeof path, "%s/tests/sim/commands/%s.lua", SIM_SOURCE, own_commands[i]);
        snprintf(names[i], sizeof names[i], "commands/sim_%s.lua", own_commands[i]);
        own[i] = read_file(path);
        files[at] = (struct embedded_file){names[i], buf_cstr(&own[i]), own[i].data + own[i].len};
    }
    struct bundle *b = NULL;
    if (bundle_from_embedded(files, &b, why, sizeof why) != ERR_OK) stop("scripts", why);
    for (size_t i = 0; i < OWN_COUNT; i++) buf_deinit(&own[i]);
    buf_deinit(&changed);
    mem_free(files);
    return b;
}

/* ---- tenants ---- */

/* The demo business under another name, so that a text tells whose it is. */
static struct buf rename_business(const struct buf *demo, int tenant)
{
    struct buf b;
    buf_init(&b);
    for (size_t i = 0; i < demo->len;) {
        bool left = demo->len - i >= 9;
        if (left && memcmp(demo->data + i + 1, "indenhof", 8) == 0 && strchr("lL", demo->data[i]) != NULL) {
            buf_fmt(&b, "%cenant%dhof", demo->data[i] == 'L' ? 'T' : 't', tenant);
            i += 9;
        } else
            buf_char(&b, demo->data[i++]);
    }
    return b;
}

static void provision(struct sim_scripts *s, struct clock *clock, const struct buf *text, int tenant)
{
    char options[64];
    struct buf out;
    buf_init(&out);
    struct store_job *job = store_job_new(NULL, STORE_BATCH, tenant);
    snprintf(options, sizeof options, "{\"public_key\":\"pk_tenant%d\"}", tenant);
    if (account_write(s->version[0], clock, tenant, text->data, text->len, options, &job->statements, &out) !=
        ERR_OK)
        stop("provision", buf_cstr(&out));
    memory_store_run(s->template, job);
    if (job->status != ERR_OK) stop("provision", job->error);
    store_job_free(job);
    buf_deinit(&out);
}

struct memory_store *sim_scripts_database(struct sim_scripts *s) { return memory_store_copy(s->template); }

struct sim_scripts *sim_scripts_new(void)
{
    char why[512];
    struct sim_scripts *s = mem_zalloc(sizeof *s);
    struct sim_world w; /* ids of the template: the same in every process */
    struct bundle *real = NULL;
    if (bundle_read(SIM_SOURCE "/scripts", &real, why, sizeof why) != ERR_OK) stop("scripts", why);
    for (int i = 0; i < SIM_VERSIONS; i++) s->version[i] = make_version(real, i);
    bundle_release(real);
    if (memory_store_new(&s->template, why, sizeof why) != ERR_OK) stop("database", why);
    sim_world_init(&w, 0, false);
    struct buf demo = read_file(SIM_SOURCE "/scripts/demo/demo.json");
    for (int tenant = 1; tenant <= SIM_TENANTS; tenant++) {
        struct buf text = rename_business(&demo, tenant);
        provision(s, &w.clock, &text, tenant);
        buf_deinit(&text);
    }
    buf_deinit(&demo);
    sim_world_deinit(&w);
    return s;
}

void sim_scripts_free(struct sim_scripts *s)
{
    for (int i = 0; i < SIM_VERSIONS; i++) bundle_release(s->version[i]);
    memory_store_free(s->template);
    mem_free(s);
}

struct bundle *sim_scripts_version(struct sim_scripts *s, int version) { return s->version[version]; }
