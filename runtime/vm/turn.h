/* What one turn of an actor does, as plain data: the bindings (vm/lib_turn.c)
 * append to it while Lua runs, the engine (actor/turn_end.c) carries it out
 * afterwards. So the VM knows nothing of stores, sockets and queues, and a
 * turn that fails is undone by forgetting these buffers. */
#ifndef VM_TURN_H
#define VM_TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define TURN_WRITES_MAX (1u << 20)  /* bytes of one turn's batch */
#define TURN_EFFECTS_MAX (1u << 20) /* bytes of one turn's frames and mail */

enum effect_kind {
    EFFECT_EMIT,    /* text[0] frame to all sessions, number = SSE id or -1 */
    EFFECT_EMIT_TO, /* session, text[0] frame, number = SSE id or -1 */
    EFFECT_SIGNAL,  /* text[0] frame to all but `session`; not held for the commit */
    EFFECT_BIND,    /* session, text: kind, key, meta */
    EFFECT_CLOSE,   /* session, number = close code, text[0] = reason */
    EFFECT_SEND,    /* text: kind, key, payload */
    EFFECT_ANSWER,  /* session = ask token, text[0] = payload */
    EFFECT_TIMER,   /* number = ms or -1 to cancel, text[0] = name */
    EFFECT_STOP,    /* the actor leaves memory after this turn */
    EFFECT_RESPOND, /* session = exchange, number = status, text: headers ("Name: value\n"...), body */
    EFFECT_UPGRADE, /* session = exchange, number = tenant, text: kind, key, meta */
    EFFECT_STREAM,  /* the same as SSE */
    EFFECT_FORWARD, /* session = exchange, number = tenant, text: kind, key, payload */
};

struct effect {
    enum effect_kind kind;
    int64_t session;
    int64_t number;
    struct {
        const char *data; /* borrowed from the turn's buffer, not NUL-terminated */
        uint32_t len;
    } text[3];
};
enum turn_wait {
    WAIT_NONE,  /* the turn ended */
    WAIT_QUERY, /* wait_args: an encoded statement */
    WAIT_COMMIT,
    WAIT_ASK,  /* wait_args: an EFFECT_SEND-shaped effect; wait_ms */
    WAIT_PARK, /* the turn ended, the coroutine stays for the next message */
    WAIT_ABANDON,
};

/* Public: embedded by value in actor/actor.h's turns. */
struct vm_turn {
    struct buf writes;  /* store/encode.h */
    struct buf effects; /* effect_add below */
    struct buf wait_args;
    enum turn_wait wait;
    int64_t wait_ms;
    uint32_t write_count;
    uint32_t session_count; /* set by the engine before a slice: host.session_count() */
    /* host.meta(): what a session was seated with; borrowed, NULL when unknown */
    const char *(*meta)(void *ctx, int64_t session, size_t *len);
    void *meta_ctx;
    uint64_t cpu_ns; /* used so far */
    uint32_t slices;
    size_t memory; /* bytes the state grew by in this turn; for accounts */
    int self;      /* the actor's table (vm/deliver.h), set by the engine: host.self() */
    bool system;   /* tenant 0: may use effects that name tenants */
};

void vm_turn_init(struct vm_turn *t);
void vm_turn_reset(struct vm_turn *t); /* keeps the buffers' memory up to a page each */
void vm_turn_deinit(struct vm_turn *t);
/* false: the buffer's bound would be passed; nothing was added. */
bool effect_add(struct buf *b, const struct effect *e);
/* The same in pieces: text[0] is what the calls between append to b. */
size_t effect_begin(struct buf *b, const struct effect *e); /* e's texts are ignored; returns a mark */
bool effect_end(struct buf *b, size_t mark);                /* false: too long; cut back to the mark */
/* 1 with *e filled, 0 at the end; *at starts at 0. */
int effect_next(const struct buf *b, size_t *at, struct effect *e);

#endif
