/* A client's scripts in a folder, as the JSON object path -> text that
 * everything behind the command line takes. */
#ifndef CLI_SCRIPT_FILES_H
#define CLI_SCRIPT_FILES_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/* A folder of an operator's scripts or of plays alone is none. */
bool script_files_is_client(const char *dir);
/* A folder's .lua and .chat files, or one file of it by its path. why: a line. */
int script_files_read(const char *path, struct buf *out, struct buf *why) MUST_CHECK;

#endif
