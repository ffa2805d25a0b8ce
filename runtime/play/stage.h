/* The server of one play: the real engine and scripts over a store in memory
 * and a clock that stands still, in this thread, with one visitor's line to
 * it. What a worker's edge does with sockets (actor/edge.c) is done here with
 * two buffers. Everything that can happen without time passing has happened
 * when a function returns. */
#ifndef PLAY_STAGE_H
#define PLAY_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct stage;
struct bundle;
struct memory_store;

/* Retains scripts, takes store. Scripts see the setting "stage" and the one
 * named by mode ("rehearsal", "trace"; NULL: none). One at a time in a thread:
 * it takes the thread's log. */
struct stage *stage_new(struct bundle *scripts, struct memory_store *store, const char *mode);
void stage_free(struct stage *s);

/* The visitor's page opens a line to the bot with this public key; the one
 * before, if any, is hung up. */
void stage_connect(struct stage *s, const char *public_key);
/* A line straight to a conversation; meta is what its greeter would say (JSON). */
void stage_seat(struct stage *s, int64_t tenant, const char *key, const char *meta);
void stage_say(struct stage *s, const char *frame, size_t len); /* nobody listens on a closed line */
/* Appends what the visitor heard since, a JSON list: frames as they came, and
 * {"type":"closed","code","reason"} at the line's end. */
void stage_hear(struct stage *s, struct buf *out);

void stage_set_clock(struct stage *s, int64_t wall_ms); /* no time passes */
void stage_wait(struct stage *s, int64_t ms);           /* timers fire, jobs are claimed on the way */
void stage_jobs(struct stage *s);                       /* jobs that are due are claimed, no time passes */
int64_t stage_next_job(struct stage *s);                /* when one is due, Unix time in ms; -1: none */
int64_t stage_now(struct stage *s);                     /* Unix time in ms */

/* What is at an address of the outside (play/web.h). */
bool stage_web(struct stage *s, const char *line, size_t len);
/* Requests to the outside since the beginning, a JSON list of { url, body }. */
void stage_requests(struct stage *s, struct buf *out);

void stage_restart(struct stage *s); /* all that is not stored is lost, the line too */
void stage_store_works(struct stage *s, bool works);
struct memory_store *stage_store(struct stage *s); /* borrowed */
/* Log lines of level error since the beginning, a JSON list. */
void stage_errors(struct stage *s, struct buf *out);
/* Steps of scripts since the last look, a JSON list of log lines; with the setting "trace". */
void stage_steps(struct stage *s, struct buf *out);

#endif
