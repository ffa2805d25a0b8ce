/* See script_files.h. What is too much is said by the check, with its line;
 * only what could not be read at all is refused here. */
#include "cli/script_files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

#define FILE_MAX (1u << 20)
#define FILES_MAX 500

static const char *const folders[] = {"commands", "events", "menus", "rules", "webhooks", NULL};

static bool is_dir(const char *dir, const char *name)
{
    char path[4096];
    struct stat st;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool script_files_is_client(const char *dir)
{
    bool found = false;
    for (int i = 0; folders[i] != NULL; i++) found = found || is_dir(dir, folders[i]);
    return found && !is_dir(dir, "prelude");
}

static bool is_script(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot != NULL && dot != name && (strcmp(dot, ".lua") == 0 || strcmp(dot, ".chat") == 0);
}

static int add_file(const char *path, const char *name, int *count, struct buf *out, struct buf *why)
{
    struct buf text;
    buf_init(&text);
    int err = file_read(path, FILE_MAX, &text, why);
    if (err == ERR_OK && ++*count > FILES_MAX) err = ERR_LIMIT, buf_fmt(why, "more than %d files", FILES_MAX);
    if (err == ERR_OK) {
        if (*count > 1) buf_char(out, ',');
        buf_json(out, name, strlen(name));
        buf_char(out, ':');
        buf_json(out, text.data ? text.data : "", text.len);
    }
    buf_deinit(&text);
    return err;
}

/* prefix: "" or "commands/"; links are followed, hidden names left out. */
static int add_dir(const char *dir, const char *prefix, int *count, struct buf *out, struct buf *why)
{
    struct dirent **found;
    char path[4096], name[512];
    struct stat st;
    int n = scandir(dir, &found, NULL, alphasort), err = n < 0 ? ERR_IO : ERR_OK;
    if (n < 0) buf_fmt(why, "%s: cannot be read", dir);
    for (int i = 0; i < n; i++) {
        const char *entry = found[i]->d_name;
        snprintf(path, sizeof path, "%s/%s", dir, entry);
        snprintf(name, sizeof name, "%s%s", prefix, entry);
        if (err == ERR_OK && entry[0] != '.' && stat(path, &st) == 0) {
            if (S_ISREG(st.st_mode) && is_script(entry)) err = add_file(path, name, count, out, why);
            if (S_ISDIR(st.st_mode) && prefix[0] == '\0') {
                snprintf(name, sizeof name, "%s/", entry);
                err = add_dir(path, name, count, out, why);
            }
        }
        free(found[i]);
    }
    if (n >= 0) free(found);
    return err;
}

/* "shop/commands/a.lua" is commands/a.lua of its client. */
static const char *name_in_client(const char *path)
{
    const char *name = strrchr(path, '/');
    if (name == NULL) return path;
    while (name > path && name[-1] != '/') name--;
    return name;
}

int script_files_read(const char *path, struct buf *out, struct buf *why)
{
    struct stat st;
    int count = 0;
    buf_char(out, '{');
    int err = stat(path, &st) == 0 && !S_ISDIR(st.st_mode)
                  ? add_file(path, name_in_client(path), &count, out, why)
                  : add_dir(path, "", &count, out, why);
    buf_char(out, '}');
    return err;
}
