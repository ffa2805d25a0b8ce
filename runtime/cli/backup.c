/* azentiko backup FILE: the database as it is at one moment, the keys and the
 * files of visitors in one archive, while a server runs or not. The database
 * goes first: a file is stored before its row is, so the bytes of every row
 * are there by then, but for what is deleted meanwhile. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tar.h"
#include "cli/command.h"
#include "store/sqlite_copy.h"

struct backup {
    const char *data;
    FILE *out;
    long files;
};

static int fail(const char *path, const char *why)
{
    fprintf(stderr, "azentiko: %s: %s\n", path, why);
    return ERR_IO;
}

/* The copy of the database is made beside the archive and goes into it. */
static int add_database(struct backup *b, const char *archive)
{
    char from[4096], copy[4200], why[512];
    snprintf(from, sizeof from, "%s/azentiko.db", b->data);
    snprintf(copy, sizeof copy, "%s.db", archive);
    if (access(from, F_OK) != 0) return fail(from, "there is no database");
    unlink(copy);
    int err = sqlite_copy(from, copy, why, sizeof why);
    if (err == ERR_OK) err = sqlite_check(copy, why, sizeof why);
    if (err != ERR_OK) fail(copy, why);
    if (err == ERR_OK && (err = tar_add(b->out, "azentiko.db", copy)) != ERR_OK)
        fail(archive, strerror(errno));
    unlink(copy);
    return err;
}

static int add_folder(struct backup *b, const char *folder)
{
    char path[4096], name[TAR_NAME_MAX + 1];
    int err = ERR_OK;
    snprintf(path, sizeof path, "%s/files/%s", b->data, folder);
    DIR *dir = opendir(path);
    if (dir == NULL) return ERR_OK;
    for (struct dirent *e; err == ERR_OK && (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] == '.' || strlen(e->d_name) > 64) continue;
        snprintf(name, sizeof name, "files/%.2s/%.64s", folder, e->d_name);
        snprintf(path, sizeof path, "%s/%s", b->data, name);
        err = tar_add(b->out, name, path);
        if (err == ERR_OK) b->files++;
        if (err == ERR_NOT_FOUND || err == ERR_INVALID) err = ERR_OK; /* deleted meanwhile, or no file */
    }
    closedir(dir);
    return err;
}

static int add_files(struct backup *b)
{
    char path[4096];
    int err = ERR_OK;
    snprintf(path, sizeof path, "%s/files", b->data);
    DIR *dir = opendir(path);
    if (dir == NULL) return ERR_OK;
    for (struct dirent *e; err == ERR_OK && (e = readdir(dir)) != NULL;)
        if (e->d_name[0] != '.' && strlen(e->d_name) == 2) err = add_folder(b, e->d_name);
    closedir(dir);
    return err;
}

static int write_archive(struct backup *b, const char *path)
{
    char key[4096];
    snprintf(key, sizeof key, "%s/secret.key", b->data);
    int err = add_database(b, path);
    if (err == ERR_OK && (err = tar_add(b->out, "secret.key", key)) != ERR_OK) fail(key, "cannot be read");
    if (err == ERR_OK && (err = add_files(b)) != ERR_OK) fail(path, "cannot be written");
    if (err == ERR_OK) err = tar_end(b->out);
    if (fflush(b->out) != 0 || fsync(fileno(b->out)) != 0)
        err = err != ERR_OK ? err : fail(path, strerror(errno));
    return err;
}

static int of_postgres(void)
{
    fprintf(
        stderr,
        "azentiko: the database is PostgreSQL's: back it up with its own tools, as the role of the server:\n"
        "  PGOPTIONS='-c app.system=on' pg_dump --enable-row-security --format=custom --file=FILE URL\n"
        "and the data folder (keys and files of visitors) with yours.\n");
    return EXIT_FAILED;
}

int command_backup(const struct options *o)
{
    char part[4096];
    struct stat s;
    if (o->arguments != 2) return fprintf(stderr, "azentiko: usage: azentiko backup FILE\n"), EXIT_USAGE;
    if (o->value[OPT_DATABASE] != NULL) return of_postgres();
    const char *path = o->argument[1];
    snprintf(part, sizeof part, "%s.part", path);
    struct backup b = {.data = o->value[OPT_DATA], .out = fopen(part, "we")};
    if (b.out == NULL) return fail(part, strerror(errno)), EXIT_FAILED;
    int err = write_archive(&b, part);
    if (fstat(fileno(b.out), &s) != 0) s.st_size = 0;
    fclose(b.out);
    if (err == ERR_OK && rename(part, path) != 0) err = fail(path, strerror(errno));
    if (err != ERR_OK) return unlink(part), EXIT_FAILED;
    if (options_flag(o, OPT_JSON))
        printf("{\"bytes\":%lld,\"files\":%ld}\n", (long long)s.st_size, b.files);
    else
        printf("%s: %lld bytes, with %ld files of visitors and the keys: keep it as safe as the server\n",
               path, (long long)s.st_size, b.files);
    return EXIT_OK;
}
