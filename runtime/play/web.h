/* The outside world of a play: addresses and what is found there. What is not
 * written down does not answer. What was asked is kept, up to a bound. */
#ifndef PLAY_WEB_H
#define PLAY_WEB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct web;

struct web *web_new(void);
void web_free(struct web *w);
/* "URL STATUS BODY": what is at an address from now on; URL may end in '*': at
 * all that begin so and are not written down themselves. false: it cannot be read. */
bool web_put(struct web *w, const char *line, size_t len);
/* Items of a JSON list: { url, body } of each request so far; at most 256 KiB of them. */
const struct buf *web_requests(const struct web *w);
/* requests: out/request.h's list; rows gets an answer for each (actor/fetch.h). */
void web_answer(struct web *w, const struct buf *requests, struct buf *rows);

#endif
