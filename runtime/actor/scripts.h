/* The scripts of the process: read, compiled and checked on the main thread,
 * before any worker sees them. */
#ifndef ACTOR_SCRIPTS_H
#define ACTOR_SCRIPTS_H

#include "base/buf.h"
#include "base/embed.h"
#include "base/err.h"
#include "vm/state.h"

struct bundle;

#define SCRIPTS_CHECK_NS 10000000000ull /* CPU time that a check may take */

/* dir NULL: the embedded ones. Nothing is returned unless every file
 * compiles, the prelude starts, check() finds nothing and the files' own
 * tests pass in a scratch state. report gets the faults, a line each. */
int scripts_load(const char *dir, const struct embedded_file *embedded, const struct vm_setting *settings,
                 struct bundle **out, struct buf *report) MUST_CHECK;
/* "changed commands/hours.lua" a line each; old may be NULL. */
void scripts_compare(const struct bundle *old, const struct bundle *now, struct buf *report);
/* Changes whenever a file below dir does; 0 when dir cannot be read. */
uint64_t scripts_stamp(const char *dir);

#endif
