/* Lua for the program's own tools, such as the player of screenplays: trusted
 * files from the binary, never a tenant's. They get the tenants' libraries,
 * `require` for each other and "json", and what the tool offers them; nothing
 * bounds their time. Tools and Lua exchange texts. */
#ifndef VM_TOOL_H
#define VM_TOOL_H

#include <stddef.h>

#include "base/buf.h"
#include "base/embed.h"
#include "base/err.h"

struct vm_state;

/* Public: tables of the tools. out gets the result; on an error its text,
 * which is raised at the caller. */
struct vm_tool_function {
    const char *name; /* NULL ends a table */
    int (*call)(void *ctx, const char *text, size_t len, struct buf *out);
};

/* Runs the file `main` with a table of the functions as its argument; it
 * returns the tool's entry functions, for vm_state_call. files, functions and
 * ctx are borrowed until vm_state_free. */
int vm_tool_new(const struct embedded_file *files, const char *main, const struct vm_tool_function *functions,
                void *ctx, struct vm_state **out, char *why, size_t why_len) MUST_CHECK;

#endif
