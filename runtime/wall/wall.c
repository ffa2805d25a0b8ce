/* See wall.h. */
#include "wall/wall.h"

#include <stdlib.h>

#include "base/log.h"
#include "wall/calls.h"
#include "wall/files.h"

static struct wall_status status;
static bool local_sockets;

void wall_raise(const struct wall_config *config)
{
    local_sockets = config->local_sockets;
    status.landlock = files_version();
    status.files =
        status.landlock > 0 && files_restrict(config, status.landlock) == 0 ? WALL_UP : WALL_MISSING;
    status.calls = calls_restrict() == 0 ? WALL_UP : WALL_MISSING;
}

int wall_shut(void)
{
    int version = files_version();
    return version > 0 ? files_restrict(NULL, version) : -1;
}

int wall_cell(void) { return calls_cell(); }

void wall_seal(void)
{
    if (status.calls == WALL_UP && calls_seal(local_sockets) != 0)
        log_write(LOG_ERROR, "the wall of system calls could not be closed behind the listeners");
}

struct wall_status wall_status(void) { return status; }
uint64_t wall_refused(void) { return calls_refused(); }

void wall_report(void)
{
    char *name;
    for (int at = 0; (name = calls_next_refused(&at)) != NULL;) {
        log_write(LOG_ERROR, "a system call was refused; it is logged once", LOG_STR("call", name));
        free(name);
    }
}
