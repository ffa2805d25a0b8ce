/* The scripts that a command works with: --scripts DIR or the built-in ones. */
#ifndef CLI_SCRIPTS_ARG_H
#define CLI_SCRIPTS_ARG_H

#include "base/embed.h"

struct bundle;
struct options;

extern const struct embedded_file scripts_files[]; /* cmake/embed.cmake */
extern const struct embedded_file demo_files[];

/* Loaded and checked; NULL after it has printed the faults on stderr. */
struct bundle *scripts_for(const struct options *o);

#endif
