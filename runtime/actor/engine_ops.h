/* How the engine reaches the world. All texts are borrowed for the call. */
#ifndef ACTOR_ENGINE_OPS_H
#define ACTOR_ENGINE_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "actor/peer.h"

struct buf;
struct store_job;

struct engine_ops {
    void (*submit)(void *ctx, struct store_job *job); /* takes job; comes back by engine_job_done */
    void (*send)(void *ctx, struct peer to, const char *text, size_t len, int64_t event_id); /* -1: no id */
    void (*flush)(void *ctx, struct peer to);
    void (*signal)(void *ctx, struct peer to, const char *text, size_t len); /* may be dropped */
    void (*close)(void *ctx, struct peer to, int code, const char *reason, size_t len);
    /* headers: "Name: value\n" each */
    void (*respond)(void *ctx, struct peer to, int status, const char *headers, size_t headers_len,
                    const char *body, size_t body_len);
    void (*problem)(void *ctx, struct peer to, int status, const char *code, const char *detail);
    /* Seat the connection at an actor of a tenant, on whatever worker that is:
     * ends in engine_seat there. mode PEER_HTTP: forward, text is the payload. */
    void (*seat)(void *ctx, struct peer from, enum peer_mode mode, int64_t tenant, const char *kind,
                 size_t kind_len, const char *key, size_t key_len, const char *text, size_t len);
    /* A mail for a tenant's actor, ends in engine_mail there; NULL: this engine has all tenants. */
    void (*post)(void *ctx, int64_t tenant, const char *kind, size_t kind_len, const char *key,
                 size_t key_len, const char *text, size_t len);
    /* Outgoing requests of a turn that waits (out/request.h's list), end in
     * engine_fetched, perhaps at once; NULL: there is no way out. */
    void (*fetch)(void *ctx, int64_t tenant, int64_t actor, uint32_t number, const struct buf *requests);
    /* A study (play/study.h) of a turn that waits, ends in engine_studied,
     * perhaps at once; NULL: there are none here. */
    void (*study)(void *ctx, int64_t tenant, int64_t actor, uint32_t number, const char *text, size_t len);
    /* A message of a turn that waits (out/smtp.h), ends in engine_studied with its result as JSON,
     * perhaps at once; NULL: there is no mail. */
    void (*mail)(void *ctx, int64_t tenant, int64_t actor, uint32_t number, const char *to, size_t to_len,
                 const char *data, size_t len);
    /* What a stored file is (helper/inspect.h); side -1: which old ones there are in a folder, ends in
     * engine_fetched; NULL: nobody looks. */
    void (*look)(void *ctx, int64_t actor, uint32_t number, const char *name, int side);
    void (*drop_file)(void *ctx, const char *name); /* NULL: there are none */
    /* A call of a turn that waits on its stream (vm/stream_call.h), ends in engine_fetched, perhaps at once;
     * NULL: there is no way out. stream_end: its turn is over, or gone: nobody listens to the actor any more.
     */
    void (*stream)(void *ctx, int64_t tenant, int64_t actor, uint32_t number, const struct buf *args);
    void (*stream_end)(void *ctx, int64_t actor, bool gone);
    void (*wake)(void *ctx); /* ends in engine_wake of the engine that claims jobs; NULL: nobody does */
};

#endif
