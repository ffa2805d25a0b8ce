/* See edge_outside.h. Each answer comes back as a call of engine.h. */
#include "actor/edge_outside.h"

#include <unistd.h>

#include "actor/edge.h"
#include "actor/engine.h"
#include "actor/fetch.h"
#include "actor/look.h"
#include "actor/node.h"
#include "actor/postman.h"
#include "actor/stream.h"
#include "net/intake.h"

void outside_look(void *ctx, int64_t actor, uint32_t number, const char *name, int side)
{
    struct edge *g = ctx;
    if (side < 0)
        look_list(g->asks, node_files(g->node), g->engine, actor, number, name);
    else
        look_start(g->asks, node_files(g->node), g->engine, actor, number, name, side);
}

void outside_drop_file(void *ctx, const char *name)
{
    struct edge *g = ctx;
    char path[4096];
    if (intake_path(node_files(g->node), name, path, sizeof path)) unlink(path); /* gone already is fine */
}

void outside_fetch(void *ctx, int64_t tenant, int64_t actor, uint32_t number, const struct buf *requests)
{
    struct edge *g = ctx;
    fetch_start(g->http, g->engine, tenant, actor, number, requests);
}

void outside_stream(void *ctx, int64_t tenant, int64_t actor, uint32_t number, const struct buf *args)
{
    streams_call(((struct edge *)ctx)->streams, tenant, actor, number, args);
}

void outside_stream_end(void *ctx, int64_t actor, bool gone)
{
    struct edge *g = ctx;
    if (gone)
        streams_gone(g->streams, actor);
    else
        streams_drop(g->streams, actor);
}

void outside_study(void *ctx, int64_t tenant, int64_t actor, uint32_t number, const char *text, size_t len)
{
    struct edge *g = ctx;
    int err = node_study(g->node, tenant, actor, number, text, len);
    static const char busy[] = "another check, test or rehearsal is running";
    if (err != ERR_OK) engine_studied(g->engine, actor, number, err, busy, sizeof busy - 1);
}

void outside_mail(void *ctx, int64_t tenant, int64_t actor, uint32_t number, const char *to, size_t to_len,
                  const char *data, size_t len)
{
    struct edge *g = ctx;
    struct out_text address = {to, to_len}, message = {data, len};
    static const char off[] = "mail is off";
    struct postman *postman = node_postman(g->node);
    if (postman != NULL)
        postman_take(postman, tenant, actor, number, address, message);
    else
        engine_studied(g->engine, actor, number, ERR_UNAVAILABLE, off, sizeof off - 1);
}
