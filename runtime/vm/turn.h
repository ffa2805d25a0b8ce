/* What one turn of an actor does, as plain data: the bindings (vm/lib_turn.c)
 * append to it while Lua runs, the engine (actor/turn_end.c) carries it out
 * afterwards. So the VM knows nothing of stores, sockets and queues, and a
 * turn that fails is undone by forgetting these buffers. */
#ifndef VM_TURN_H
#define VM_TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "vm/effect.h"

#define TURN_WRITES_MAX (1u << 20) /* bytes of one turn's batch */

enum turn_wait {
    WAIT_NONE,  /* the turn ended */
    WAIT_QUERY, /* wait_args: an encoded statement */
    WAIT_COMMIT,
    WAIT_ASK,    /* wait_args: an EFFECT_SEND-shaped effect; wait_ms */
    WAIT_HTTP,   /* wait_args: out/request.h's list */
    WAIT_STREAM, /* wait_args: vm/stream_call.h, and behind it the request */
    WAIT_STUDY,  /* wait_args: the request (play/study.h) */
    WAIT_MAIL,   /* wait_args: the length of an address as an int64, the address, the message */
    WAIT_LOOK,   /* wait_args: an int64, the longest side of a small picture, -1 to list a folder; a name */
    WAIT_PARK,   /* the turn ended, the coroutine stays for the next message */
    WAIT_ABANDON,
};

/* Public: embedded by value in actor/actor.h's turns. */
struct vm_turn {
    struct buf writes;  /* store/encode.h */
    struct buf effects; /* vm/effect.h */
    struct buf wait_args;
    enum turn_wait wait;
    int64_t wait_ms;
    uint32_t write_count;
    uint32_t frames, calls, coroutines, log_lines; /* counted against the limits of lib_turn.c and others */
    uint32_t session_count; /* set by the engine before a slice: host.session_count() */
    /* host.meta(): what a session was seated with; borrowed, NULL when unknown */
    const char *(*meta)(void *ctx, int64_t session, size_t *len);
    void *meta_ctx;
    uint64_t cpu_ns; /* used so far */
    uint32_t slices;
    size_t memory; /* bytes the state grew by in this turn */
    int self;      /* the actor's table (vm/deliver.h), set by the engine: host.self() */
    bool system;   /* tenant 0: may use effects that name tenants */
};

void vm_turn_init(struct vm_turn *t);
void vm_turn_reset(struct vm_turn *t); /* keeps the buffers' memory up to a page each */
void vm_turn_deinit(struct vm_turn *t);
#endif
