/* Plays screenplays (tests/chats/README.md): each on a server of its own, with
 * one business and one set of scripts. */
#ifndef PLAY_PLAY_H
#define PLAY_PLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct bundle;
struct playhouse;

#define PLAY_FILE_MAX (1u << 20) /* bytes of a play and of a script that it brings along */

/* Retains scripts. dataset: the business (docs/dataset.md). why gets the
 * faults, a line each. */
int playhouse_new(struct bundle *scripts, const char *dataset, size_t len, struct playhouse **out,
                  struct buf *why) MUST_CHECK;
void playhouse_free(struct playhouse *h);

/* Plays the file; the scripts that it brings along are in scripts/ beside it.
 * why: "file:line: what was expected and what came". */
int playhouse_play(struct playhouse *h, const char *path, struct buf *why) MUST_CHECK;

/* The same, and every step that it makes the scripts do is printed on stdout,
 * as text or a JSON object a line. scripts: a file or folder that is added
 * instead of what the play names; may be NULL. */
int playhouse_trace(struct playhouse *h, const char *path, const char *scripts, bool json,
                    struct buf *why) MUST_CHECK;

#endif
