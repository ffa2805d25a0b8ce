/* See pg_files.h. What the URL and libpq's environment say, and libpq's own
 * defaults below the home folder. */
#include "store/pg_files.h"

#include <libpq-fe.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

static bool names_file(const char *keyword)
{
    static const char *const keywords[] = {"passfile",    "servicefile", "sslcert",  "sslkey",
                                           "sslrootcert", "sslcrl",      "sslcrldir"};
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strcmp(keyword, keywords[i]) == 0) return true;
    return false;
}

static void add_from(PQconninfoOption *options, struct buf *paths)
{
    for (PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
        if (names_file(o->keyword) && o->val != NULL && o->val[0] == '/')
            buf_add(paths, o->val, strlen(o->val) + 1);
    PQconninfoFree(options);
}

void pg_files(const char *url, struct buf *paths)
{
    static const char *const own[] = {".pgpass", ".pg_service.conf", ".postgresql/root.crt"};
    struct passwd *user = getpwuid(geteuid());
    add_from(PQconninfoParse(url, NULL), paths);
    add_from(PQconndefaults(), paths);
    for (size_t i = 0; user != NULL && i < sizeof own / sizeof *own; i++) {
        buf_fmt(paths, "%s/%s", user->pw_dir, own[i]);
        buf_char(paths, '\0');
    }
}
