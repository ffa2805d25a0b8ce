/* What a turn wants done in the world once it is committed: a list of effects
 * in one flat buffer, in the order in which the script asked for them. The
 * bindings (vm/lib_turn.c) append, the engine (actor/effects.c) walks. */
#ifndef VM_EFFECT_H
#define VM_EFFECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define TURN_EFFECTS_MAX (1u << 20) /* bytes of one turn's frames and mail */

enum effect_kind {
    EFFECT_EMIT,      /* text[0] frame to all sessions, number = SSE id or -1 */
    EFFECT_EMIT_TO,   /* session, text[0] frame, number = SSE id or -1 */
    EFFECT_SIGNAL,    /* text[0] frame to all but `session`; not held for the commit */
    EFFECT_BIND,      /* session, text: kind, key, meta */
    EFFECT_CLOSE,     /* session, number = close code, text[0] = reason */
    EFFECT_SEND,      /* text: kind, key, payload */
    EFFECT_ANSWER,    /* session = ask token, text[0] = payload */
    EFFECT_TIMER,     /* number = ms or -1 to cancel, text[0] = name */
    EFFECT_STOP,      /* the actor leaves memory after this turn */
    EFFECT_RESPOND,   /* session = exchange, number = status, text: headers ("Name: value\n"...), body */
    EFFECT_UPGRADE,   /* session = exchange, number = tenant, text: kind, key, meta */
    EFFECT_STREAM,    /* the same as SSE */
    EFFECT_FORWARD,   /* session = exchange, number = tenant, text: kind, key, payload */
    EFFECT_POST,      /* number = tenant, text: kind, key, payload */
    EFFECT_DROP_FILE, /* text[0] = name of a stored file */
    EFFECT_WAKE,      /* the node's job claimer has something to look at */
};

struct effect {
    enum effect_kind kind;
    int64_t session, number;
    struct {
        const char *data; /* borrowed from the turn's buffer, not NUL-terminated */
        uint32_t len;
    } text[3];
};

/* false: the buffer's bound would be passed; nothing was added. */
bool effect_add(struct buf *b, const struct effect *e);
/* The same in pieces: text[0] is what the calls between append to b; e's texts are ignored. */
size_t effect_begin(struct buf *b, const struct effect *e); /* returns a mark */
bool effect_end(struct buf *b, size_t mark);                /* false: too long; cut back to the mark */
/* 1 with *e filled, 0 at the end; *at starts at 0. */
int effect_next(const struct buf *b, size_t *at, struct effect *e);

#endif
