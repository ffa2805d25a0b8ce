/* See walls.h. What may be read beside the data folder: the scripts' folder,
 * the certificate's, and what libpq looks for in the user's home. */
#include "cli/walls.h"

#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "cli/options.h"
#include "store/pg_files.h"
#include "wall/wall.h"

#define FILES_MAX 16
#define RENEWED_MAX 4

static const char *state_name(enum wall_state s)
{
    return s == WALL_UP ? "up" : s == WALL_MISSING ? "missing" : "off";
}

/* paths: each ended by a NUL. */
static void split(struct buf *paths, const char **list)
{
    int n = 0;
    const char *at = buf_cstr(paths), *end = at + paths->len;
    for (; at < end && n < FILES_MAX; at += strlen(at) + 1) list[n++] = at;
    list[n] = NULL;
}

static void tell(void)
{
    struct wall_status s = wall_status();
    enum log_level level = s.files == WALL_UP && s.calls == WALL_UP ? LOG_INFO : LOG_WARN;
    log_write(level,
              level == LOG_INFO ? "the walls are up" : "a wall is missing: this kernel does not have it",
              LOG_STR("files", state_name(s.files)), LOG_STR("calls", state_name(s.calls)),
              LOG_INT("landlock", s.landlock));
}

void walls_raise(const struct options *o)
{
    static const enum option_id folders[RENEWED_MAX] = {OPT_SCRIPTS, OPT_TLS_CERT, OPT_TLS_KEY,
                                                        OPT_OUTBOUND_CA};
    const char *readable[FILES_MAX + 1] = {NULL}, *renewed[RENEWED_MAX + 1] = {NULL};
    struct buf of_libpq;
    if (options_flag(o, OPT_NO_SANDBOX)) {
        log_write(LOG_WARN, "NO SANDBOX: the server may start programs and write any file of its user; "
                            "a hole in it is a hole in this machine");
        return;
    }
    buf_init(&of_libpq);
    if (o->value[OPT_DATABASE] != NULL) pg_files(o->value[OPT_DATABASE], &of_libpq);
    split(&of_libpq, readable);
    for (int i = 0, n = 0; i < RENEWED_MAX; i++)
        if (o->value[folders[i]] != NULL) renewed[n++] = o->value[folders[i]];
    const struct wall_config config = {.data_dir = o->value[OPT_DATA],
                                       .readable = readable,
                                       .renewed = renewed,
                                       .local_sockets = o->value[OPT_DATABASE] != NULL};
    wall_raise(&config);
    buf_deinit(&of_libpq);
    tell();
}
