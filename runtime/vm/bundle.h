/* A bundle: an immutable set of Lua files under a content hash. The server's
 * scripts/ folder is one; it is compiled once for the whole process, and each
 * tenant's state loads the precompiled form (about ten times faster than the
 * text). Precompiled code never comes from outside the process. Shared by all
 * workers, reference-counted, thread-safe. */
#ifndef VM_BUNDLE_H
#define VM_BUNDLE_H

#include <stddef.h>

#include "base/embed.h"
#include "base/err.h"

#define BUNDLE_VERSION_LEN 64 /* hex SHA-256 over the sorted paths and texts */
#define BUNDLE_FILES_MAX 1000
#define BUNDLE_FILE_BYTES_MAX (1u << 20)

struct bundle_file {
    char *path; /* "commands/hours.lua" */
    char *text;
    size_t text_len;
    char *code; /* precompiled, with debug information */
    size_t code_len;
};

struct bundle;

/* Reads every *.lua below dir (regular files, no links), sorted by path, and
 * compiles them. why gets "file:line: text" of the first error. */
int bundle_read(const char *dir, struct bundle **out, char *why, size_t why_len) MUST_CHECK;
int bundle_from_embedded(const struct embedded_file *files, struct bundle **out, char *why,
                         size_t why_len) MUST_CHECK;
struct bundle *bundle_retain(struct bundle *b);
void bundle_release(struct bundle *b); /* NULL is fine */
const char *bundle_version(const struct bundle *b);
size_t bundle_count(const struct bundle *b);
const struct bundle_file *bundle_at(const struct bundle *b, size_t i); /* sorted by path; borrowed */
const struct bundle_file *bundle_find(const struct bundle *b, const char *path);

#endif
