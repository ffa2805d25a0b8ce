/* The walls around the server's process: what stays shut even when a hole in
 * our code, or in a library, lets a stranger run code of his own in it.
 *
 *   files  Landlock: reads below a list of paths, writes below the data folder, executes nothing
 *   calls  seccomp: system calls from an allow list; the rest fails with EPERM and is reported once
 *
 * Both hold for every thread that is started after wall_raise, and nothing
 * takes them down again. docs/operator-guide.md says what they do not stop. */
#ifndef WALL_WALL_H
#define WALL_WALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct wall_config {
    const char *data_dir; /* the one folder in which files may be made, changed and removed; it exists */
    /* May be read beside what libraries read (wall/files.c); NULL ends a list. */
    const char *const *readable;
    const char *const *renewed; /* the same with the folder around each, in which its successor appears */
    bool local_sockets;         /* Unix sockets may be connected to after wall_seal (a local PostgreSQL) */
};

enum wall_state { WALL_OFF, WALL_MISSING, WALL_UP }; /* not asked for; the kernel refused it; holds */

struct wall_status {
    enum wall_state files, calls;
    int landlock; /* version of the kernel's Landlock, 0: none */
};

/* Once, on the main thread, before any other is started. A wall that the
 * kernel does not have is left out: the status says so, the caller logs it. */
void wall_raise(const struct wall_config *config);
/* For the helper and its cells (helper/cell.c), which the server's walls do
 * not reach. 0, or -1 where the kernel has no such wall. */
int wall_shut(void) MUST_CHECK; /* this thread and its children open no file by name, ever */
int wall_cell(void)
    MUST_CHECK; /* only calls that compute, read and write what is open; any other ends the process */
/* For all threads, when everything listens: no further listener, and no Unix
 * sockets unless they were asked for. Without wall_raise it does nothing. */
void wall_seal(void);
struct wall_status wall_status(void); /* any thread, after wall_raise */
uint64_t wall_refused(void);          /* calls that the list refused so far; any thread */
/* Logs each refused call that was not logged yet, once, by name. Not from a signal. */
void wall_report(void);

#endif
