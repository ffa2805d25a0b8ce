/* The outside world of a play: addresses and what is found there. What is not
 * written down does not answer. */
#ifndef PLAY_WEB_H
#define PLAY_WEB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct web;

struct web *web_new(void);
void web_free(struct web *w);
/* "URL STATUS BODY": what is at an address from now on. false: it cannot be read. */
bool web_put(struct web *w, const char *line, size_t len);
/* requests: out/request.h's list; rows gets an answer for each (actor/fetch.h). */
void web_answer(const struct web *w, const struct buf *requests, struct buf *rows);

#endif
