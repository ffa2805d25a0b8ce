/* azentiko restore FILE [--verify]: unpacks a backup beside the data folder,
 * looks whether it is sound, and puts it in place; --verify only looks. It
 * never goes over a database that is there. */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tar.h"
#include "cli/command.h"
#include "store/sqlite_copy.h"

#define NAME_LEN_MAX 64

struct restore {
    const char *to; /* a folder of its own until all is sound */
    long files;
    bool database, key;
};

static int fail(const char *path, const char *why)
{
    fprintf(stderr, "azentiko: %s: %s\n", path, why);
    return ERR_INVALID;
}

/* "files/ab/ab12...": hexadecimal, with ".t" for a small picture. No other name leaves the archive. */
static bool is_file(const char *name)
{
    static const char hex[] = "0123456789abcdef";
    if (strncmp(name, "files/", 6) != 0 || strspn(name + 6, hex) != 2 || name[8] != '/') return false;
    size_t n = strspn(name + 9, hex);
    return n > 2 && n <= NAME_LEN_MAX && (name[9 + n] == '\0' || strcmp(name + 9 + n, ".t") == 0);
}

static int unpack_one(struct restore *r, FILE *in, const struct tar_entry *e)
{
    char path[4300];
    bool known = is_file(e->name);
    if (known) {
        snprintf(path, sizeof path, "%s/files", r->to);
        mkdir(path, 0700);
        snprintf(path, sizeof path, "%s/%.8s", r->to, e->name);
        mkdir(path, 0700);
        r->files++;
    }
    if (strcmp(e->name, "azentiko.db") == 0) known = r->database = true;
    if (strcmp(e->name, "secret.key") == 0) known = r->key = true;
    if (!known) return fail(e->name, "does not belong in a backup");
    snprintf(path, sizeof path, "%s/%s", r->to, e->name);
    int err = tar_extract(in, e, path);
    return err == ERR_OK ? err : fail(path, err == ERR_INVALID ? "the backup is cut short" : strerror(errno));
}

static int unpack(struct restore *r, const char *archive)
{
    struct tar_entry e;
    FILE *in = fopen(archive, "re");
    if (in == NULL) return fail(archive, strerror(errno));
    int err = ERR_OK;
    while (err == ERR_OK && (err = tar_next(in, &e)) == ERR_OK) err = unpack_one(r, in, &e);
    fclose(in);
    if (err == ERR_INVALID) return fail(archive, "is no sound backup");
    if (!r->database || !r->key) return fail(archive, "lacks the database or the keys");
    return ERR_OK;
}

static int check(const struct restore *r)
{
    char path[4300], why[512];
    struct stat s;
    snprintf(path, sizeof path, "%s/secret.key", r->to);
    if (stat(path, &s) != 0 || s.st_size != 32) return fail(path, "is no key");
    snprintf(path, sizeof path, "%s/azentiko.db", r->to);
    int err = sqlite_check(path, why, sizeof why);
    return err == ERR_OK ? err : fail(path, why);
}

static int on_entry(const char *path, const struct stat *s, int kind, struct FTW *at)
{
    (void)s, (void)kind, (void)at;
    return remove(path);
}

/* The folder that this command has made, with all that is in it. */
static void remove_all(const char *folder) { (void)nftw(folder, on_entry, 8, FTW_DEPTH | FTW_PHYS); }

/* An empty data folder makes room; nothing else does. */
static int put_in_place(const struct restore *r, const char *data)
{
    if (rmdir(data) != 0 && errno != ENOENT)
        return fail(data, errno == ENOTEMPTY ? "is not empty: restore into a new folder" : strerror(errno));
    return rename(r->to, data) == 0 ? ERR_OK : fail(data, strerror(errno));
}

static void print(const struct options *o, const struct restore *r, bool verify)
{
    if (options_flag(o, OPT_JSON))
        printf("{\"sound\":true,\"files\":%ld,\"restored\":%s}\n", r->files, verify ? "false" : "true");
    else if (verify)
        printf("%s is sound: the database, the keys and %ld files\n", o->argument[1], r->files);
    else
        printf("%s holds it: the database, the keys and %ld files\n", o->value[OPT_DATA], r->files);
}

int command_restore(const struct options *o)
{
    char folder[4096];
    bool verify = options_flag(o, OPT_VERIFY);
    if (o->arguments != 2)
        return fprintf(stderr, "azentiko: usage: azentiko restore FILE [--verify] [--data DIR]\n"),
               EXIT_USAGE;
    if (verify)
        snprintf(folder, sizeof folder, "%s.verify", o->argument[1]);
    else
        snprintf(folder, sizeof folder, "%s.restore", o->value[OPT_DATA]);
    if (mkdir(folder, 0700) != 0) return fail(folder, strerror(errno)), EXIT_FAILED;
    struct restore r = {.to = folder};
    int err = unpack(&r, o->argument[1]);
    if (err == ERR_OK) err = check(&r);
    if (err == ERR_OK && !verify) err = put_in_place(&r, o->value[OPT_DATA]);
    if (err != ERR_OK || verify) remove_all(folder);
    if (err != ERR_OK) return EXIT_FAILED;
    print(o, &r, verify);
    return EXIT_OK;
}
